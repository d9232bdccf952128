import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { segmentsOf } from './ids.ts';
import type { ResourceType, Route } from './resource-type.ts';
import { matchActions, Router, type Target } from './router.ts';

const types: readonly ResourceType[] = [
  { name: 'Microsoft.Resources/subscriptions' },
  { name: 'Microsoft.Resources/resourceGroups' },
  { name: 'Contoso.Test/boxes' },
  { name: 'Contoso.Test/boxes/lids' },
  { name: 'Contoso.Test/notes', scope: 'extension' },
];
const route = (method: Route['method'], path: string): Route => ({ method, path, permission: undefined, run: () => ({ status: 200 }) });
const routes = [
  route('GET', '/subscriptions/{subscription}/resources'),
  route('GET', '/subscriptions/{subscription}/providers/Contoso.Test/locations/{location}/sizes'),
  route('POST', '/subscriptions/{subscription}/providers/{namespace}/register'),
  route('GET', '/{scope}/providers/Contoso.Test/roles'),
  route('GET', '/{scope}/providers/Contoso.Test/roles/{role}'),
];
const router = new Router(new Map(types.map((type) => [type.name.toLowerCase(), type])), routes);
const resolve = (path: string): Target => router.resolve(segmentsOf(path));
/** A target in one line. */
const told = (target: Target): string => {
  switch (target.kind) {
    case 'route':
      return `route ${target.routes.map(({ path }) => path).join()} at ${target.scope} ${JSON.stringify(target.parameters)}`;
    case 'resource':
      return `resource ${target.type.name}`;
    case 'collection':
      return `collection ${target.type.name} below ${target.below}`;
    case 'action':
      return `action ${target.tail.join('/')} of ${target.type.name}`;
    case 'unknownType':
      return `unknown ${target.namespace} ${target.type}`;
    default:
      return target.kind;
  }
};

const GROUP = '/subscriptions/s/resourceGroups/g';
const BOX = `${GROUP}/providers/Contoso.Test/boxes/b`;

test('paths address what they say', () => {
  const table: readonly (readonly [path: string, told: string])[] = [
    ['/subscriptions/s', 'resource Microsoft.Resources/subscriptions'],
    [GROUP, 'resource Microsoft.Resources/resourceGroups'],
    ['/subscriptions/s/resourceGroups', 'collection Microsoft.Resources/resourceGroups below /subscriptions/s'],
    [BOX, 'resource Contoso.Test/boxes'],
    [`${GROUP}/providers/Contoso.Test/boxes`, `collection Contoso.Test/boxes below ${GROUP}`],
    ['/subscriptions/s/providers/Contoso.Test/boxes', 'collection Contoso.Test/boxes below /subscriptions/s'],
    [`${BOX}/lids`, `collection Contoso.Test/boxes/lids below ${BOX}`],
    [`${BOX}/lids/l`, 'resource Contoso.Test/boxes/lids'],
    [`${BOX}/open`, 'action open of Contoso.Test/boxes'],
    [`${BOX}/lids/l/turn/left`, 'action turn/left of Contoso.Test/boxes/lids'],
    [`${BOX}/providers/Contoso.Test/notes/n`, 'resource Contoso.Test/notes'],
    [`${BOX}/providers/Contoso.Test/notes`, `collection Contoso.Test/notes below ${BOX}`],
    [`${BOX}/providers/Contoso.Test/roles/r`, `route /{scope}/providers/Contoso.Test/roles/{role} at ${BOX} {"role":"r"}`],
    ['/providers/Contoso.Test/roles', 'route /{scope}/providers/Contoso.Test/roles at / {}'],
    ['/subscriptions/s/resources', 'route /subscriptions/{subscription}/resources at /subscriptions/s {"subscription":"s"}'],
    [
      '/subscriptions/s/providers/Contoso.Test/locations/east%20us/sizes',
      'route /subscriptions/{subscription}/providers/Contoso.Test/locations/{location}/sizes at /subscriptions/s {"subscription":"s","location":"east us"}',
    ],
    [`${GROUP}/exportTemplate`, 'action exportTemplate of Microsoft.Resources/resourceGroups'],
    [`${GROUP}/providers/Contoso.Test/teapots/t`, 'unknown Contoso.Test teapots'],
    [`${GROUP}/providers/Contoso.Test`, 'unknownPath'],
    ['/', 'unknownPath'],
    ['/nonsense/x', 'unknownPath'],
  ];
  for (const [path, expected] of table) assert.equal(told(resolve(path)), expected, path);
});

test('case and doubled slashes make no difference, and a name may be that of a segment', () => {
  const name = fc.constantFrom('a', 'providers2', 'lids', 'boxes', 'resources', 'register', 'Contoso.Test', '%zz', 'ä');
  const path = fc.oneof(
    name.map((b) => `${GROUP}/providers/Contoso.Test/boxes/${b}`),
    fc.tuple(name, name).map(([b, l]) => `${GROUP}/providers/Contoso.Test/boxes/${b}/lids/${l}`),
    name.map((g) => `/subscriptions/s/resourceGroups/${g}`),
  );
  fc.assert(
    fc.property(path, (text) => {
      const plain = resolve(text);
      assert.equal(plain.kind, 'resource', told(plain));
      for (const other of [text.toUpperCase(), text.replaceAll('/', '//'), `${text}/`]) {
        const same = resolve(other);
        assert.equal(same.kind === 'resource' && same.type.name, plain.kind === 'resource' && plain.type.name, other);
      }
    }),
  );
});

test('whatever the segments are, something is told, and never another resource than the path’s', () => {
  const segment = fc.constantFrom(
    'subscriptions',
    's',
    'resourceGroups',
    'g',
    'providers',
    'Contoso.Test',
    'boxes',
    'lids',
    'notes',
    'roles',
    '',
    '%',
    'x',
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
      const path = `/${segments.join('/')}`;
      const target = resolve(path);
      if (target.kind === 'resource') assert.equal(target.id, `/${segmentsOf(path).join('/')}`);
      if (target.kind === 'action') assert.equal(`${target.id}/${target.tail.join('/')}`, `/${segmentsOf(path).join('/')}`);
    }),
    { numRuns: 1_000 },
  );
});

test('actions are matched by their segments, with the parts that stand for any one', () => {
  const action = (path: string, method: 'GET' | 'POST' = 'GET') => ({ method, path, permission: '', run: () => ({ status: 200 }) });
  const type: ResourceType = { name: 'Contoso.Test/boxes', actions: [action('logs/{day}'), action('logs/{day}', 'POST'), action('open')] };
  const found = (...tail: string[]) =>
    matchActions(type, tail).map(({ action: { method, path }, parameters }) => `${method} ${path} ${JSON.stringify(parameters)}`);
  assert.deepEqual(found('LOGS', 'mon%20day'), ['GET logs/{day} {"day":"mon day"}', 'POST logs/{day} {"day":"mon day"}']);
  assert.deepEqual(found('open'), ['GET open {}']);
  for (const tail of [['logs'], ['open', 'x'], ['logs', 'a', 'b'], ['shut']]) assert.deepEqual(found(...tail), [], tail.join('/'));
});
