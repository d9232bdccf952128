import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { taintsOf } from '../node/node.ts';
import { agentPool } from './agent-pool.ts';
import { zoneFaults } from './limits.ts';
import { spotDefaults } from './marks.ts';

const base: JsonObject = {
  count: 3,
  vmSize: 'Standard_D4s_v5',
  maxPods: 110,
  osDiskSizeGB: 128,
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

test('a pool has room for 30 pods on all its nodes', () => {
  for (const [count, maxPods, isRoomy] of [
    [3, 10, true],
    [2, 10, false],
    [1, 29, false],
    [1, 30, true],
    [2, 15, true],
    [0, 10, true],
  ] as const)
    assert.deepEqual(faults({ count, maxPods }), isRoomy ? [] : refused('maxPods'), `${count} × ${maxPods}`);
});

test('disks, upgrades, spot prices and messages within their limits', () => {
  const table: readonly (readonly [JsonObject, string[]])[] = [
    [{ osDiskSizeGB: 2048 }, []],
    [{ osDiskSizeGB: 2049 }, refused('osDiskSizeGB')],
    [{ osDiskSizeGB: -1 }, refused('osDiskSizeGB')],
    [{ upgradeSettings: { maxSurge: '33%', maxUnavailable: '0' } }, []],
    [{ upgradeSettings: { maxSurge: '5' } }, []],
    [{ upgradeSettings: { maxSurge: '0', maxUnavailable: '1' } }, []],
    [{ upgradeSettings: { maxSurge: '101%' } }, refused('upgradeSettings.maxSurge')],
    [{ upgradeSettings: { maxSurge: '-1' } }, refused('upgradeSettings.maxSurge')],
    [{ upgradeSettings: { maxSurge: 'many' } }, refused('upgradeSettings.maxSurge')],
    [{ upgradeSettings: { maxSurge: '0', maxUnavailable: '0' } }, refused('upgradeSettings.maxSurge')],
    [{ upgradeSettings: { maxUnavailable: '1' }, mode: 'System' }, refused('upgradeSettings.maxUnavailable')],
    [{ upgradeSettings: { maxUnavailable: '0' }, mode: 'System' }, []],
    [{ upgradeSettings: { maxUnavailable: '1.5' } }, refused('upgradeSettings.maxUnavailable')],
    [{ upgradeSettings: { drainTimeoutInMinutes: 0 } }, []],
    [{ upgradeSettings: { drainTimeoutInMinutes: 1440 } }, []],
    [{ upgradeSettings: { drainTimeoutInMinutes: 1441 } }, refused('upgradeSettings.drainTimeoutInMinutes')],
    [{ upgradeSettings: { nodeSoakDurationInMinutes: 30 } }, []],
    [{ upgradeSettings: { nodeSoakDurationInMinutes: 31 } }, refused('upgradeSettings.nodeSoakDurationInMinutes')],
    [{ scaleSetPriority: 'Spot', spotMaxPrice: -1 }, []],
    [{ scaleSetPriority: 'Spot', spotMaxPrice: 0.98765 }, []],
    [{ scaleSetPriority: 'Spot', spotMaxPrice: 0.987654 }, refused('spotMaxPrice')],
    [{ scaleSetPriority: 'Spot', spotMaxPrice: 0 }, refused('spotMaxPrice')],
    [{ scaleSetPriority: 'Spot', spotMaxPrice: -2 }, refused('spotMaxPrice')],
    [{ scaleSetPriority: 'Spot', mode: 'System' }, refused('scaleSetPriority')],
    [{ scaleSetPriority: 'Regular', spotMaxPrice: -1, scaleSetEvictionPolicy: 'Delete' }, []],
    [{ osSKU: 'AzureLinux' }, []],
    [{ osSKU: 'Windows2022' }, refused('osSKU')],
    [{ osSKU: 'Solaris' }, ['properties.osSKU NotImplemented']],
    [{ messageOfTheDay: 'aGVsbG8=' }, []],
    [{ messageOfTheDay: 'hello world' }, refused('messageOfTheDay')],
  ];
  for (const [properties, found] of table) assert.deepEqual(faults(properties), found, JSON.stringify(properties));
});

test('tags are ones that its resources can have', () => {
  assert.deepEqual(faults({ tags: { team: 'blue', 'a.b-c d': '' } }), []);
  for (const [tags, code] of [
    [{ '': 'x' }, 'InvalidTagName'],
    [{ 'a/b': 'x' }, 'InvalidTagName'],
    [{ a: 'x'.repeat(257) }, 'InvalidTagValue'],
  ] as const)
    assert.deepEqual(faults({ tags }), [`tags ${code}`], JSON.stringify(tags).slice(0, 40));
});

test('zones are those of the region', () => {
  const of = (zones: string[], location: string): string[] =>
    zoneFaults('np', { availabilityZones: zones }, location).map(({ code, detail }) => `${code} ${detail}`);
  assert.deepEqual(of(['1', '2', '3'], 'eastus2'), []);
  assert.deepEqual(of([], 'westus'), []);
  assert.match(of(['1'], 'westus')[0] ?? '', /^AvailabilityZoneNotSupported The zone\(s\) '1' for resource 'np' is not supported\./);
  assert.match(of(['1', '4'], 'eastus2')[0] ?? '', /zone\(s\) '4' .* are '1,2,3'$/);
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

test('system pools are tainted softly, or for what is critical', () => {
  const found = (taint: string): string[] => faults({ mode: 'System', nodeTaints: [taint] });
  for (const taint of ['CriticalAddonsOnly=true:NoSchedule', 'CriticalAddonsOnly=true:NoExecute', 'a=b:PreferNoSchedule'])
    assert.deepEqual(found(taint), [], taint);
  for (const taint of ['a=b:NoSchedule', 'a:NoExecute'])
    assert.deepEqual(found(taint), ['agentPoolProfile.nodeTaints SystemPoolHasRestrictedTaint'], taint);
});

test('zones and priority stay as they were, named or not', () => {
  const before = (desired: JsonObject) => ({ desired: { ...base, ...desired }, observed: {} }) as unknown as Resource; // all that is read of it
  const change = (properties: JsonObject, desired: JsonObject = {}): string[] => {
    const draft: Draft = { id: '/x/agentPools/np', name: 'np', type: 'x', properties: { ...base, ...properties } };
    return (agentPool.validate?.(draft, before(desired)) ?? []).map(({ path, code }) => `${path} ${code}`);
  };
  assert.deepEqual(change({}), []);
  assert.deepEqual(change({ availabilityZones: [], scaleSetPriority: 'Regular' }), []);
  assert.deepEqual(change({ availabilityZones: ['1'] }), ['properties.availabilityZones PropertyChangeNotAllowed']);
  assert.deepEqual(change({ scaleSetPriority: 'Spot' }), ['properties.scaleSetPriority PropertyChangeNotAllowed']);
  assert.deepEqual(change({ enableFIPS: true }, { enableFIPS: false }), ['properties.enableFIPS NotImplemented']);
});

test('a spot pool shows the label and the taint that it has, and takes them back', () => {
  const spot = spotDefaults({ nodeLabels: { a: 'b' }, nodeTaints: ['c=d:NoSchedule'] });
  assert.deepEqual(spot, {
    scaleSetEvictionPolicy: 'Delete',
    spotMaxPrice: -1,
    nodeLabels: { a: 'b', 'kubernetes.azure.com/scalesetpriority': 'spot' },
    nodeTaints: ['c=d:NoSchedule', 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule'],
  });
  assert.deepEqual(spotDefaults(spot), spot);
  assert.deepEqual(faults({ scaleSetPriority: 'Spot', ...spot }), []);
  assert.deepEqual(faults(spot), refused('nodeLabels'), 'on a regular pool');
  assert.deepEqual(faults({ scaleSetPriority: 'Spot', mode: 'System', ...spotDefaults({}) }), refused('scaleSetPriority'), 'said once');
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
