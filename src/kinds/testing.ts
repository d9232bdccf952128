import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldError } from '../kernel/field-error.ts';
import { deepFreeze, type JsonObject } from '../kernel/json.ts';
import type { Kind, KindContext } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { kinds } from './index.ts';

/** For the rules of kinds that look at nothing but the object. */
export const context: KindContext = {
  scope: '',
  version: '1.36',
  nowIso: '2026-01-01T00:00:00Z',
  nowMs: 0,
  get reader(): never {
    throw new Error('these rules read nothing else');
  },
};

const byName = new Map(kinds.filter(({ group }) => group !== 'events.k8s.io').map((kind): [string, Kind] => [kind.kind, kind]));
export const kindOf = (name: string): Kind => byName.get(name) ?? assert.fail(name);

/** An object of the kind with defaults, "x" in the namespace "default". */
export function objectOf(kind: Kind, { name = 'x', ...fields }: JsonObject): KubeObject {
  const metadata = { name: String(name), namespace: 'default', uid: 'u', creationTimestamp: context.nowIso };
  const input = { apiVersion: `${kind.group}/v1`, kind: kind.kind, metadata, ...fields };
  return deepFreeze(kind.default?.(deepFreeze(input), context) ?? input);
}

/** The faults are these, in this order; of each only the beginning of `path: kind: detail` is given. */
export function assertFaults(faults: readonly FieldError[] = [], expected: readonly string[]): void {
  const found = faults.map(({ path, kind, detail }) => `${path}: ${kind}: ${detail}`);
  assert.deepEqual(
    found.map((text, i) => (text.startsWith(expected[i] ?? '\n') ? expected[i] : text)),
    expected,
  );
}

/** Of a kind: what is sent, and the faults that it has. */
export type Created = readonly (readonly [kind: string, fields: JsonObject, faults: readonly string[]])[];

export function testCreated(what: string, cases: Created): void {
  describe(what, () => {
    for (const [name, fields, expected] of cases)
      test(`${name} ${JSON.stringify(fields).slice(0, 80)}`, () => {
        const kind = kindOf(name);
        assertFaults(kind.validate?.(objectOf(kind, fields), context), expected);
      });
  });
}
