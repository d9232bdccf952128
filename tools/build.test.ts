import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildServer } from './build.ts';

test('a build holds what the program is made of, and nothing that an earlier pass left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entries = await buildServer(folder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const unused = files.filter((file) => file !== 'slipway.js' && !text.includes(`"./${file}"`));
  assert.deepEqual(unused, []);
  assert.ok(entries > 1 && files.length > entries, `${entries} entries in ${files.length} files`);
});
