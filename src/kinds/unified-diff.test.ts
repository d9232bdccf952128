import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unifiedDiff } from './unified-diff.ts';

/** The second text, from the first and how it differs. */
function patched(a: readonly string[], diff: string): string[] {
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(0, -1)) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (header) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      out.push(...a.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      assert.equal(line.slice(1), a[at]);
      if (line.startsWith(' ')) out.push(line.slice(1));
      at++;
    }
  }
  return [...out, ...a.slice(at)];
}

test('three lines are shown around each change', () => {
  const a = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
  assert.equal(unifiedDiff(a, a), '');
  assert.equal(unifiedDiff(a, ['A', ...a.slice(1)]), ['@@ -1,4 +1,4 @@', '-a', '+A', ' b', ' c', ' d', ''].join('\n'));
  assert.equal(
    unifiedDiff(a, [...a.slice(0, 2), ...a.slice(3, 10), 'x', 'l']),
    ['@@ -1,6 +1,5 @@', ' a', ' b', '-c', ' d', ' e', ' f', '@@ -8,5 +7,5 @@', ' h', ' i', ' j', '-k', '+x', ' l', ''].join('\n'),
  );
  assert.equal(unifiedDiff([], ['a']), '@@ -0,0 +1 @@\n+a\n');
});

test('lines that a long text is full of begin no block', () => {
  const filler = Array.from({ length: 200 }, (_, i) => (i % 2 ? '}' : `line ${i}`));
  // As Python's difflib tells it: the brackets do not draw the new lines apart.
  assert.equal(
    unifiedDiff(filler, [...filler.slice(0, 100), 'x', '}', 'y', ...filler.slice(100)]),
    ['@@ -98,6 +98,9 @@', ' }', ' line 98', ' }', '+x', '+}', '+y', ' line 100', ' }', ' line 102', ''].join('\n'),
  );
});

test('what differs leads from one text to the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}'), { maxLength: 40 });
  const long = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}'), { minLength: 200, maxLength: 260 });
  fc.assert(
    fc.property(fc.oneof(lines, long), fc.oneof(lines, long), (a, b) => {
      assert.deepEqual(patched(a, unifiedDiff(a, b)), b);
    }),
  );
});
