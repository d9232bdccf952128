import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileFilter } from './filter.ts';
import { Refusal } from './resource-type.ts';

/** What is filtered: a name, a location and tags. */
interface Thing {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}
const reader =
  ({ name, location, tags }: Thing) =>
  (field: string): string | undefined =>
    field.startsWith('tags/')
      ? Object.entries(tags).find(([key]) => key.toLowerCase() === field.slice(5))?.[1]
      : { name, location, tagname: Object.keys(tags).join('\n'), tagvalue: Object.values(tags).join('\n') }[field];

/** A filter as text, and what it means. */
interface Spoken {
  readonly text: string;
  readonly means: (thing: Thing) => boolean;
}
const word = fc.constantFrom('a', 'B', "o'x", 'and', 'a b', '(', 'eastus2');
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const low = (text: string): string => text.toLowerCase();
const field = fc.constantFrom('name' as const, 'location' as const);
const simple: fc.Arbitrary<Spoken> = fc.oneof(
  fc.tuple(field, word, fc.constantFrom('eq', 'EQ')).map(([f, w, eq]) => ({
    text: `${f} ${eq} ${quoted(w)}`,
    means: (thing: Thing) => low(thing[f]) === low(w),
  })),
  fc.tuple(field, word).map(([f, w]) => ({ text: `${f} ne ${quoted(w)}`, means: (thing: Thing) => low(thing[f]) !== low(w) })),
  fc.tuple(field, word).map(([f, w]) => ({
    text: `substringof(${quoted(w)}, ${f})`,
    means: (thing: Thing) => low(thing[f]).includes(low(w)),
  })),
  fc.tuple(field, word).map(([f, w]) => ({
    text: `startswith(${f},${quoted(w)})`,
    means: (thing: Thing) => low(thing[f]).startsWith(low(w)),
  })),
  fc.tuple(word, word).map(([name, value]) => ({
    text: `tagName eq ${quoted(name)} and tagValue eq ${quoted(value)}`,
    means: ({ tags }: Thing) => Object.entries(tags).some(([k, v]) => low(k) === low(name) && low(v) === low(value)),
  })),
);
const { spoken } = fc.letrec<{ spoken: Spoken }>((tie) => ({
  spoken: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    simple,
    fc.tuple(tie('spoken'), fc.constantFrom('and', 'or', 'AND'), tie('spoken')).map(([a, how, b]) => ({
      text: `(${a.text}) ${how} (${b.text})`,
      means: (thing: Thing) => (how === 'or' ? a.means(thing) || b.means(thing) : a.means(thing) && b.means(thing)),
    })),
  ),
}));
const thing: fc.Arbitrary<Thing> = fc.record({
  name: word,
  location: word,
  // Names of tags differ by more than case.
  tags: fc.uniqueArray(fc.tuple(word, word), { selector: ([key]) => low(key), maxLength: 3 }).map(Object.fromEntries),
});

test('a filter means what it says', () => {
  fc.assert(
    fc.property(spoken, thing, ({ text, means }, what) => {
      assert.equal(compileFilter(text)(reader(what)), means(what), text);
    }),
    { numRuns: 2_000 },
  );
});

test('and binds closer than or', () => {
  const filter = compileFilter("name eq 'a' or name eq 'b' and location eq 'x'");
  const meets = (name: string, location: string): boolean => filter(reader({ name, location, tags: {} }));
  assert.deepEqual([meets('a', 'y'), meets('b', 'y'), meets('b', 'x')], [true, false, true]);
});

test('a tag’s name and value are those of one tag', () => {
  const filter = compileFilter("tagName eq 'env' and tagValue eq 'prod'");
  const meets = (tags: Thing['tags']): boolean => filter(reader({ name: '', location: '', tags }));
  assert.deepEqual([meets({ ENV: 'Prod' }), meets({ env: 'test', stage: 'prod' }), meets({})], [true, false, false]);
});

test('whatever text comes, it is read or refused with ARM’s code', () => {
  const bits = fc.array(
    fc.constantFrom('name', 'eq', 'ne', 'and', 'or', "'a'", "'", '(', ')', ',', 'substringof', 'tagName', 'tagValue', ' '),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        bits.map((parts) => parts.join(' ')),
      ),
      (text) => {
        try {
          assert.equal(typeof compileFilter(text)(() => 'x'), 'boolean');
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
          assert.deepEqual([error.status, error.error.code], [400, 'InvalidFilterInQueryString']);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  for (const text of [
    "name eq 'a' and",
    'name eq a',
    "name lt 'a'",
    "(name eq 'a'",
    "name eq 'a')",
    "name eq 'a",
    'startswith(name)',
    `name eq '${'a'.repeat(5_000)}'`,
  ])
    assert.throws(() => compileFilter(text), Refusal, text.slice(0, 40));
});
