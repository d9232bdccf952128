import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { armCoverage, kubernetesCoverage } from './coverage.ts';

const stored = (name: string) => readFileSync(new URL(`../../docs/coverage/${name}`, import.meta.url), 'utf8');

test('the coverage pages say what the declarations say (npm run generate coverage)', () => {
  assert.equal(stored('arm.md'), armCoverage());
  assert.equal(stored('kubernetes.md'), kubernetesCoverage());
});
