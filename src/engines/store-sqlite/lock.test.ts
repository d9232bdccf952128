import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { HomeLocked, lockedBy, lockHome } from './lock.ts';
import { scratchDir } from './scratch.ts';

const holder = `
  const { lockHome } = await import(process.argv[1]);
  globalThis.lock = lockHome(process.argv[2]);
  console.log('held');
  setInterval(() => {}, 1000);
`;

test('a home is held by one process; kill -9 frees it', async () => {
  const home = join(scratchDir(), 'home');
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, new URL('./lock.ts', import.meta.url).href, home]);
  await once(child.stdout, 'data');
  assert.throws(
    () => lockHome(home),
    (error) => error instanceof HomeLocked && error.pid === child.pid && error.message.includes(`${child.pid}`),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = lockHome(home);
  assert.equal(lockedBy(home), process.pid);
  assert.throws(() => lockHome(home), HomeLocked);
  lock.release();
  lock.release();
  assert.equal(lockedBy(home), undefined);
  lockHome(home).release();
});
