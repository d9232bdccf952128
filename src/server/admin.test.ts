import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NoSuchWorld } from '../engines/store-sqlite/worlds.ts';
import type { HttpRequest } from '../kernel/http.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { type Administered, adminDoor, UnknownWorld } from './admin.ts';
import { Driver } from './driver.ts';
import type { Estate } from './estate.ts';

const TOKEN = 'the-token';

/** A process with the worlds that are named, and a note of what was asked of it. */
function administered(t: { after(run: () => void): void }, ...names: string[]) {
  const worlds = new Map<string, Estate>();
  const asked: string[] = [];
  const add = (name: string): Estate => {
    const world = new World({ name, seed: name, indexes: [], controllers: [], journal: memoryJournal(), hostNowMs: Date.now() });
    // Of an estate, the door uses world and driver alone.
    const estate = { world, driver: new Driver(world) } as unknown as Estate;
    t.after(() => estate.driver.stop());
    worlds.set(name, estate);
    return estate;
  };
  for (const name of names) add(name);
  const estate = (name: string): Estate => {
    const found = worlds.get(name);
    if (!found) throw new UnknownWorld(`there is no world ${name}`);
    return found;
  };
  const note = async <T>(what: string, result: () => T): Promise<T> => {
    asked.push(what);
    return result();
  };
  const installation: Administered = {
    port: 8443,
    ephemeral: true,
    offline: false,
    get worlds() {
      return [...worlds.keys()];
    },
    saves: () => ['kept'],
    estate,
    fork: (from, name) =>
      note(`fork ${from} ${name}`, () => {
        estate(from);
        return add(name);
      }),
    save: (world, save) => note(`save ${world} ${save}`, () => estate(world).world.reader.revision),
    load: (save, world) =>
      note(`load ${save} ${world}`, () => {
        if (save !== 'kept') throw new NoSuchWorld(`no saved world ${save}`);
        return add(world);
      }),
    reset: (world) => note(`reset ${world}`, () => estate(world)),
    delete: (world) =>
      note(`delete ${world}`, () => {
        estate(world);
        worlds.delete(world);
      }),
  };
  const door = adminDoor(installation, TOKEN);
  const send = async (method: string, path: string, body?: unknown, authorization: string | undefined = `Bearer ${TOKEN}`) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const request: HttpRequest = {
      method,
      origin: 'https://localhost:8443',
      host: 'localhost',
      path: `/slipway/v1/${path}`,
      search: '',
      headers: { ...(authorization && { authorization }) },
      body: Buffer.from(text),
      via: 'endpoint',
      world: '',
      vantage: '',
      signal: AbortSignal.abort(),
    };
    const response = await door(request);
    assert.equal(response.headers['content-type'], 'application/json');
    return { status: response.status, body: JSON.parse(String(response.body)) as { readonly [name: string]: unknown } };
  };
  return { send, asked, estate };
}

