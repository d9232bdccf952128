import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../kernel/json.ts';
import { at } from './merge.ts';
import type { ResourceType } from './resource-type.ts';
import { inGroup, type TestEstate, testEstate } from './test-estate.ts';

const BOX = inGroup('rg', 'Contoso.Test/boxes/b');
const box: ResourceType = { name: 'Contoso.Test/boxes', etag: 'etag', patch: 'merge', location: 'optional' };
/** As AKS shows its etags: bare. */
const crate: ResourceType = { name: 'Contoso.Test/crates', etag: 'eTag', location: 'optional' };
const vault: ResourceType = {
  name: 'Contoso.Test/vaults',
  location: 'optional',
  put: 'preserve',
  writeOnly: ['login.password', 'key'],
  children: [{ property: 'rooms', type: 'Contoso.Test/vaults/rooms', shape: 'resource' }],
};
const room: ResourceType = { name: 'Contoso.Test/vaults/rooms', writeOnly: ['code'] };

async function estate(): Promise<TestEstate> {
  const made = testEstate([box, crate, vault, room]);
  await made.done('PUT', inGroup('rg'), { location: 'eastus2' });
  return made;
}

type Condition = 'none' | 'match any' | 'match it' | 'match old' | 'match foreign' | 'match garbage' | 'none any' | 'both';
const CONDITIONS: readonly Condition[] = [
  'none',
  'match any',
  'match it',
  'match old',
  'match foreign',
  'match garbage',
  'none any',
  'both',
];

/** Whether a write goes through; 400 for a contradiction. */
function expected(condition: Condition, exists: boolean): 'done' | 412 | 400 {
  if (condition === 'both') return 400;
  if (condition === 'none') return 'done';
  if (condition === 'none any') return exists ? 412 : 'done';
  return exists && (condition === 'match any' || condition === 'match it') ? 'done' : 412;
}

for (const [name, member] of [
  ['boxes', 'etag'],
  ['crates', 'eTag'],
] as const)
  test(`${member}: a conditional write is done exactly when its condition holds`, async () => {
    const id = inGroup('rg', `Contoso.Test/${name}/x`);
    const step = fc.tuple(fc.constantFrom('PUT', 'PATCH', 'DELETE'), fc.constantFrom(...CONDITIONS));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { call } = await estate();
        let current = '';
        let old = `W/"00000000-0000-4000-8000-000000000001"`;
        for (const [method, condition] of steps) {
          const exists = current !== '';
          const headers: { [name: string]: string } = {
            none: {},
            'match any': { 'if-match': '*' },
            'match it': { 'if-match': current || old },
            'match old': { 'if-match': old },
            'match foreign': { 'if-match': '"8d1a6f6c-0000-4000-8000-000000000000"' },
            'match garbage': { 'if-match': 'x' },
            'none any': { 'if-none-match': '*' },
            both: { 'if-match': '*', 'if-none-match': '*' },
          }[condition];
          const answer = await call(method, id, method === 'DELETE' ? undefined : { tags: { a: 'b' } }, { headers });
          const wanted = expected(condition, exists);
          const what = `${method} ${condition} on ${exists ? 'one' : 'none'}: ${answer.status} ${answer.text}`;
          if (method === 'PATCH' && !exists) assert.equal(answer.status, 404, what);
          else if (wanted !== 'done') assert.equal(answer.status, wanted, what);
          else assert.equal(answer.status, method === 'DELETE' ? (exists ? 200 : 204) : exists ? 200 : 201, what);
          if (wanted !== 'done' || (method === 'PATCH' && !exists)) {
            assert.equal(typeof at(answer.body, 'error.message'), 'string', what);
            continue;
          }
          if (current) old = current;
          current = method === 'DELETE' ? '' : String(answer.body[member]);
          assert.notEqual(current, old, 'every write has another etag');
          if (current) assert.equal((await call('GET', id)).body[member], current);
        }
      }),
      { numRuns: 60 },
    );
  });

test('etags are shown in the form of their provider', async () => {
  const { call } = await estate();
  const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  assert.match(String((await call('PUT', BOX, {})).body['etag']), new RegExp(`^W/"${guid}"$`));
  assert.match(String((await call('PUT', inGroup('rg', 'Contoso.Test/crates/c'), {})).body['eTag']), new RegExp(`^${guid}$`));
});

test('secrets are kept and never shown, in a resource or among its parent’s children', async () => {
  const { call, world } = await estate();
  const id = inGroup('rg', 'Contoso.Test/vaults/v');
  const sent = {
    properties: {
      login: { user: 'me', password: 'hush' },
      key: 'hush',
      rooms: [{ name: 'r', properties: { code: 'hush', floor: 2 } }],
    },
  };
  const answers = [
    await call('PUT', id, sent),
    await call('GET', id),
    await call('GET', `${id}/rooms/r`),
    await call('GET', `${id}/rooms`),
    await call('GET', inGroup('rg', 'Contoso.Test/vaults')),
    await call('PATCH', id, { tags: { a: 'b' } }),
    await call('PUT', id, { properties: { login: { user: 'you' } } }),
  ];
  for (const { text, status } of answers) {
    assert.ok(status < 300, text);
    assert.ok(!text.includes('hush') && !text.includes('password'), text);
  }
  assert.equal(at(answers[2]?.body, 'properties.floor'), 2);
  const stored = JSON.stringify(world.reader.list('arm/contoso.test/vaults').map(({ value }) => value));
  assert.ok(stored.includes('"password":"hush"') && stored.includes('"user":"you"'), 'what a PUT leaves out is kept');
});

test('a list that names a child twice is refused, in any case, and nothing is written', async () => {
  const { call, world } = await estate();
  const id = inGroup('rg', 'Contoso.Test/vaults/v');
  const before = world.store.digest();
  for (const names of [
    ['a', 'a'],
    ['a', 'b', 'A'],
  ]) {
    const answer = await call('PUT', id, { properties: { rooms: names.map((name) => ({ name })) } });
    assert.deepEqual(
      [answer.status, at(answer.body, 'error.code'), at(answer.body, 'error.target')],
      [400, 'InvalidRequestFormat', 'properties.rooms'],
    );
    assert.equal((at(answer.body, 'error.details') as JsonObject[])[0]?.['code'], 'DuplicateResourceName');
  }
  assert.equal(world.store.digest(), before);
  assert.equal((await call('PUT', id, { properties: { rooms: [{ name: 'a' }, { name: 'b' }] } })).status, 201);
});

test('names are checked when something is created, and tell the rule', async () => {
  const named: ResourceType = {
    name: 'Contoso.Test/named',
    location: 'optional',
    nameRule: { pattern: /^[a-z]{2,4}$/, detail: 'Two to four letters.' },
  };
  const { call, done } = testEstate([named]);
  await done('PUT', inGroup('rg'), { location: 'eastus2' });
  const text = fc.oneof(fc.stringMatching(/^[a-z]{1,5}$/), fc.constantFrom('Ab', 'a1', 'ä', 'a b', '..', '%', 'a\u0000b'));
  await fc.assert(
    fc.asyncProperty(text, async (name) => {
      const { status, body } = await call('PUT', inGroup('rg', `Contoso.Test/named/${encodeURIComponent(name)}`), {});
      if (/^[a-z]{2,4}$/.test(name)) assert.ok(status === 201 || status === 200, JSON.stringify(body));
      else {
        assert.deepEqual([status, at(body, 'error.code')], [400, 'InvalidResourceName'], name);
        assert.match(String(at(body, 'error.message')), /Two to four letters\./);
      }
    }),
    { numRuns: 100 },
  );
});
