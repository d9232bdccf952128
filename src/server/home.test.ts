import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
