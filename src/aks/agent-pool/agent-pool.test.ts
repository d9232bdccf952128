import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../../arm/resource.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { providerId, taintsOf } from '../node/node.ts';
import { systemOf } from './image.ts';

const poolOf = (desired: Resource['desired']): Resource => ({ desired }) as Resource; // all that taints are read from

test('Ubuntu means 22.04 up to 1.34 and 24.04 from 1.35 on, unless it says which', () => {
  assert.equal(systemOf({ osSKU: 'Ubuntu' }, '1.34.9').osSkuEffective, 'Ubuntu2204');
  assert.equal(systemOf({ osSKU: 'Ubuntu' }, '1.35.6').osSkuEffective, 'Ubuntu2404');
  assert.equal(systemOf({ osSKU: 'Ubuntu2204' }, '1.36.2').osSkuEffective, 'Ubuntu2204');
  assert.equal(systemOf({ osSKU: 'Ubuntu2404' }, '1.33.12').osSkuEffective, 'Ubuntu2404');
  assert.equal(systemOf({ osSKU: 'AzureLinux' }, '1.35.6').osSkuEffective, 'AzureLinux3');
  const imageOf = (pool: JsonObject) => systemOf(pool, '1.35.6').imageVersion.replace(/-\d{6}\.\d{2}\.\d$/, '');
  assert.equal(imageOf({ osSKU: 'AzureLinux' }), 'AKSAzureLinux-V3gen2');
  assert.equal(imageOf({ osSKU: 'Ubuntu', vmSize: 'Standard_D2ps_v5' }), 'AKSUbuntu-2404gen2arm64containerd');
  assert.equal(imageOf({ osSKU: 'Ubuntu', enableFIPS: true }), 'AKSUbuntu-2204gen2fipscontainerd');
  assert.equal(imageOf({ osSKU: 'AzureLinux', vmSize: 'Standard_D2pds_v5' }), 'AKSAzureLinux-V3gen2arm64');
});

test('taints are read as node pools write them', () => {
  assert.deepEqual(taintsOf(poolOf({ nodeTaints: ['a=b:NoSchedule', 'c:NoExecute', 'nonsense'] })), [
    { key: 'a', value: 'b', effect: 'NoSchedule' },
    { key: 'c', effect: 'NoExecute' },
  ]);
});

test('a provider id has its group in lower case', () => {
  const instance =
    '/subscriptions/S/resourceGroups/MC_Rg_c_eastus2/providers/Microsoft.Compute/virtualMachineScaleSets/vmss/virtualMachines/0';
  assert.equal(providerId(instance), `azure://${instance.replace('MC_Rg', 'mc_rg')}`);
});
