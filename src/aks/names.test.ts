import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterSuffix, defaultNodeGroup, frontendName, nodeName, poolSuffix, scaleSetName } from './names.ts';

test('names are those of AKS', () => {
  assert.match(scaleSetName('69a1b2c3d4e5f60001234567', 'nodepool1', false), /^aks-nodepool1-\d{8}-vmss$/);
  assert.equal(scaleSetName('69a1b2c3d4e5f60001234567', 'win', true), 'akswin');
  assert.equal(defaultNodeGroup('rg', 'c1', 'eastus2'), 'MC_rg_c1_eastus2');
  assert.equal(defaultNodeGroup('g'.repeat(60), 'c'.repeat(60), 'eastus2').length, 80);
  assert.equal(frontendName('12345678-1234-1234-1234-123456789abc'), 'a12345678123412341234123456789ab');
});

test('nodes count in six base-36 digits', () => {
  assert.equal(nodeName('vmss', 0), 'vmss000000');
  assert.equal(nodeName('vmss', 10), 'vmss00000a');
  assert.equal(nodeName('vmss', 525), 'vmss0000el');
});

test('property: suffixes have eight digits, and a pool has another than its cluster', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (uid, pool) => {
      assert.match(clusterSuffix(uid), /^\d{8}$/);
      assert.match(poolSuffix(uid, pool), /^\d{8}$/);
      assert.equal(poolSuffix(uid, pool), poolSuffix(uid, pool));
    }),
  );
  assert.notEqual(clusterSuffix('69a1b2c3d4e5f60001234567'), poolSuffix('69a1b2c3d4e5f60001234567', 'nodepool1'));
});
