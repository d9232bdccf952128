import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionTable } from './definitions.ts';
import { descriptionTable } from './descriptions.ts';
import { enumTable, enumTexts } from './enums.ts';
import { releases } from './releases.ts';
import { optionGroupVersions, resourceTable } from './resources.ts';
import { readSource } from './sources.ts';

/** Writes gen/kubernetes. Needs Go and a Go module proxy; `--work <folder>` keeps what was read between runs. */
function main(): void {
  const work = process.argv[process.argv.indexOf('--work') + 1] ?? '';
  const folder = process.argv.includes('--work') ? work : join(tmpdir(), 'slipway-generate-kubernetes');
  const sources = releases.map((release) => readSource(release, folder));
  const out = join(import.meta.dirname, '../../gen/kubernetes');
  mkdirSync(out, { recursive: true });
  const minors = releases.map((release) => release.minor);
  writeFileSync(join(out, 'definitions.json'), rows({ minors, definitions: definitionTable(sources) }, 2));
  writeFileSync(
    join(out, 'resources.json'),
    rows({ optionGroupVersions: optionGroupVersions(sources), resources: resourceTable(sources) }, 2),
  );
  writeFileSync(join(out, 'descriptions.json'), rows({ ...descriptionTable(sources), ...enumTexts(sources) }, 1));
  writeFileSync(join(out, 'enums.json'), rows(enumTable(sources), 1));
}

/** JSON with one line per entry at the given depth, so that a regeneration reads well in a diff. */
function rows(value: unknown, depth: number): string {
  if (depth === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const lines = Object.entries(value).map(([key, item]) => (isArray ? '' : `${JSON.stringify(key)}:`) + rows(item, depth - 1));
  return `${isArray ? '[' : '{'}\n${lines.join(',\n')}\n${isArray ? ']' : '}'}`;
}

main();
