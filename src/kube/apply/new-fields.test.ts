import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../kernel/json.ts';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import { changed, compare, ignoring } from './compare.ts';
import { inOrder, setOf } from './field-set.ts';
import { withoutNeverOwned } from './managers.ts';
import { fieldsOfNew } from './new-fields.ts';

const text = fc.constantFrom('', 'a', 'b', 'v1:x{', '"', '<');
const labels = fc.dictionary(fc.constantFrom('a', 'b:1', 'c{', '1:a'), text, { maxKeys: 3 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const port = fc.record(
  { containerPort: fc.constantFrom(0, 80, 443), protocol: fc.constantFrom('TCP', 'UDP'), name: text },
  { requiredKeys: [] },
);
const container = fc.record(
  {
    name: text,
    image: text,
    command: fc.array(text, { maxLength: 2 }),
    ports: fc.array(port, { maxLength: 3 }),
    resources: fc.record({ requests: labels }, { requiredKeys: [] }),
    stdin: fc.boolean(),
    securityContext: fc.constantFrom(null, {}, { runAsUser: 0 }, { runAsUser: 1 }),
  },
  { requiredKeys: [] },
);
const pod = fc.record(
  {
    metadata: fc.record(
      {
        name: text,
        labels,
        finalizers: fc.array(text, { maxLength: 3 }),
        ownerReferences: fc.constantFrom([], [{ uid: 'u' }, { uid: 'u' }]),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: fc.array(container, { maxLength: 2 }),
        nodeSelector: labels,
        hostNetwork: fc.boolean(),
        tolerations: fc.array(fc.record({ key: text }), { maxLength: 2 }),
        unknown: fc.constantFrom(null, {}, { deep: { er: 1 } }, [1]),
      },
      { requiredKeys: [] },
    ),
    status: optional(fc.record({ phase: text }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);

const podSchema = schemasFor('1.36.2').ofKind('', 'v1', 'Pod') as Schema; // one of the kinds of every release
const RESETS = [undefined, setOf(['f:status']), setOf(['f:spec', 'f:containers'])];

test('what a creator owns, worked out once per form, is what comparing with nothing says', () => {
  fc.assert(
    fc.property(pod, fc.constantFrom(...RESETS), (value, reset) => {
      const object = JSON.parse(JSON.stringify(value)) as JsonObject; // without undefined members
      const expected = inOrder(withoutNeverOwned(changed(ignoring(compare(podSchema, {}, object), reset))));
      assert.equal(JSON.stringify(fieldsOfNew(podSchema, object, reset)), JSON.stringify(expected));
    }),
    { numRuns: 3_000 },
  );
});

test('objects of one form share one set', () => {
  const object = (name: string, image: string): JsonObject => ({ metadata: { name }, spec: { containers: [{ name: 'web', image }] } });
  const set = fieldsOfNew(podSchema, object('a', 'nginx'), undefined);
  assert.equal(fieldsOfNew(podSchema, object('b', 'redis'), undefined), set);
  assert.notEqual(fieldsOfNew(podSchema, { spec: { containers: [{ name: 'db' }] } }, undefined), set);
});
