import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { selectorText } from './columns.ts';
import { kinds } from './index.ts';

type Recorded = readonly [name: string, type: string, format: string, priority: number, description: string];
const file = new URL('../../../shared/data/kubernetes/table-columns.json', import.meta.url);
const recorded: { readonly [path: string]: readonly Recorded[] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

for (const kind of kinds) {
  const version = kind.versions[0]?.name;
  const path = kind.group ? `/apis/${kind.group}/${version}/${kind.resource}` : `/api/${version}/${kind.resource}`;
  test(`columns of ${path}`, { skip: recorded[path] ? false : 'no recorded columns' }, () => {
    assert.deepEqual(
      kind.columns?.map(({ name, type, format = '', priority }) => [name, type, format, priority]),
      recorded[path]?.map(([name, type, format, priority]) => [name, type, format, priority]),
    );
  });
}

test('selectors are one line in the order of their keys', () => {
  assert.equal(selectorText(undefined), '<none>');
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['web', 'api'] },
    { key: 'a', operator: 'Exists' },
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'zone', operator: 'NotIn', values: ['1'] },
  ];
  assert.equal(selectorText({ matchLabels: { app: 'x' }, matchExpressions }), 'a,app=x,!old,tier in (api,web),zone notin (1)');
});
