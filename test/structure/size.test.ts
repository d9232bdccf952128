import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SourceFile, sources } from './source.ts';

/** DESIGN §11. Function length (70) is Biome's rule noExcessiveLinesPerFunction. */
const MEDIAN_LINES = 120;
const P95_LINES = 400;
const HARD_LINES = 600;
const CONTROLLER_LINES = 250;

const product = sources.filter((file) => file.path.startsWith('src/') && !file.isTest);

/** Line count below which the given share of files lies. */
function quantile(files: readonly SourceFile[], share: number): number {
  const lines = files.map((file) => file.lines).sort((a, b) => a - b);
  return lines[Math.min(lines.length - 1, Math.floor(lines.length * share))] ?? 0;
}

test(`no file is longer than ${HARD_LINES} lines`, () => {
  const long = sources.filter((file) => file.lines > HARD_LINES).map((file) => `${file.path}: ${file.lines} lines`);
  assert.deepEqual(long, []);
});

test(`half of the files have at most ${MEDIAN_LINES} lines, 95 % at most ${P95_LINES}`, () => {
  const median = quantile(product, 0.5);
  const p95 = quantile(product, 0.95);
  assert.ok(median <= MEDIAN_LINES, `median is ${median}`);
  assert.ok(p95 <= P95_LINES, `95th percentile is ${p95}`);
});

test(`no controller is longer than ${CONTROLLER_LINES} lines`, () => {
  const long = product
    .filter((file) => file.path.startsWith('src/controllers/') && file.lines > CONTROLLER_LINES)
    .map((file) => `${file.path}: ${file.lines} lines`);
  assert.deepEqual(long, []);
});

test('test lines per source line', (t) => {
  const sum = (files: readonly SourceFile[]) => files.reduce((total, file) => total + file.lines, 0);
  const tests = sum(sources.filter((file) => file.isTest));
  const code = sum(product);
  t.diagnostic(`${tests} test lines, ${code} source lines: ${(tests / Math.max(code, 1)).toFixed(2)} (goal ≥ 1)`);
});
