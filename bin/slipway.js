#!/usr/bin/env node
// The `slipway` command. Any Node from 20 on may start it; it goes on under the pinned one.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode, root, run } from './runtime.js';

/** Whether a file below the folder, tests aside, is newer than `limitMs` (ms since the epoch). */
function isChangedSince(folder, limitMs) {
  if (!existsSync(folder)) return false;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && !entry.name.endsWith('.test.ts') && statSync(join(entry.parentPath, entry.name)).mtimeMs > limitMs) return true;
  }
  return false;
}

/** The bundle when it is up to date, else the sources, which the pinned Node runs as they are. */
function findMain() {
  const bundle = join(root, 'dist', 'slipway.js');
  const source = join(root, 'src', 'server', 'main.ts');
  if (!existsSync(bundle)) return source;
  const builtMs = statSync(bundle).mtimeMs;
  return ['src', 'gen'].some((folder) => isChangedSince(join(root, folder), builtMs)) ? source : bundle;
}

function samePath(a, b) {
  return realpathSync(a) === realpathSync(b);
}

let node;
try {
  node = findNode();
} catch (error) {
  process.stderr.write(`slipway: ${error.message}\n`);
  process.exit(1);
}
if (samePath(node, process.execPath)) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  await import(pathToFileURL(findMain()).href);
} else {
  process.exitCode = await run(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
