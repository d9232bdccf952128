import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { taintsOf } from '../node/node.ts';
import { agentPool } from './agent-pool.ts';

const base: JsonObject = {
  count: 3,
  vmSize: 'Standard_D4s_v5',
  maxPods: 110,
  mode: 'User',
  osType: 'Linux',
  type: 'VirtualMachineScaleSets',
};
const faults = (properties: JsonObject, name = 'np'): string[] => {
  const draft: Draft = { id: `/x/agentPools/${name}`, name, type: 'x', properties: { ...base, ...properties } };
  return (agentPool.validate?.(draft, undefined) ?? []).map(({ path, code }) => `${path} ${code}`);
};
const refused = (member: string): string[] => [`agentPoolProfile.${member} InvalidParameter`];

test('names, counts and pods within their limits', () => {
  const table: readonly (readonly [JsonObject, string[]])[] = [
    [{}, []],
    [{ count: 0 }, []],
    [{ count: 1000 }, []],
    [{ count: 1001 }, refused('count')],
    [{ count: -1 }, refused('count')],
    [{ count: 1.5 }, refused('count')],
    [{ count: 0, mode: 'System' }, refused('count')],
    [{ maxPods: 10 }, []],
    [{ maxPods: 9 }, refused('maxPods')],
    [{ maxPods: 251 }, refused('maxPods')],
    [{ maxPods: 29, mode: 'System' }, refused('maxPods')],
    [{ vmSize: 'Standard_B2s', mode: 'System' }, []],
  ];
  for (const [properties, found] of table) assert.deepEqual(faults(properties), found, JSON.stringify(properties));
  for (const name of ['a', 'np1', 'a23456789012']) assert.deepEqual(faults({}, name), [], name);
  for (const name of ['', '1a', 'Np', 'a-b', 'a234567890123']) assert.deepEqual(faults({}, name), refused('name'), name);
});

test('labels that Kubernetes would not take, or that are AKS’s own, are refused', () => {
  for (const nodeLabels of [{}, { a: '' }, { 'team.example.com/name': 'blue' }, { a: 'A_b.c-9' }])
    assert.deepEqual(faults({ nodeLabels }), [], JSON.stringify(nodeLabels));
  for (const nodeLabels of [
    { a: 'b c' },
    { a: '-b' },
    { a: 'x'.repeat(64) },
    { 'a b': 'c' },
    { '/a': 'b' },
    { '': 'b' },
    { 'kubernetes.azure.com/mode': 'x' },
    { 'node-role.kubernetes.io/worker': '' },
  ])
    assert.deepEqual([...new Set(faults({ nodeLabels }))], refused('nodeLabels'), JSON.stringify(nodeLabels));
});

test('taints are refused or reach the nodes, never lost', () => {
  const word = fc.constantFrom('a', 'a.b/c', 'A-1', '', '-a', 'a b', 'x'.repeat(64));
  const effect = fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute', 'noschedule', 'Never', '');
  const text = fc.oneof(
    fc.tuple(word, word, effect).map(([key, value, how]) => `${key}=${value}:${how}`),
    fc.tuple(word, effect).map(([key, how]) => `${key}:${how}`),
    fc.constantFrom('', ':', '=', 'a', 'a=b', 'a=b=c:NoSchedule', 'a=b:NoSchedule:NoExecute', 'sku=gpu:NoSchedule'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (nodeTaints: Json[]) => {
      const taints = taintsOf({ desired: { nodeTaints } } as unknown as Resource); // all that taints are read from
      if (faults({ nodeTaints }).length === 0) assert.equal(taints.length, nodeTaints.length, JSON.stringify(nodeTaints));
      for (const { key } of taints) assert.notEqual(key, '');
    }),
    { numRuns: 400 },
  );
  assert.deepEqual(faults({ nodeTaints: ['sku=gpu:NoSchedule', 'CriticalAddonsOnly=true:NoSchedule', 'b:NoExecute'] }), []);
  assert.deepEqual(faults({ nodeTaints: ['sku=gpu'] }), refused('nodeTaints'));
});