test('only bearers of the token are answered, whatever they ask for', async (t) => {
  const { send, asked } = administered(t, 'default');
  const others = ['', 'Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `bearer ${TOKEN}`, `Basic ${TOKEN}`, TOKEN];
  for (const authorization of others)
    for (const [method, path] of [
      ['GET', 'status'],
      ['POST', 'stop'],
      ['DELETE', 'worlds/default'],
      ['GET', 'nothing'],
    ] as const)
      assert.equal((await send(method, path, undefined, authorization)).status, 401, `${authorization} ${path}`);
  assert.deepEqual(asked, []);
  assert.equal((await send('GET', 'status')).status, 200);
});

test('every call does what its name says', async (t) => {
  const { send, asked } = administered(t, 'default');
  const status = await send('GET', 'status');
  assert.deepEqual(
    { ...status.body, version: 0, worlds: 0 },
    { version: 0, pid: process.pid, port: 8443, ephemeral: true, offline: false, worlds: 0 },
  );
  assert.equal((await send('POST', 'worlds/default/fork', { name: 'blue' })).body['name'], 'blue');
  assert.deepEqual((await send('POST', 'worlds/blue/save', { name: 'kept' })).body['save'], 'kept');
  assert.equal((await send('POST', 'worlds/green/load', { name: 'kept' })).body['name'], 'green');
  assert.equal((await send('POST', 'worlds/blue/reset')).body['name'], 'blue');
  const { worlds, saves } = (await send('GET', 'worlds')).body as { worlds: { name: string }[]; saves: string[] };
  assert.deepEqual([worlds.map(({ name }) => name), saves], [['default', 'blue', 'green'], ['kept']]);
  assert.deepEqual((await send('DELETE', 'worlds/green')).body, { deleted: 'green' });
  assert.deepEqual(asked, ['fork default blue', 'save blue kept', 'load kept green', 'reset blue', 'delete green']);
});

test('stop ends the process as a signal would, after the answer', async (t) => {
  const killed = t.mock.method(process, 'kill', () => true);
  const { send } = administered(t, 'default');
  assert.equal((await send('POST', 'stop')).body['pid'], process.pid);
  assert.equal(killed.mock.callCount(), 0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(killed.mock.calls[0]?.arguments, [process.pid, 'SIGTERM']);
});

test('what is no call is refused: 404 for paths, 405 for methods', async (t) => {
  const { send, asked } = administered(t, 'default');
  for (const path of [
    '',
    'nothing',
    'status/',
    'worlds/default/clock/now',
    'worlds//clock',
    'STATUS',
    'worlds/a/b/fork',
    'worlds/default/fly',
  ])
    assert.equal((await send('GET', path)).status, 404, path);
  for (const [method, path] of [
    ['DELETE', 'status'],
    ['GET', 'stop'],
    ['PUT', 'worlds/default/clock'],
    ['GET', 'worlds/default/fork'],
    ['POST', 'worlds/default'],
  ] as const)
    assert.equal((await send(method, path)).status, 405, `${method} ${path}`);
  assert.deepEqual(asked, []);
});

test('bodies that make no sense are refused with 400, and nothing is done', async (t) => {
  const { send, asked } = administered(t, 'default');
  const bodies = ['{', 'null', '7', '[]', '"text"', {}, { name: '' }, { name: 7 }, { name: null }, { name: ['a'] }];
  for (const body of bodies)
    for (const what of ['fork', 'save', 'load'])
      assert.equal((await send('POST', `worlds/default/${what}`, body)).status, 400, `${what} ${JSON.stringify(body)}`);
  for (const name of ['A', 'a b', '-a', 'a-', '../a', 'a/b', 'a.b', 'ä', 'a'.repeat(41), 'a\n'])
    for (const what of ['fork', 'save'])
      assert.equal((await send('POST', `worlds/default/${what}`, { name })).status, 400, `${what} ${JSON.stringify(name)}`);
  assert.equal((await send('GET', 'worlds/%zz/clock')).status, 400);
  assert.deepEqual(asked, []);
});

test('unknown worlds and saves are refused with 404', async (t) => {
  const { send } = administered(t, 'default');
  for (const [method, path, body] of [
    ['GET', 'worlds/nowhere/clock', undefined],
    ['POST', 'worlds/nowhere/clock', { rate: 1 }],
    ['POST', 'worlds/nowhere/fork', { name: 'x' }],
    ['POST', 'worlds/nowhere/save', { name: 'x' }],
    ['POST', 'worlds/nowhere/reset', undefined],
    ['DELETE', 'worlds/%2E%2E%2Fdefault', undefined],
    ['POST', 'worlds/default/load', { name: 'lost' }],
  ] as const) {
    const answer = await send(method, path, body);
    assert.equal(answer.status, 404, `${method} ${path}`);
    assert.match(String(answer.body['error']), /no (saved )?world/);
  }
});

test('the clock is set within its limits alone', async (t) => {
  const { send, estate } = administered(t, 'default');
  for (const body of [
    { rate: -1 },
    { rate: 1_000_001 },
    { rate: '1' },
    { rate: null },
    '{"rate": 1e999}',
    { advanceMs: -1 },
    { advanceMs: '1h' },
    { advanceMs: null },
    { advanceMs: 101 * 366 * 86_400_000 },
    '{"advanceMs": 1e999}',
    '{"advanceMs": -1e999}',
  ])
    assert.equal((await send('POST', 'worlds/default/clock', body)).status, 400, JSON.stringify(body));
  assert.equal(estate('default').world.clock.rate, 1);
  const before = await send('POST', 'worlds/default/clock', { rate: 0 });
  const after = await send('POST', 'worlds/default/clock', { advanceMs: 60_000 });
  assert.equal(Date.parse(String(after.body['time'])) - Date.parse(String(before.body['time'])), 60_000);
  assert.equal(after.body['rate'], 0);
  const nothing = await send('POST', 'worlds/default/clock', { toNextEvent: true });
  assert.equal(nothing.body['time'], after.body['time']);
  assert.deepEqual((await send('GET', 'worlds/default/clock')).body, after.body);
});

test('no jump leads past the last year whose dates can be written down, and a fraction of a millisecond is none', async (t) => {
  const { send, estate } = administered(t, 'default');
  const { world } = estate('default');
  assert.equal((await send('POST', 'worlds/default/clock', { rate: 0, advanceMs: 0.7 })).status, 200);
  assert.equal(world.nowMs % 1, 0);
  const centuryMs = 100 * 365 * 86_400_000;
  let refused: { status: number; body: { readonly [name: string]: unknown } } | undefined;
  for (let i = 0; i < 90 && !refused; i++) {
    const answer = await send('POST', 'worlds/default/clock', { advanceMs: centuryMs });
    if (answer.status !== 200) refused = answer;
  }
  assert.equal(refused?.status, 400);
  assert.match(String(refused?.body['error']), /ends with the year 9998/);
  assert.match(new Date(world.nowMs).toISOString(), /^9[89]\d\d-/);
  assert.equal((await send('POST', 'worlds/default/clock', { advanceMs: 1_000 })).status, 200, 'smaller steps go on');
});

test('whatever is sent, the answer is JSON with a status that says whose fault it is', async (t) => {
  const { send } = administered(t, 'default');
  const path = fc.constantFrom(
    'worlds/default/clock',
    'worlds/default/fork',
    'worlds/default/save',
    'worlds/default/load',
    'worlds/default/reset',
  );
  await fc.assert(
    fc.asyncProperty(path, fc.oneof(fc.string(), fc.json(), fc.record({ name: fc.string(), rate: fc.double() })), async (where, body) => {
      const { status, body: answer } = await send('POST', where, body);
      assert.ok([200, 400, 404].includes(status), `${status} ${JSON.stringify(answer)}`);
      assert.equal(typeof answer['error'], status === 200 ? 'undefined' : 'string');
    }),
    { numRuns: 200 },
  );
});
