import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addQuantities, bytes, canonicalQuantity, compareQuantities, cpuMilli, formatQuantity, parseQuantity } from './quantity.ts';

const quantity = (text: string) => parseQuantity(text).value ?? assert.fail(`no quantity: ${text}`);

test('prints quantities as the API server does', () => {
  const table = {
    '0': '0',
    '000': '0',
    '1500m': '1500m',
    '1.5': '1500m',
    '100000m': '100',
    '0.5Gi': '512Mi',
    '1024Ki': '1Mi',
    '1025Ki': '1025Ki',
    '1023': '1023',
    '0.1Ki': '102400m',
    '12e3': '12e3',
    '1200e1': '12e3',
    '1000k': '1M',
    '-2048Mi': '-2Gi',
    '0.0000000001': '1n',
    // Upstream's fast path keeps these as they were written.
    '1.123': '1.123',
    '+5': '+5',
    '9Ei': '9223372036854775807',
  };
  for (const [source, canonical] of Object.entries(table)) assert.equal(canonicalQuantity(source), canonical, source);
});

test('refuses what is no quantity with the texts of upstream', () => {
  const wrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  const suffix = "unable to parse quantity's suffix";
  for (const text of ['', 'a', '1 Gi', '1.2.3']) assert.equal(parseQuantity(text).error, wrong, text);
  for (const text of ['1K', '1mi', '1e', '1kk', '5e999999999', '--1']) assert.equal(parseQuantity(text).error, suffix, text);
});

test('gives CPU in thousandths and memory in bytes, rounded up', () => {
  assert.deepEqual(['2', '250m', '0.1', '1500u', 1, 0.5, undefined, 'x'].map(cpuMilli), [2000, 250, 100, 2, 1000, 500, 0, 0]);
  assert.deepEqual(
    ['128Mi', '1Gi', '1G', '100', '1500m', '0.5Ki', '2Ti', 7, undefined].map(bytes),
    [134217728, 1073741824, 1e9, 100, 2, 512, 2199023255552, 7, 0],
  );
});

test('adds in the format of the first, unless that is zero', () => {
  const sum = (a: string, b: string) => formatQuantity(addQuantities(quantity(a), quantity(b)));
  assert.deepEqual([sum('1Gi', '1G'), sum('0', '1Ki'), sum('500m', '1'), sum('1e3', '1k')], ['2073741824', '1Ki', '1500m', '2e3']);
});

test('a canonical text reads as the same amount, and is its own canonical text', () => {
  const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'e2', 'e-3');
  const source = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(999), suffix).map(([whole, part, unit]) => `${whole}.${part}${unit}`);
  fc.assert(
    fc.property(source, (text) => {
      const { nano, format } = quantity(text);
      const canonical = formatQuantity({ nano, format });
      assert.equal(compareQuantities(quantity(canonical), quantity(text)), 0);
      assert.equal(canonicalQuantity(canonical), canonical);
    }),
  );
});

test('addition commutes in amount and comparison agrees with the difference', () => {
  const amount = fc.tuple(fc.nat(1e6), fc.constantFrom('', 'm', 'Ki', 'Mi', 'k')).map(([n, unit]) => quantity(`${n}${unit}`));
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      assert.equal(addQuantities(a, b).nano, addQuantities(b, a).nano);
      assert.equal(compareQuantities(a, b) < 0, a.nano - b.nano < 0n);
    }),
  );
});
