import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { deepFreeze } from '../kernel/json.ts';
import type { KindContext } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { kinds } from './index.ts';

const data = new URL('../../../shared/data/kubernetes/', import.meta.url);
const context: KindContext = {
  scope: '',
  version: '1.36',
  nowIso: '2026-11-21T00:00:00Z',
  nowMs: Date.parse('2026-11-21T00:00:00Z'),
  reader: {
    revision: 0,
    get: () => undefined,
    list: () => [],
    indexed: () => [],
    count: () => 0,
    collections: () => [],
    total: () => 0,
  } as unknown as KindContext['reader'],
};

/** Every object that the recording has: what a fresh server starts with, and what it answered on create. */
function recorded(): KubeObject[] {
  const read = (folder: string) =>
    readdirSync(new URL(folder, data)).map((file) => JSON.parse(readFileSync(new URL(folder + file, data), 'utf8')));
  const lists = read('bootstrap/').flatMap((list) => {
    const { apiVersion, kind, items } = list.body ?? list;
    return items.map((item: object) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item }));
  });
  return [...lists, ...read('defaults/').map(({ body }) => body)];
}

describe('objects of a real server', { skip: existsSync(data) ? false : 'no recorded objects' }, () => {
  const byName = Map.groupBy(recorded(), ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  for (const [name, objects] of byName) {
    const [apiVersion = '', kindName] = name.split(' ');
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const kind = kinds.find((candidate) => candidate.group === group && candidate.kind === kindName);
    const served = kind?.versions.find((candidate) => candidate.name === version);
    if (!kind || !served) continue;
    test(`${name}: complete, valid, and shown in every cell`, () => {
      for (const object of objects.map(deepFreeze)) {
        const stored: KubeObject = served.toStored?.(object) ?? object;
        const defaulted: KubeObject = kind.default?.(stored, context) ?? stored;
        assert.deepEqual(defaulted, stored, `${object.metadata.name} needs no defaults`);
        assert.equal(kind.default?.(defaulted, context) ?? defaulted, defaulted, 'defaulting again changes nothing');
        assert.deepEqual(kind.validate?.(defaulted, context) ?? [], [], object.metadata.name);
        assert.deepEqual(kind.validateUpdate?.(defaulted, defaulted, context) ?? [], [], object.metadata.name);
        assert.deepEqual([...(kind.nameRule?.(object.metadata.name, false) ?? [])], []);
        for (const { name: column, type, cell } of kind.columns ?? []) {
          const shown = cell(stored, context.nowMs);
          assert.notEqual(shown, undefined, column);
          if (type === 'integer') assert.equal(typeof shown, 'number', column);
        }
        for (const getter of Object.values(kind.selectableFields ?? {})) assert.equal(typeof getter(stored), 'string');
      }
    });
  }
});
