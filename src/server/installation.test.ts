import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PortInUseError } from '../engines/listener/bind.ts';
import { HomeLocked, lockHome } from '../engines/store-sqlite/lock.ts';
import { UnknownWorld } from './admin.ts';
import { call, NotRunning, Refused } from './admin-client.ts';
import type { Estate } from './estate.ts';
import { runExample } from './example.ts';
import { Home } from './home.ts';
import { Installation, type InstallationOptions } from './installation.ts';

function homeFor(t: TestContext): Home {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-installation-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return new Home(folder);
}

async function start(t: TestContext, home: Home, options: Partial<InstallationOptions> = {}): Promise<Installation> {
  const log = { error: () => undefined, debug: () => undefined };
  const installation = await Installation.start({ home, port: 0, ephemeral: false, offline: true, seed: 'unit', log, ...options });
  t.after(() => installation.stop());
  return installation;
}

/** A note in a world, to be found again. */
const write = ({ world }: Estate, text: string): void => world.transact((tx) => void tx.put('notes', 'note', text));
const read = ({ world }: Estate): string | undefined => world.reader.get<string>('notes', 'note')?.value;
const filesOf = (home: Home, folder: string): string[] => {
  const path = join(home.folder, folder);
  return existsSync(path)
    ? readdirSync(path)
        .filter((file) => file.endsWith('.sqlite'))
        .sort()
    : [];
};

test('worlds fork, are saved, loaded, reset and deleted, and the disk follows', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  write(installation.estate('default'), 'one');
  assert.equal(read(await installation.fork('default', 'blue')), 'one');
  write(installation.estate('blue'), 'two');
  assert.equal(read(installation.estate('')), 'one');
  await installation.save('blue', 'kept');
  write(installation.estate('blue'), 'three');
  assert.equal(read(await installation.load('kept', 'blue')), 'two');
  assert.equal(read(await installation.load('kept', 'green')), 'two');
  assert.deepEqual([installation.worlds, installation.saves()], [['default', 'blue', 'green'], ['kept']]);
  for (const scope of ['blue/a', 'green/a', 'default/a']) home.writeClusterPort(scope, 1);
  assert.equal(read(await installation.reset('blue')), undefined);
  await installation.delete('green');
  assert.deepEqual(home.clusterPorts, { 'default/a': 1 });
  assert.throws(() => installation.estate('green'), UnknownWorld);
  await installation.stop();
  assert.deepEqual([filesOf(home, 'worlds'), filesOf(home, 'saves')], [['blue.sqlite', 'default.sqlite'], ['kept.sqlite']]);

  const again = await start(t, home, { seed: 'another' });
  assert.deepEqual(again.worlds, ['default', 'blue']);
  assert.equal(read(again.estate('default')), 'one');
  assert.equal(again.estate('default').world.seed, 'unit');
});

test('a save that is not there, or cannot be read, costs nobody the living world', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  write(installation.estate('default'), 'mine');
  mkdirSync(join(home.folder, 'saves'), { recursive: true });
  writeFileSync(join(home.folder, 'saves', 'broken.sqlite'), 'this is no database at all, however long it may be');
  for (const save of ['lost', '../worlds/default', '', 'broken']) {
    await assert.rejects(installation.load(save, 'default'), save);
    assert.equal(read(installation.estate('default')), 'mine');
  }
  write(installation.estate('default'), 'still mine');
  await installation.stop();
  assert.equal(read((await start(t, home)).estate('default')), 'still mine');
});

test('names that are taken, unknown or no names are refused, and leave nothing behind', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  await assert.rejects(installation.fork('default', 'default'), /exists/);
  await assert.rejects(installation.fork('nowhere', 'blue'), UnknownWorld);
  await assert.rejects(installation.fork('default', '../blue'), /no world name/);
  await assert.rejects(installation.load('kept', '../blue'), /no saved world/);
  await assert.rejects(installation.save('nowhere', 'kept'), UnknownWorld);
  await assert.rejects(installation.save('default', 'a/b'), /no world name/);
  await assert.rejects(installation.reset('nowhere'), UnknownWorld);
  await assert.rejects(installation.delete('nowhere'), UnknownWorld);
  await assert.rejects(installation.delete('default'), /reset it instead/);
  assert.deepEqual([installation.worlds, filesOf(home, 'worlds'), filesOf(home, 'saves')], [['default'], ['default.sqlite'], []]);
});

test('worlds change one after the other, however many ask at once', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  write(installation.estate('default'), 'kept');
  await installation.save('default', 'kept');
  write(installation.estate('default'), 'changed');
  const changes = [
    installation.reset('default'),
    installation.load('kept', 'default'),
    installation.reset('default'),
    installation.fork('default', 'blue'),
    installation.load('kept', 'blue'),
    installation.delete('blue'),
    installation.load('kept', 'default'),
    installation.save('default', 'again'),
  ];
  const outcomes = await Promise.allSettled(changes);
  assert.deepEqual(
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : [])),
    [],
  );
  assert.equal(read(installation.estate('default')), 'kept');
  assert.deepEqual(installation.worlds, ['default']);
  write(installation.estate('default'), 'last');
  await installation.stop();
  assert.equal(read((await start(t, home)).estate('default')), 'last');
});

