import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Resource } from '../../arm/resource.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { labelValue, type NodeInput, nodeObject, providerId, taintsOf } from './node.ts';

const SCALE_SET =
  '/subscriptions/s/resourceGroups/MC_RG_demo_eastus2/providers/Microsoft.Compute/virtualMachineScaleSets/aks-np-12345678-vmss';
// What a node is made of is read from `desired` and `observed` alone.
const resource = (rest: JsonObject): Resource => rest as unknown as Resource;
const poolOf = (desired: JsonObject = {}): Resource =>
  resource({
    name: 'np',
    desired: {
      vmSize: 'Standard_D4s_v5',
      maxPods: 110,
      osDiskSizeGB: 128,
      osDiskType: 'Managed',
      osSKU: 'Ubuntu',
      mode: 'System',
      ...desired,
    },
    observed: { currentOrchestratorVersion: '1.35.6', nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202607.09.0' },
  });
const inputOf = (rest: Partial<NodeInput> = {}): NodeInput => ({
  cluster: resource({ location: 'eastus2', desired: { nodeResourceGroup: 'MC_RG_demo_eastus2' } }),
  pool: poolOf(),
  instanceId: `${SCALE_SET}/virtualMachines/0`,
  name: 'aks-np-12345678-vmss000000',
  address: '10.224.0.4',
  podCidr: '10.244.0.0/24',
  network: {
    id: '/subscriptions/s/resourceGroups/MC_RG_demo_eastus2/providers/Microsoft.Network/virtualNetworks/aks-vnet-12345678',
    subnet: 'aks-subnet',
    guid: '00000000-0000-4000-8000-000000000001',
  },
  kubeletClientId: '00000000-0000-4000-8000-000000000002',
  nowIso: '2026-11-21T00:00:00Z',
  ...rest,
});
const labelsOf = (input: NodeInput): Record<string, string> =>
  (nodeObject(input).metadata as { readonly labels?: Record<string, string> }).labels ?? {};

test('a node has the labels that AKS gives it', () => {
  const azure = 'kubernetes.azure.com';
  const wanted = {
    agentpool: 'np',
    [`${azure}/agentpool`]: 'np',
    [`${azure}/cluster`]: 'MC_RG_demo_eastus2',
    [`${azure}/mode`]: 'system',
    [`${azure}/role`]: 'agent',
    [`${azure}/nodepool-type`]: 'VirtualMachineScaleSets',
    [`${azure}/node-image-version`]: 'AKSUbuntu-2404gen2containerd-202607.09.0',
    [`${azure}/os-sku`]: 'Ubuntu',
    [`${azure}/os-sku-requested`]: 'Ubuntu',
    [`${azure}/os-sku-effective`]: 'Ubuntu2404',
    [`${azure}/sku-cpu`]: '4',
    [`${azure}/sku-memory`]: '16384',
    [`${azure}/storageprofile`]: 'managed',
    [`${azure}/storagetier`]: 'Premium_LRS',
    [`${azure}/podnetwork-type`]: 'overlay',
    [`${azure}/network-name`]: 'aks-vnet-12345678',
    [`${azure}/network-subnet`]: 'aks-subnet',
    [`${azure}/network-resourcegroup`]: 'MC_RG_demo_eastus2',
    'kubernetes.io/hostname': 'aks-np-12345678-vmss000000',
    'node.kubernetes.io/instance-type': 'Standard_D4s_v5',
    'topology.kubernetes.io/region': 'eastus2',
    'topology.kubernetes.io/zone': '0',
    'topology.disk.csi.azure.com/zone': '',
  };
  const labels = labelsOf(inputOf());
  for (const [name, value] of Object.entries(wanted)) assert.equal(labels[name], value, name);
  assert.equal(labels[`${azure}/priority`], undefined);
});

test('zones, spot and own labels show; own labels never hide those of AKS', () => {
  const zonal = labelsOf(inputOf({ zone: '2' }));
  for (const name of ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone', 'topology.disk.csi.azure.com/zone'])
    assert.equal(zonal[name], 'eastus2-2', name);
  const labels = labelsOf(inputOf({ pool: poolOf({ scaleSetPriority: 'Spot', nodeLabels: { team: 'blue', agentpool: 'fake' } }) }));
  assert.equal(labels['kubernetes.azure.com/priority'], 'spot');
  assert.deepEqual([labels['team'], labels['agentpool']], ['blue', 'np']);
});

test('a node is known by provider id, address, version and pod range', () => {
  const node = nodeObject(inputOf()) as unknown as { spec: JsonObject; status: { [name: string]: JsonObject } };
  assert.equal(node.spec['providerID'], `azure://${SCALE_SET.replace('MC_RG_demo_eastus2', 'mc_rg_demo_eastus2')}/virtualMachines/0`);
  assert.deepEqual([node.spec['podCIDR'], node.spec['podCIDRs'], node.spec['taints']], ['10.244.0.0/24', ['10.244.0.0/24'], undefined]);
  assert.equal(node.status['nodeInfo']?.['kubeletVersion'], 'v1.35.6');
  assert.deepEqual(node.status['addresses'], [
    { type: 'InternalIP', address: '10.224.0.4' },
    { type: 'Hostname', address: 'aks-np-12345678-vmss000000' },
  ]);
});

test('only the group of a provider id is lower-cased', () => {
  assert.equal(
    providerId('/subscriptions/S/resourceGroups/MC_Rg/providers/Microsoft.Compute/virtualMachineScaleSets/Set/virtualMachines/7'),
    'azure:///subscriptions/S/resourceGroups/mc_rg/providers/Microsoft.Compute/virtualMachineScaleSets/Set/virtualMachines/7',
  );
});

test('machines differ from each other, and stay who they are', () => {
  const info = (instance: number) => {
    const { status } = nodeObject(inputOf({ instanceId: `${SCALE_SET}/virtualMachines/${instance}` })) as unknown as {
      status: { nodeInfo: { [name: string]: string } };
    };
    const { bootID = '', machineID = '', systemUUID = '' } = status.nodeInfo;
    return [bootID, machineID, systemUUID];
  };
  assert.deepEqual(info(0), info(0));
  const all = [0, 1, 2, 3].flatMap(info);
  assert.equal(new Set(all).size, all.length);
  for (const id of all) assert.match(id, /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?8[0-9a-f]{3}-?[0-9a-f]{12}$/);
});

test('taints as node pools write them', () => {
  const table: readonly (readonly [text: string, taint: object | undefined])[] = [
    ['key=value:NoSchedule', { key: 'key', value: 'value', effect: 'NoSchedule' }],
    ['key:NoExecute', { key: 'key', effect: 'NoExecute' }],
    ['key=:PreferNoSchedule', { key: 'key', effect: 'PreferNoSchedule' }],
    ['a.b/c=d_e.f:NoSchedule', { key: 'a.b/c', value: 'd_e.f', effect: 'NoSchedule' }],
    ['nonsense', undefined],
    ['', undefined],
  ];
  for (const [text, taint] of table) assert.deepEqual(taintsOf(poolOf({ nodeTaints: [text] })), taint ? [taint] : [], text);
  assert.deepEqual(taintsOf(poolOf()), []);
});

test('every label of a node is one that Kubernetes takes, whatever Azure’s names are', () => {
  const valid = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
  const group = fc.string({ unit: fc.constantFrom(...'aZ09-_.()ä'), minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(group, group, (one, other) => {
      const network = {
        ...inputOf().network,
        id: `/subscriptions/s/resourceGroups/${other}/providers/Microsoft.Network/virtualNetworks/v_`,
      };
      const cluster = resource({ location: 'eastus2', desired: { nodeResourceGroup: one } });
      for (const [name, value] of Object.entries(labelsOf(inputOf({ cluster, network, zone: '1' }))))
        assert.ok(valid.test(value) && value.length <= 63, `${name}=${value}`);
    }),
    { numRuns: 300 },
  );
  assert.equal(labelValue('MC_rg_demo_eastus2'), 'MC_rg_demo_eastus2');
  assert.equal(labelValue(`${'a'.repeat(62)}_tail`), `${'a'.repeat(62)}z`);
  assert.equal(labelValue('team(blue)'), 'team-blue-z');
});
