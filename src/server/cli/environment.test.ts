import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { TENANT_ID } from '../../entra/seed.ts';
import { Home } from '../home.ts';
import { clientVariables, guessShell, leftovers, loginAz, SHELLS, type Shell, shellLines, unsetLines, VARIABLES } from './environment.ts';
import { Failure } from './output.ts';

function homeFor(t: TestContext, isRunning = true): Home {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-env-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = new Home(folder);
  const state = { pid: 1, port: 8443, address: '127.0.0.1', startedAt: '', version: '0', ephemeral: true, offline: true };
  if (isRunning) home.writeRunning(state);
  return home;
}

/** What a real shell says after it has run lines: the values of the variables, each closed by a NUL. */
function runIn(shell: string, lines: readonly string[], names: readonly string[]): string[] | undefined {
  const script = [...lines, ...names.map((name) => `printf '%s\\0' "$${name}"`)].join('\n');
  const { stdout, status, error } = spawnSync(shell, ['-c', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  if (error) return undefined;
  assert.equal(status, 0, script);
  return stdout.split('\0').slice(0, -1);
}

const awkward = fc.string({ unit: fc.constantFrom(...'aZ9 \'"$`\\\n\t;&|<>(){}[]*?!#~=%^-’é'), maxLength: 24 });

for (const shell of ['sh', 'bash', 'zsh', 'fish'] as const)
  test(`values survive a real ${shell}, whatever they hold`, (t) => {
    const values = [...fc.sample(awkward, { numRuns: 400, seed: 11 }), '', "'", '\\', "\\'", "it's $HOME", '`id`', 'a\\\\b\\'];
    const variables = Object.fromEntries(values.map((value, i) => [`V${i}`, value]));
    const seen = runIn(shell, shellLines(variables, shell), Object.keys(variables));
    if (!seen) return t.skip(`no ${shell} here`);
    assert.deepEqual(seen, values);
    const names = Object.keys(variables);
    const unset = runIn(shell, [...shellLines(variables, shell), ...unsetLines(names, shell)], names);
    assert.ok(unset?.every((value) => value === ''));
  });

/** Reads a quoted text as the shell's documentation says: what stands between the quotes, and where it ends. */
const READERS: { readonly [shell in 'fish' | 'powershell']: (quoted: string) => string | undefined } = {
  fish: (quoted) => /^'((?:[^\\']|\\.)*)'$/s.exec(quoted)?.[1]?.replaceAll(/\\([\\'])/g, '$1'),
  powershell: (quoted) => /^'((?:[^'‘’‚‛]|(['‘’‚‛])\2)*)'$/s.exec(quoted)?.[1]?.replaceAll(/(['‘’‚‛])\1/g, '$1'),
};

test('fish and PowerShell read back what was quoted for them', () => {
  fc.assert(
    fc.property(awkward, (value) => {
      const [fish = ''] = shellLines({ V: value }, 'fish');
      assert.equal(READERS.fish(fish.slice('set -gx V '.length, -1)), value);
      const [powershell = ''] = shellLines({ V: value }, 'powershell');
      assert.equal(READERS.powershell(powershell.slice('$Env:V = '.length)), value);
    }),
    { numRuns: 1_000 },
  );
});

test('what unsets names the variables that are set, in every shell', (t) => {
  const variables = clientVariables(homeFor(t), { world: '', vantage: '' });
  assert.deepEqual(Object.keys(variables).sort(), [...VARIABLES].sort());
  const syntax: { readonly [shell in Shell]: RegExp } = {
    bash: /^unset (\w+);$/,
    zsh: /^unset (\w+);$/,
    sh: /^unset (\w+);$/,
    fish: /^set -e (\w+);$/,
    powershell: /^Remove-Item Env:(\w+) -ErrorAction SilentlyContinue$/,
  };
  for (const shell of SHELLS)
    assert.deepEqual(
      unsetLines(VARIABLES, shell).map((line) => syntax[shell].exec(line)?.[1]),
      [...VARIABLES],
    );
});

test('the proxy names world and vantage point, and carries the token', (t) => {
  const home = homeFor(t);
  const token = home.secret('proxy-token');
  const users = [
    [{ world: '', vantage: '' }, 'default'],
    [{ world: 'blue', vantage: '' }, 'blue'],
    [{ world: 'blue', vantage: 'jumpbox' }, 'blue.jumpbox'],
  ] as const;
  for (const [options, user] of users) {
    const variables = clientVariables(home, options);
    assert.equal(variables.HTTPS_PROXY, `http://${user}:${token}@127.0.0.1:8443`);
    assert.equal(variables.https_proxy, variables.HTTPS_PROXY);
    assert.ok(new URL(variables.HTTPS_PROXY));
  }
  assert.ok(clientVariables(home, { world: '', vantage: '' }).NO_PROXY.split(',').includes('127.0.0.1'));
});

test('in a branch kubectl has a file of its own, which a terminal of the default world lets go of', (t) => {
  const home = homeFor(t);
  const branch = clientVariables(home, { world: 'blue', vantage: '' }).KUBECONFIG;
  assert.equal(branch, join(home.folder, 'kube', 'blue.yaml'));
  assert.equal(clientVariables(home, { world: '', vantage: '' }).KUBECONFIG, undefined);
  assert.deepEqual(leftovers(home, 'default', { KUBECONFIG: branch }), ['KUBECONFIG']);
  assert.deepEqual(leftovers(home, 'green', { KUBECONFIG: branch }), []);
  for (const KUBECONFIG of ['/home/me/.kube/config', '', undefined]) assert.deepEqual(leftovers(home, 'default', { KUBECONFIG }), []);
});

test('without a process there are no variables, and the exit code says so', (t) => {
  const home = homeFor(t, false);
  assert.throws(
    () => clientVariables(home, { world: '', vantage: '' }),
    (error) => error instanceof Failure && error.exitCode === 3 && /slipway up/.test(error.message),
  );
});

test('the shell is known by its program’s name, bash is spoken to all others', (t) => {
  const before = process.env['SHELL'];
  t.after(() => {
    if (before === undefined) delete process.env['SHELL'];
    else process.env['SHELL'] = before;
  });
  const table = [
    ['/usr/bin/zsh', 'zsh'],
    ['/opt/homebrew/bin/fish', 'fish'],
    ['/bin/sh', 'sh'],
    ['bash.exe', 'bash'],
    ['/usr/bin/tcsh', 'bash'],
  ] as const;
  for (const [program, shell] of table) {
    process.env['SHELL'] = program;
    assert.equal(guessShell(), shell, basename(program));
  }
});

/** A folder with a program `az` that notes its arguments and ends with a code; its path as PATH. */
function fakeAz(home: Home, code: number): string {
  const bin = join(home.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\necho "$@" >> "${home.folder}/az.log"\necho first >&2\necho 'ERROR: no luck' >&2\nexit ${code}\n`;
  writeFileSync(join(bin, 'az'), script, { mode: 0o755 });
  return [bin, '/usr/bin', '/bin'].join(delimiter);
}

test('az is logged in once, and what goes wrong is told', { skip: process.platform === 'win32' }, async (t) => {
  const home = homeFor(t);
  assert.match(await loginAz(home, { PATH: join(home.folder, 'nothing') }), /az was not found/);
  assert.equal(await loginAz(home, { PATH: fakeAz(home, 1) }), 'az could not be logged in: ERROR: no luck');
  assert.match(await loginAz(home, { PATH: fakeAz(home, 0) }), /Owner of subscription/);
  const profile = join(home.azure, 'azureProfile.json');
  writeFileSync(profile, `\uFEFF${JSON.stringify({ subscriptions: [{ tenantId: TENANT_ID }] })}`);
  assert.equal(await loginAz(home, { PATH: fakeAz(home, 1) }), 'az is logged in.');
  for (const content of ['', '{', 'null', '{"subscriptions":[]}', '{"subscriptions":[{"tenantId":"another"}]}']) {
    writeFileSync(profile, content);
    assert.match(await loginAz(home, { PATH: fakeAz(home, 0) }), /Owner of subscription/, JSON.stringify(content));
  }
});
