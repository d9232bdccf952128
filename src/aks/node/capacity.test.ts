import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeResources, reservedCpuMilli, reservedMemoryBytes } from './capacity.ts';

test('reserves CPU as AKS documents it', () => {
  const documented = [
    [1, 60],
    [2, 100],
    [4, 140],
    [8, 180],
    [16, 260],
    [32, 420],
    [64, 740],
  ] as const;
  for (const [vcpus, milli] of documented) assert.equal(reservedCpuMilli(vcpus), milli);
});

test('a Standard_D2as_v4 with 110 pods has the allocatable of a captured node', () => {
  const { allocatable, capacity } = nodeResources({ vcpus: 2, memoryGb: 8 }, 110, 128, 32);
  assert.equal(allocatable['cpu'], '1900m');
  assert.equal(capacity['ephemeral-storage'], '129886128Ki');
  assert.equal(allocatable['ephemeral-storage'], '119703055367');
  const kept = Number.parseInt(capacity['memory'] ?? '', 10) - Number.parseInt(allocatable['memory'] ?? '', 10);
  assert.equal(kept, (2048 + 100) * 1024);
});

test('before 1.29 a 7 GB node loses a third of its memory', () => {
  const { reservedBytes, evictionBytes } = reservedMemoryBytes(7, 30, 28);
  assert.equal(Math.round(((reservedBytes + evictionBytes) / 2 ** 30 / 7) * 1000) / 10, 33.3);
});
