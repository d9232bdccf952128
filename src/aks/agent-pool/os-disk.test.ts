import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { VM_SIZES, vmSize } from '../../azure/compute/vm-sizes.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { diskDefaults, diskFaults } from './os-disk.ts';

const of = (size: string, asked: JsonObject = {}): readonly unknown[] => {
  const { osDiskType, osDiskSizeGB } = diskDefaults(asked, vmSize(`Standard_${size}`));
  return [osDiskType, osDiskSizeGB];
};

test('disks are ephemeral where the machine has room, else managed by the number of its processors', () => {
  assert.deepEqual(of('D2s_v5'), ['Managed', 128], 'it has no disk of its own');
  assert.deepEqual(of('D8s_v5'), ['Managed', 256]);
  assert.deepEqual(of('D64s_v5'), ['Managed', 1024]);
  assert.deepEqual(of('D2ds_v5'), ['Managed', 128], 'the one it has is too small');
  assert.deepEqual(of('D2ds_v5', { osDiskSizeGB: 64 }), ['Ephemeral', 64]);
  assert.deepEqual(of('D4ds_v5'), ['Ephemeral', 150], 'all of its own');
  assert.deepEqual(of('D4ds_v5', { osDiskSizeGB: 0 }), ['Ephemeral', 150]);
  assert.deepEqual(of('D4ds_v5', { osDiskType: 'Managed' }), ['Managed', 128]);
  assert.deepEqual(of('D2s_v5', { osDiskType: 'Ephemeral' }), ['Ephemeral', 128]);
  assert.deepEqual(of('Imaginary'), ['Managed', 128]);
});

test('an ephemeral disk is refused where there is no room for it, and what the service picks never is', () => {
  const size = vmSize('Standard_E2s_v5');
  const [fault, ...others] = diskFaults({ osDiskType: 'Ephemeral', osDiskSizeGB: 64 }, size);
  assert.equal(fault?.code, 'VMCacheSizeTooSmall');
  assert.equal(
    fault?.detail,
    'The virtual machine size Standard_E2s_v5 has a cache size of 0 bytes, but the OS disk requires 68719476736 bytes. Use a VM size with larger cache or disable ephemeral OS.',
  );
  assert.deepEqual(others, []);
  assert.deepEqual(diskFaults({ osDiskType: 'Managed', osDiskSizeGB: 64 }, size), []);
  fc.assert(
    fc.property(fc.constantFrom(...VM_SIZES), fc.integer({ min: 0, max: 2048 }), (each, osDiskSizeGB) => {
      const picked = diskDefaults({ osDiskSizeGB }, each);
      assert.deepEqual(diskFaults({ ...picked }, each), []);
      assert.deepEqual(diskDefaults({ ...picked }, each), picked, 'sent back, it changes nothing');
    }),
  );
});
