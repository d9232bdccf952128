import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GraphError } from './errors.ts';
import { parseFilter } from './filter.ts';

const object = { displayName: "Kim's App", appId: 'ABC', accountEnabled: true, names: ['one', 'TWO'], tags: [{ key: 'k' }], nothing: null };

const matches: [string, boolean][] = [
  ["appId eq 'abc'", true],
  ["appId ne 'abc'", false],
  ["displayName eq 'kim''s app'", true],
  ["startswith(displayName,'kim')", true],
  ["startsWith(displayName, 'x')", false],
  ["endswith(displayName,'app')", true],
  ["names/any(c:c eq 'two')", true],
  ["names/any(c:c eq 'three')", false],
  ["tags/any(t:t/key eq 'k')", true],
  ["appId in ('x','abc')", true],
  ['accountEnabled eq true', true],
  ['nothing eq null', true],
  ["appId eq 'x' or appId eq 'abc' and accountEnabled eq true", true],
  ["(appId eq 'x' or appId eq 'abc') and accountEnabled eq false", false],
  ["not (appId eq 'x')", true],
  ["constructor eq 'x'", false],
];
for (const [filter, expected] of matches) test(`${filter} is ${expected}`, () => assert.equal(parseFilter(filter)(object), expected));

test('what is not understood is refused, never ignored', () => {
  for (const filter of [
    '',
    'appId',
    "appId gt 'x'",
    "appId eq 'x",
    "foo(appId,'x')",
    "appId eq 'x' appId",
    '('.repeat(50),
    "names/all(c:c eq 'x')",
    'x'.repeat(5_000),
  ])
    assert.throws(() => parseFilter(filter), GraphError, filter.slice(0, 40));
});

test('any text parses or is refused properly', () => {
  const piece = fc.constantFrom(
    "'a'",
    'appId',
    'eq',
    'and',
    'or',
    'not',
    '(',
    ')',
    ',',
    'startswith',
    'names/any',
    ':',
    'true',
    ' ',
    '&',
    'in',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
      ),
      (text) => {
        try {
          assert.equal(typeof parseFilter(text)(object), 'boolean');
        } catch (error) {
          assert.ok(error instanceof GraphError, String(error));
        }
      },
    ),
  );
});
