import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Command, CommanderError } from 'commander';
import { NotRunning, Refused } from '../admin-client.ts';
import { Home } from '../home.ts';
import { Installation } from '../installation.ts';
import { version } from '../version.ts';
import { explain, program } from './commands.ts';
import { EXIT, Failure } from './output.ts';

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, as main.ts does. */
async function run(t: TestContext, ...args: string[]): Promise<Ran> {
  let out = '';
  let error = '';
  const stdout = t.mock.method(process.stdout, 'write', (text: string) => {
    out += text;
    return true;
  });
  const stderr = t.mock.method(process.stderr, 'write', (text: string) => {
    error += text;
    return true;
  });
  try {
    await program().parseAsync(['node', 'slipway', ...args]);
    return { exitCode: EXIT.ok, out, error };
  } catch (failure) {
    if (failure instanceof CommanderError) return { exitCode: failure.exitCode === 0 ? EXIT.ok : EXIT.usage, out, error };
    const { message, exitCode } = explain(failure);
    return { exitCode, out, error: error + message };
  } finally {
    stdout.mock.restore();
    stderr.mock.restore();
  }
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A service in this process that the command finds by its home. */
async function serve(t: TestContext): Promise<string> {
  const folder = folderFor(t);
  const home = new Home(folder);
  const errors: string[] = [];
  const installation = await Installation.start({
    home,
    port: 0,
    ephemeral: true,
    offline: true,
    seed: 'cli',
    log: { error: (_, message) => void errors.push(message), debug: () => undefined },
  });
  t.after(async () => {
    await installation.stop();
    assert.deepEqual(errors, []);
  });
  const state = { pid: process.pid, port: installation.port, address: '127.0.0.1', startedAt: '', version, ephemeral: true, offline: true };
  home.writeRunning(state);
  return folder;
}

/** All commands that do something, as the words that call them. */
function leaves(command: Command, words: readonly string[] = []): { readonly words: string[]; readonly command: Command }[] {
  if (command.commands.length === 0) return [{ words: [...words], command }];
  return command.commands.flatMap((sub) => leaves(sub, [...words, sub.name()]));
}
const commands = leaves(program());

test('the commands are those that the documents speak of', () => {
  assert.deepEqual(
    commands.map(({ words }) => words.join(' ')),
    [
      ...['up', 'status', 'down', 'reset', 'version', 'env', 'shell'],
      ...['world list', 'world fork', 'world save', 'world load', 'world delete'],
      ...['clock show', 'clock advance', 'clock speed', 'clock pause'],
    ],
  );
});

test('every command explains itself and all of its options', async (t) => {
  for (const { words, command } of commands) {
    const { exitCode, out, error } = await run(t, ...words, '--help');
    assert.equal(exitCode, EXIT.ok, words.join(' '));
    assert.equal(error, '');
    assert.match(out, new RegExp(`^Usage: slipway ${words.join(' ')} `));
    assert.ok(out.includes(command.description()));
    for (const option of command.options.filter(({ hidden }) => !hidden)) {
      assert.ok(out.includes(option.flags), `${words.join(' ')} ${option.flags}`);
      assert.ok(option.description, `${words.join(' ')} ${option.flags}`);
    }
    for (const everywhere of ['--home <folder>', '--json']) assert.ok(out.includes(everywhere), `${words.join(' ')} ${everywhere}`);
  }
  assert.match((await run(t, '--help')).out, /Exit codes: 0 done, 1 failed, 2 .*, 3 the service does not run/);
  for (const group of [[], ['world'], ['clock']]) assert.equal((await run(t, ...group, '--help')).exitCode, EXIT.ok);
});

test('what cannot be understood ends with 2 and says where help is', async (t) => {
  const lines = [
    ['fly'],
    ['--fly'],
    ['status', '--fly'],
    ['status', 'now'],
    ['world'],
    ['world', 'fork'],
    ['world', 'merge', 'x'],
    ['clock', 'speed'],
    ['env', '--shell', 'cmd'],
    ['up', '--audit', 'Everything'],
    ['up', '--port'],
  ];
  for (const line of lines) {
    const { exitCode, out, error } = await run(t, ...line);
    assert.equal(exitCode, EXIT.usage, line.join(' '));
    assert.equal(out, '', line.join(' '));
    assert.match(error, /--help|Usage:/, line.join(' '));
  }
});

test('words that are no port, duration or speed end with 2 before anything is done', async (t) => {
  const home = folderFor(t);
  const lines: readonly (readonly [line: readonly string[], why: RegExp])[] = [
    [['up', '--port', '65536'], /"65536" is no port/],
    [['up', '--port', 'https'], /"https" is no port/],
    [['up', '--port', ''], /"" is no port/],
    [['up', '--port', '0x50'], /"0x50" is no port/],
    [['up', '--port', '8443.0'], /no port/],
    [['clock', 'advance', '5'], /"5" is no duration/],
    [['clock', 'advance', `${'9'.repeat(400)}d`], /is no duration/],
    [['clock', 'speed', '-5'], /"-5" is no speed/],
    [['clock', 'speed', 'NaN'], /"NaN" is no speed/],
    [['clock', 'speed', 'Infinity'], /is no speed/],
    [['clock', 'speed', '9'.repeat(400)], /is no speed/],
  ];
  for (const [line, why] of lines) {
    const { exitCode, out, error } = await run(t, ...line, '--home', home);
    assert.equal(exitCode, EXIT.usage, `${line.join(' ')}: ${error}`);
    assert.equal(out, '');
    assert.match(error, why, line.join(' '));
  }
});

test('without a service every command that needs one ends with 3 and says how to start it', async (t) => {
  const home = folderFor(t);
  const argument: { readonly [name: string]: string } = { fork: 'x', save: 'x', load: 'x', delete: 'x', speed: '2' };
  for (const { words } of commands) {
    const last = words.at(-1) ?? '';
    if (['up', 'version'].includes(last)) continue;
    const { exitCode, out, error } = await run(t, ...words, ...(argument[last] ? [argument[last]] : []), '--home', home);
    assert.equal(exitCode, EXIT.notRunning, words.join(' '));
    assert.equal(out, '');
    assert.match(error, /not running.*slipway up/, words.join(' '));
  }
});

test('durations and speeds that make no sense end with 2, before anybody is asked', async (t) => {
  const home = folderFor(t);
  for (const duration of ['soon', '10', '1 h', '1h30'])
    assert.equal((await run(t, 'clock', 'advance', duration, '--home', home)).exitCode, EXIT.usage, duration);
  for (const speed of ['', 'x', '×', 'fast', '1e3', '0x10', 'Infinity', 'NaN', '60x', '1,5', ' '])
    assert.equal((await run(t, 'clock', 'speed', speed, '--home', home)).exitCode, EXIT.usage, JSON.stringify(speed));
  assert.equal((await run(t, 'up', '--port', 'high', '--home', home)).exitCode, EXIT.usage);
});

test('what undoes the variables is printed with or without a service', async (t) => {
  const home = folderFor(t);
  const { exitCode, out } = await run(t, 'env', '--unset', '--shell', 'sh', '--home', home);
  assert.equal(exitCode, EXIT.ok);
  assert.match(out, /^unset HTTPS_PROXY;$/m);
  const listed: unknown = JSON.parse((await run(t, 'env', '--unset', '--json', '--home', home)).out);
  assert.ok(Array.isArray(listed) && listed.includes('HTTPS_PROXY'));
});

test('the version is told without a service', async (t) => {
  assert.equal((await run(t, '--version')).out, `${version}\n`);
  assert.equal((await run(t, 'version')).out, `${version}\n`);
  assert.deepEqual(JSON.parse((await run(t, 'version', '--json')).out), { version });
});

test('every command speaks JSON to machines and a sentence to people', async (t) => {
  const home = await serve(t);
  const at = ['--home', home];
  const json = async (...line: string[]) => {
    const { exitCode, out, error } = await run(t, ...line, ...at, '--json');
    assert.equal(exitCode, EXIT.ok, `${line.join(' ')}: ${error}`);
    return JSON.parse(out) as { readonly [name: string]: unknown };
  };
  const said = async (...line: string[]) => (await run(t, ...line, ...at)).out;

  assert.equal((await json('status'))['pid'], process.pid);
  assert.match(await said('status'), /^Slipway .* runs on https:\/\/127\.0\.0\.1:\d+[\s\S]*\ndefault {3}/);
  assert.equal((await json('world', 'fork', 'blue'))['name'], 'blue');
  assert.match(await said('world', 'fork', 'green', '--world', 'blue'), /^World green is a branch of blue.*--world green/);
  assert.deepEqual(
    ((await json('world', 'list'))['worlds'] as { name: string }[]).map(({ name }) => name),
    ['default', 'blue', 'green'],
  );
  assert.match(await said('world', 'list'), /Saves: none\n$/);
  assert.equal((await json('clock', 'pause', '--world', 'blue'))['rate'], 0);
  const before = Date.parse(String((await json('clock', 'show', '--world', 'blue'))['time']));
  const after = Date.parse(String((await json('clock', 'advance', '1h30m', '--world', 'blue'))['time']));
  assert.equal(after - before, 5_400_000);
  assert.match(await said('clock', 'show', '--world', 'blue'), /, paused/);
  assert.equal((await json('clock', 'speed', '×60', '--world', 'blue'))['rate'], 60);
  assert.equal((await json('clock', 'speed', '0.5', '--world', 'blue'))['rate'], 0.5);
  assert.match(await said('clock', 'speed', 'x3600', '--world', 'blue'), /×3600/);
  assert.equal((await json('env', '--no-login', '--world', 'blue'))['CHECKPOINT_DISABLE'], '1');
  assert.match(await said('env', '--no-login', '--shell', 'fish', '--world', 'blue'), /^set -gx HTTPS_PROXY 'http:\/\/blue:/m);
  assert.equal((await json('reset', '--world', 'blue'))['clusters'], 0);
  assert.match(await said('reset', '--world', 'blue'), /^World blue is empty\.$/m);
  assert.deepEqual(await json('world', 'delete', 'blue'), { deleted: 'blue' });
  assert.match(await said('world', 'delete', 'green'), /^World green is deleted\.$/m);
});

test('what the service refuses ends with 1 and says why', async (t) => {
  const home = await serve(t);
  const lines: readonly (readonly [line: readonly string[], why: RegExp])[] = [
    [['world', 'fork', 'Not_A_Name'], /"Not_A_Name" is no world name/],
    [['world', 'fork', 'a'.repeat(41)], /is no world name/],
    [['world', 'fork', 'default'], /world default exists/],
    [['world', 'fork', 'new', '--world', 'nowhere'], /no world nowhere/],
    [['world', 'delete', 'default'], /cannot be deleted/],
    [['world', 'delete', 'a/b?c d'], /no world a\/b\?c d/],
    [['world', 'save', 'kept'], /ephemeral/],
    [['world', 'load', 'kept'], /ephemeral/],
    [['reset', '--world', 'nowhere'], /no world nowhere/],
    [['clock', 'show', '--world', '..'], /no world \.\.|No such call/],
    [['clock', 'speed', '1000001'], /0 \(paused\) to 1000000/],
    [['clock', 'advance', '99999w'], /hundred years/],
    [['env', '--no-login', '--world', 'nowhere'], /no world nowhere; there are: default/],
  ];
  for (const [line, why] of lines) {
    const { exitCode, out, error } = await run(t, ...line, '--home', home);
    assert.equal(exitCode, EXIT.failed, `${line.join(' ')}: ${error}`);
    assert.match(error, why, line.join(' '));
    assert.equal(out, '');
  }
});

test('every kind of failure has its exit code', () => {
  assert.equal(explain(new NotRunning('x')).exitCode, EXIT.notRunning);
  assert.equal(explain(new Refused('x')).exitCode, EXIT.failed);
  assert.equal(explain(new Failure('x', EXIT.usage)).exitCode, EXIT.usage);
  assert.deepEqual(explain('a text'), { message: 'a text', exitCode: EXIT.failed });
  assert.deepEqual(explain(new TypeError('a bug')), { message: 'a bug', exitCode: EXIT.failed });
});
