import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Home } from './home.ts';

function homeFor(t: TestContext): Home {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-home-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return new Home(join(folder, 'home'));
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('secrets are made once, kept, and readable by nobody else', { skip: process.platform === 'win32' }, (t) => {
  const home = homeFor(t);
  const secret = home.secret('admin-token');
  assert.ok(secret.length >= 43, 'less than 256 bits');
  assert.equal(home.secret('admin-token'), secret);
  assert.equal(new Home(home.folder).secret('admin-token'), secret);
  assert.notEqual(home.secret('proxy-token'), secret);
  assert.equal(modeOf(join(home.folder, 'admin-token')), 0o600);
  assert.equal(modeOf(home.folder), 0o700);
  assert.equal(readFileSync(join(home.folder, 'admin-token'), 'utf8').trim(), secret);
});

test('an empty file is no secret', (t) => {
  const home = homeFor(t);
  writeFileSync(join(home.folder, 'admin-token'), '\n');
  assert.notEqual(home.secret('admin-token'), '');
});

test('the state of the running process is what it wrote; broken or missing it is none', (t) => {
  const home = homeFor(t);
  assert.equal(home.running, undefined);
  const state = {
    pid: 1,
    port: 8443,
    address: '127.0.0.1',
    startedAt: '2026-11-21T08:00:00Z',
    version: '0',
    ephemeral: false,
    offline: true,
  };
  home.writeRunning(state);
  assert.deepEqual(home.running, state);
  home.clearRunning(2);
  assert.deepEqual(home.running, state, 'another process cleared it');
  home.clearRunning(1);
  assert.equal(home.running, undefined);
  writeFileSync(join(home.folder, 'running.json'), '{"pid":');
  assert.equal(home.running, undefined);
});

test('files that hold something else are as good as none', (t) => {
  const home = homeFor(t);
  for (const content of ['', '{', 'null', '[]', '7', '"text"', '{}', '{"pid":1}', '\0\0\0']) {
    writeFileSync(join(home.folder, 'running.json'), content);
    assert.equal(home.running, undefined, content);
    writeFileSync(join(home.folder, 'cluster-ports.json'), content);
    home.writeClusterPort('default/a', 8444);
    assert.equal(home.clusterPorts['default/a'], 8444, content);
  }
});

test('ports of clusters are remembered and forgotten one by one', (t) => {
  const home = homeFor(t);
  home.writeClusterPort('default/a', 1);
  home.writeClusterPort('default/b', 2);
  home.writeClusterPort('default/a', 3);
  assert.deepEqual(home.clusterPorts, { 'default/a': 3, 'default/b': 2 });
  home.writeClusterPort('default/a', undefined);
  home.writeClusterPort('default/never', undefined);
  assert.deepEqual(new Home(home.folder).clusterPorts, { 'default/b': 2 });
});

test('with a world the ports of its clusters are forgotten, no others', (t) => {
  const home = homeFor(t);
  for (const scope of ['blue/a', 'blue/b', 'bluer/a', 'default/a']) home.writeClusterPort(scope, 1);
  home.forgetClusterPorts('blue');
  home.forgetClusterPorts('nowhere');
  assert.deepEqual(home.clusterPorts, { 'bluer/a': 1, 'default/a': 1 });
  assert.deepEqual(readdirSync(home.folder), ['cluster-ports.json'], 'nothing is left of a draft');
});

test('SLIPWAY_HOME says where the home is', (t) => {
  const before = process.env['SLIPWAY_HOME'];
  t.after(() => {
    if (before === undefined) delete process.env['SLIPWAY_HOME'];
    else process.env['SLIPWAY_HOME'] = before;
  });
  process.env['SLIPWAY_HOME'] = '/somewhere/else';
  assert.equal(Home.defaultFolder(), '/somewhere/else');
  process.env['SLIPWAY_HOME'] = '';
  assert.match(Home.defaultFolder(), /\.slipway$/);
});
