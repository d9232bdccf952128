import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, type Json } from '../kernel/json.ts';
import { chain, constant, derived, each, fields, nonEmpty, nonZero, present, type Rule, when } from './defaulting.ts';

const run = (rule: Rule, value: Json | undefined): Json | undefined => rule(value, {});

test('absent fields get their default, given ones keep their value', () => {
  const rule = fields({ replicas: 1, strategy: present(fields({ type: 'RollingUpdate' })), ports: each(fields({ protocol: 'TCP' })) });
  assert.deepEqual(run(rule, { ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }] }), {
    replicas: 1,
    strategy: { type: 'RollingUpdate' },
    ports: [
      { port: 1, protocol: 'TCP' },
      { port: 2, protocol: 'UDP' },
    ],
  });
  assert.deepEqual(run(rule, { replicas: 0, strategy: null }), { replicas: 0, strategy: { type: 'RollingUpdate' } });
});

test('what Go writes for fields that were left out counts as not set', () => {
  const rule = fields({ apiGroup: nonEmpty('rbac'), path: '/', queues: nonZero(64), replicas: 1 });
  assert.deepEqual(run(rule, { apiGroup: '', path: '', queues: 0, replicas: 0 }), { apiGroup: 'rbac', path: '', queues: 64, replicas: 0 });
  const settled = { apiGroup: 'a', path: '', queues: 1, replicas: 0 };
  assert.equal(run(rule, settled), settled);
});

test('later fields see what earlier ones set', () => {
  const rule = fields({ a: 1, b: derived(({ a }) => a), c: when(({ b }) => b === 1, 'set') });
  assert.deepEqual(run(rule, {}), { a: 1, b: 1, c: 'set' });
  assert.deepEqual(run(rule, { b: 2 }), { a: 1, b: 2 });
});

test('absent objects and lists stay absent', () => {
  assert.equal(run(fields({ a: 1 }), undefined), undefined);
  assert.equal(run(each(constant(1)), undefined), undefined);
});

const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ max: 3 }), fc.constantFrom('a', 'b'));
const value = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('node'), { maxKeys: 3 }),
  ),
})).node;
const rules: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3 },
    leaf.map(constant),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('rule'), { maxKeys: 3 }).map(fields),
    tie('rule').map(each),
    tie('rule').map(present),
    tie('rule').map((rule) => when(({ x }) => x !== undefined, rule)),
  ),
})).rule;

test('a second run changes nothing and returns the same reference, and nobody writes into what was given', () => {
  fc.assert(
    fc.property(rules, value, (rule, input) => {
      deepFreeze(input);
      const once = run(rule, input);
      // Rules with conditions on their owner may need what they set themselves; two runs settle all of depth three.
      const settled = run(chain(rule, rule, rule), once);
      assert.equal(run(rule, settled), settled);
    }),
  );
});
