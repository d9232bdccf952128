import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, defaultVersion, minorOf, offeredVersions, resolveVersion, upgradesFrom } from './versions.ts';

const all = offeredVersions.flatMap(({ patches }) => patches);

test('a minor means its newest patch, a patch itself, anything else nothing', () => {
  for (const { minor, patches } of offeredVersions) assert.equal(resolveVersion(minor), patches.at(-1));
  for (const version of all) assert.equal(resolveVersion(`v${version}`), version);
  for (const other of ['', '1', '1.2', '1.36.99', '2.0', 'latest']) assert.equal(resolveVersion(other), undefined);
});

test('the default is one minor behind the newest', () => {
  assert.equal(minorOf(defaultVersion), minorOf(all.at(-1) as string) - 1);
  assert.ok(all.includes(defaultVersion));
});

test('offered versions stand in order', () => {
  assert.deepEqual(all, all.toSorted(compareVersions));
});

test('property: an upgrade goes up by one minor at most', () => {
  fc.assert(
    fc.property(fc.constantFrom(...all), (current) => {
      for (const { version } of upgradesFrom(current)) {
        assert.ok(compareVersions(version, current) > 0);
        assert.ok(minorOf(version) - minorOf(current) <= 1);
      }
    }),
  );
  assert.deepEqual(upgradesFrom(all.at(-1) as string), []);
});
