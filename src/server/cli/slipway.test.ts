import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Home } from '../home.ts';

// The command as people run it: `bin/slipway.js` under whatever Node their shell finds, in processes of its own.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const slipway = join(root, 'bin', 'slipway.js');
const windows = process.platform === 'win32';

/** The Node of the system: the first on PATH that is none of ours; this process's where there is no other. */
function systemNode(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => relative(root, folder).startsWith('..'));
  return folders.map((folder) => join(folder, windows ? 'node.exe' : 'node')).find((file) => existsSync(file)) ?? process.execPath;
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function homeFor(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'slipway-command-'));
  t.after(() => {
    const pid = new Home(home).running?.pid;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return home;
}

async function run(home: string, ...args: string[]): Promise<Ran> {
  const node = systemNode();
  const env = { ...process.env, PATH: [dirname(node), process.env['PATH']].join(delimiter), SLIPWAY_HOME: home };
  const child = spawn(node, [slipway, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: home });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}

const ok = async (home: string, ...args: string[]): Promise<string> => {
  const { code, out, error } = await run(home, ...args);
  assert.equal(code, 0, `${args.join(' ')}: ${error}`);
  return out;
};
const json = async (home: string, ...args: string[]) => JSON.parse(await ok(home, ...args, '--json'));

test('a day with the command: up, worlds, time, down, up again', async (t) => {
  const home = homeFor(t);
  const started = await json(home, 'up', '-dp', '0', '--offline');
  const { pid, port } = new Home(home).running ?? assert.fail('nothing runs');
  assert.equal(started.pid, pid);
  assert.equal(started.port, port);

  const [second, paused, env] = await Promise.all([
    run(home, 'up', '--port', '0'),
    json(home, 'clock', 'pause'),
    json(home, 'env', '--no-login'),
  ]);
  assert.equal(second.code, 1);
  assert.match(second.error, new RegExp(`in use by process ${pid}`));
  assert.doesNotMatch(second.error, /^\s+at /m);
  assert.equal(paused.rate, 0);
  assert.match(env.HTTPS_PROXY, new RegExp(`^http://default:[0-9a-f]{64}@127\\.0\\.0\\.1:${port}$`));
  assert.match(readFileSync(env.NODE_EXTRA_CA_CERTS, 'utf8'), /BEGIN CERTIFICATE/);

  assert.match(await ok(home, 'world', 'save', 'morning'), /saved as morning/);
  const later = await json(home, 'clock', 'advance', '30d');
  assert.ok(Date.parse(later.time) - Date.parse(paused.time) >= 30 * 86_400_000);
  const [missing, forked] = await Promise.all([run(home, 'world', 'load', 'evening'), json(home, 'world', 'fork', 'blue')]);
  assert.equal(missing.code, 1);
  assert.match(missing.error, /no saved world evening; there are: morning/);
  assert.equal(forked.time, later.time);
  assert.equal((await json(home, 'world', 'load', 'morning')).time, paused.time);

  assert.deepEqual(await json(home, 'down'), { stopped: pid });
  assert.match(await ok(home, 'up', '--detach', '--port', '0', '--offline'), /runs in the background/);
  const status = await json(home, 'status');
  assert.deepEqual(status.worlds.map(({ name }: { name: string }) => name).sort(), ['blue', 'default']);
  assert.equal(status.worlds.find(({ name }: { name: string }) => name === 'default').rate, 0);
  await ok(home, 'down');
});

test('a start in the background that cannot be says why', async (t) => {
  const home = homeFor(t);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const address = taken.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  const { code, out, error } = await run(home, 'up', '-d', '--port', port);
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(error, new RegExp(`^slipway: port ${port} is in use by .*--port auto\\.\n$`));
  assert.equal(new Home(home).running, undefined);
});
