import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, defaultVersion, minorOf, offeredVersions, resolveVersion, upgradesFrom } from './versions.ts';

const all = offeredVersions.flatMap(({ patches }) => patches);
const offered = fc.constantFrom(...all);
/** Versions that some cluster may have been left at, offered or not. */
const any = fc.tuple(fc.integer({ min: 20, max: 40 }), fc.nat(30)).map(([minor, patch]) => `1.${minor}.${patch}`);

test('the offer is in order, without gaps, and has one default that is supported by all plans', () => {
  assert.deepEqual(all.toSorted(compareVersions), all);
  assert.deepEqual(
    offeredVersions.map(({ minor }) => minorOf(minor)),
    offeredVersions.map((_, i) => minorOf(offeredVersions[0]?.minor ?? '') + i),
  );
  const [chosen, ...others] = offeredVersions.filter(({ isDefault }) => isDefault);
  assert.deepEqual(others, []);
  assert.equal(defaultVersion, chosen?.patches.at(-1));
  // AKS's default stays one minor behind the newest.
  assert.equal(minorOf(defaultVersion), minorOf(all.at(-1) ?? '') - 1);
  assert.ok(chosen?.supportPlans.includes('KubernetesOfficial') && !chosen.isPreview);
  for (const { minor, patches } of offeredVersions) for (const patch of patches) assert.ok(patch.startsWith(`${minor}.`));
});

test('a version is named by its minor, in full, or with a v', () => {
  for (const { minor, patches } of offeredVersions) {
    assert.equal(resolveVersion(minor), patches.at(-1));
    for (const patch of patches) for (const name of [patch, `v${patch}`]) assert.equal(resolveVersion(name), patch);
  }
  for (const name of ['', '1', '1.', '2.36', '1.3', '1.360', '1.36.99', 'latest', '1.36.1-alpha', 'vv1.36', ' 1.36'])
    assert.equal(resolveVersion(name), undefined, name);
});

test('upgrades never go back, over a minor, or to what is not offered', () => {
  fc.assert(
    fc.property(fc.oneof(offered, any), (current) => {
      const upgrades = upgradesFrom(current).map(({ version }) => version);
      for (const version of upgrades) {
        assert.ok(compareVersions(version, current) > 0);
        assert.ok(minorOf(version) - minorOf(current) <= 1);
        assert.equal(resolveVersion(version), version);
      }
      assert.deepEqual(upgrades.toSorted(compareVersions), upgrades);
      const missing = all.filter((version) => !upgrades.includes(version));
      for (const version of missing) assert.ok(compareVersions(version, current) <= 0 || minorOf(version) > minorOf(current) + 1);
    }),
  );
});

test('every offered version reaches the newest one step by step', () => {
  for (const start of all) {
    let current = start;
    for (let next = upgradesFrom(current).at(-1); next; next = upgradesFrom(current).at(-1)) current = next.version;
    assert.equal(current, all.at(-1));
  }
});

test('versions are compared as numbers', () => {
  assert.ok(compareVersions('1.9.0', '1.10.0') < 0);
  assert.ok(compareVersions('1.36.10', '1.36.9') > 0);
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) || 0);
      assert.equal(compareVersions(a, b) === 0, a === b);
      if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0) assert.ok(compareVersions(a, c) < 0);
    }),
  );
});
