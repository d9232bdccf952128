import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freeAddresses, freeRanges } from './allocation.ts';
import {
  contains,
  containsAddress,
  firstOverlap,
  formatAddress,
  formatPrefix,
  isNetworkAddress,
  lastOf,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixOf,
  usableCount,
} from './prefix.ts';

const version = fc.constantFrom<4 | 6>(4, 6);
const address = version.chain((v) =>
  fc.bigInt({ min: 0n, max: (1n << (v === 4 ? 32n : 128n)) - 1n }).map((value) => ({ version: v, value })),
);
const cidr: fc.Arbitrary<Prefix> = address.chain((a) =>
  fc.integer({ min: 0, max: a.version === 4 ? 32 : 128 }).map((prefix) => prefixOf(a, prefix)),
);
const near = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 22, max: 30 }))
  .map(([n, prefix]) => prefixOf({ version: 4, value: BigInt(n) * 16n }, prefix));
const must = (text: string): Prefix => parsePrefix(text) ?? assert.fail(text);

test('addresses and ranges survive being written and read', () => {
  fc.assert(fc.property(address, (a) => assert.deepEqual(parseAddress(formatAddress(a)), a)));
  fc.assert(fc.property(cidr, (c) => assert.deepEqual(parsePrefix(formatPrefix(c)), c)));
});

test('text that is no address is refused', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '12345::',
  ])
    assert.equal(parseAddress(text), undefined, text);
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/8/8', '::/129', 'x/8'])
    assert.equal(parsePrefix(text), undefined, text);
});

test('IPv6 text is canonical', () => {
  const canonical = (text: string): string => formatAddress(parseAddress(text) ?? assert.fail(text));
  assert.equal(canonical('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.equal(canonical('::ffff:10.0.0.1'), '::ffff:a00:1');
  assert.equal(canonical('::'), '::');
  assert.equal(canonical('1:0:2:3:4:5:6:7'), '1:0:2:3:4:5:6:7');
});

test('containment and overlap agree with the addresses', () => {
  fc.assert(
    fc.property(near, near, (a, b) => {
      const inside = (c: Prefix, value: bigint): boolean => containsAddress(c, { version: 4, value });
      let shared = false;
      let all = true;
      for (let value = b.base; value <= lastOf(b); value++) {
        if (inside(a, value)) shared = true;
        else all = false;
      }
      assert.equal(overlaps(a, b), shared);
      assert.equal(contains(a, b), all);
    }),
  );
});

test('the first overlap is found whenever there is one', () => {
  fc.assert(
    fc.property(fc.array(near, { maxLength: 8 }), (ranges) => {
      const some = ranges.some((a, i) => ranges.some((b, j) => i < j && overlaps(a, b)));
      assert.equal(firstOverlap(ranges.map((c) => ({ range: c }))) !== undefined, some);
    }),
  );
});

test('network addresses have no host bits', () => {
  assert.ok(isNetworkAddress('10.0.0.0/16'));
  assert.ok(!isNetworkAddress('10.0.0.1/16'));
  assert.ok(!isNetworkAddress('nonsense'));
});

test('Azure keeps five addresses of a subnet', () => {
  assert.equal(usableCount(must('10.0.0.0/24')), 251n);
  assert.equal(usableCount(must('10.0.0.0/29')), 3n);
  assert.equal(usableCount(must('10.0.0.0/31')), 0n);
  const subnet = must('10.0.0.0/29');
  assert.deepEqual([...freeAddresses(subnet, new Set())], ['10.0.0.4', '10.0.0.5', '10.0.0.6']);
  assert.deepEqual([...freeAddresses(subnet, new Set(['10.0.0.5']))], ['10.0.0.4', '10.0.0.6']);
});

test('free blocks are those that nobody has, lowest first', () => {
  const range = must('10.0.0.0/28');
  assert.deepEqual([...freeRanges(range, 30, new Set(['10.0.0.4/30']))], ['10.0.0.0/30', '10.0.0.8/30', '10.0.0.12/30']);
});
