import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A directory of its own for a test file, gone after it. */
export function scratchDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-store-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
