import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterSuffix, defaultNodeGroup, frontendName, nodeName, poolSuffix, scaleSetName } from './names.ts';

const uid = fc.stringMatching(/^[0-9a-f]{24}$/);
const pool = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);
const instance = fc.integer({ min: 0, max: 36 ** 6 - 1 });

test('nodes are numbered in six base-36 digits', () => {
  const scaleSet = 'aks-nodepool1-12345678-vmss';
  for (const [number, digits] of [
    [0, '000000'],
    [9, '000009'],
    [10, '00000a'],
    [35, '00000z'],
    [36, '000010'],
    [36 ** 6 - 1, 'zzzzzz'],
  ] as const)
    assert.equal(nodeName(scaleSet, number), scaleSet + digits);
});

test('a node’s name says which instance of which scale set it is, and is a DNS label', () => {
  fc.assert(
    fc.property(uid, pool, instance, instance, (resource, name, one, other) => {
      const scaleSet = scaleSetName(resource, name, false);
      assert.match(scaleSet, /^aks-[a-z0-9]+-\d{8}-vmss$/);
      const node = nodeName(scaleSet, one);
      assert.match(node, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      assert.equal(Number.parseInt(node.slice(-6), 36), one);
      assert.equal(node === nodeName(scaleSet, other), one === other);
    }),
  );
});

test('Windows nodes fit into fifteen characters', () => {
  assert.equal(scaleSetName('69a1b2c3d4e5f60001234567', 'win', true), 'akswin');
  fc.assert(
    fc.property(uid, fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), instance, (resource, name, number) => {
      assert.ok(nodeName(scaleSetName(resource, name, true), number).length <= 15);
    }),
  );
});

test('pools of a cluster have numbers of their own, and the cluster has another', () => {
  const names = ['nodepool1', 'nodepool2', 'user', 'spot'];
  const suffixes = [clusterSuffix('0123456789abcdef01234567'), ...names.map((name) => poolSuffix('0123456789abcdef01234567', name))];
  assert.equal(new Set(suffixes).size, names.length + 1);
  fc.assert(fc.property(uid, pool, (resource, name) => assert.match(poolSuffix(resource, name) + clusterSuffix(resource), /^\d{16}$/)));
});

test('the node resource group is cut to eighty characters', () => {
  assert.equal(defaultNodeGroup('rg', 'demo', 'eastus2'), 'MC_rg_demo_eastus2');
  fc.assert(
    fc.property(fc.stringMatching(/^[-\w.()]{1,90}$/), fc.stringMatching(/^[a-z]{1,63}$/), (group, cluster) => {
      const name = defaultNodeGroup(group, cluster, 'eastus2');
      assert.ok(name.length <= 80);
      assert.ok(`MC_${group}_${cluster}_eastus2`.startsWith(name));
      assert.equal(name.length < 80, `MC_${group}_${cluster}_eastus2`.length < 80);
    }),
  );
});

test('frontends are named by the Service’s uid, in 32 characters', () => {
  assert.equal(frontendName('01234567-89ab-cdef-0123-456789abcdef'), 'a0123456789abcdef0123456789abcde');
  fc.assert(fc.property(fc.uuid(), (id) => assert.match(frontendName(id), /^a[0-9a-f]{31}$/)));
});