test('a request to a world that is just being replaced is answered by the new one', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  write(installation.estate('default'), 'old');
  const ca = readFileSync(join(home.certificates, 'ca.crt'));
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const path = '/metadata/endpoints?api-version=2022-09-01';
      get({ host: '127.0.0.1', servername: 'localhost', port: installation.port, path, ca, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
  assert.equal(await ask(), 200);
  const reset = installation.reset('default');
  const statuses: (number | undefined)[] = [];
  for (let done = false; !done; ) {
    statuses.push(await ask());
    done = await Promise.race([reset.then(() => true), new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
  }
  assert.deepEqual([...new Set(statuses)], [200]);
  assert.equal(read(installation.estate('default')), undefined);
});

test('a change that fails does not keep the next one waiting, and stopping waits for what has begun', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home);
  write(installation.estate('default'), 'one');
  await assert.rejects(installation.reset('nowhere'), UnknownWorld);
  const reset = installation.reset('default');
  await new Promise((resolve) => setImmediate(resolve));
  const stopped = installation.stop();
  await reset;
  await stopped;
  assert.deepEqual(installation.worlds, []);
  await assert.rejects(installation.fork('default', 'blue'), /stopping/);
  await assert.rejects(installation.reset('default'), /stopping/);
});

test('an ephemeral service forks and resets, and writes nothing but keys', async (t) => {
  const home = homeFor(t);
  const installation = await start(t, home, { ephemeral: true });
  write(installation.estate('default'), 'one');
  assert.equal(read(await installation.fork('default', 'blue')), 'one');
  assert.equal(read(await installation.reset('default')), undefined);
  await installation.delete('blue');
  await assert.rejects(installation.save('default', 'kept'), /ephemeral/);
  await assert.rejects(installation.load('kept', 'default'), /ephemeral/);
  await installation.stop();
  assert.deepEqual(readdirSync(home.folder).sort(), ['admin-token', 'automation-secret', 'certificates', 'proxy-token']);
});

test('a second process cannot have the home, and is told who has it', (t) => {
  const home = homeFor(t);
  const lock = lockHome(home.folder);
  assert.throws(
    () => lockHome(home.folder),
    (error) => error instanceof HomeLocked && error.pid === process.pid && error.message.includes(String(process.pid)),
  );
  lock.release();
  lockHome(home.folder).release();
});

test('a port that is taken is refused by its number', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await assert.rejects(start(t, homeFor(t), { port }), (error) => error instanceof PortInUseError && error.port === port);
});

test('a world that cannot be read ends the start, and the port is free again', async (t) => {
  const home = homeFor(t);
  const before = await start(t, home, { ephemeral: true });
  const { port } = before;
  await before.stop();
  mkdirSync(join(home.folder, 'worlds'), { recursive: true });
  writeFileSync(join(home.folder, 'worlds', 'default.sqlite'), 'this is no database at all, however long it may be');
  await assert.rejects(start(t, home, { port }));
  rmSync(join(home.folder, 'worlds', 'default.sqlite'));
  assert.equal((await start(t, home, { port })).port, port);
});

test('the client finds a process by its home, and knows when there is none', async (t) => {
  const home = homeFor(t);
  await assert.rejects(call(home, 'GET', 'status'), NotRunning);
  const installation = await start(t, home, { ephemeral: true });
  const running = {
    pid: process.pid,
    port: installation.port,
    address: '127.0.0.1',
    startedAt: '',
    version: '',
    ephemeral: true,
    offline: true,
  };
  home.writeRunning(running);
  assert.equal((await call<{ port: number }>(home, 'GET', 'status')).port, installation.port);
  await assert.rejects(call(home, 'GET', 'nothing'), (error) => error instanceof Refused && /No such call/.test(error.message));

  const other = homeFor(t);
  other.writeRunning(running);
  const stranger = await start(t, other, { ephemeral: true });
  // The port is another home's by now: its token must not be sent there.
  await assert.rejects(call(other, 'GET', 'status'), NotRunning);
  await stranger.stop();

  const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  t.after(() => plain.close());
  const address = plain.address();
  home.writeRunning({ ...running, port: typeof address === 'object' && address ? address.port : 0 });
  await assert.rejects(call(home, 'GET', 'status'), NotRunning);
  home.writeRunning({ ...running, port: 1 });
  await assert.rejects(call(home, 'GET', 'status'), NotRunning);
});

test('the example deploys into an empty world, once', async (t) => {
  const installation = await start(t, homeFor(t), { ephemeral: true });
  const { world } = installation.estate('default');
  world.setRate(3_600, Date.now());
  const lines: string[] = [];
  await runExample(installation, 'examples/first-cluster', (line) => lines.push(line));
  const said = lines.join('\n');
  assert.match(said, /deployment\/\w+.* applied/);
  assert.equal(said.match(/^aks-nodepool1-\d{8}-vmss00000\d\s+Ready\s+v1\.\d+\.\d+\s/gm)?.length, 2);
  const { revision } = world.reader;
  await runExample(installation, 'examples/first-cluster', () => assert.fail('it has run'));
  assert.ok(world.reader.revision >= revision);
  await assert.rejects(
    runExample(await start(t, homeFor(t), { ephemeral: true }), 'examples/none', () => undefined),
    /no example in/,
  );
});
