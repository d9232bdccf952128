import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFieldSelector } from './field-selector.ts';
import { everything, labelSelectorOf, nothing, parseLabelSelector, selectorOfMap } from './label-selector.ts';

const selects = (text: string, labels: { [key: string]: string }): boolean => {
  const { value, error } = parseLabelSelector(text);
  return value ? value.matches(labels) : assert.fail(error);
};

test('label selectors match as published', () => {
  const table: [string, { [key: string]: string }, boolean][] = [
    ['', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a in (b, c)', { a: 'c' }, true],
    ['a in ()', { a: '' }, true],
    ['a notin (b)', {}, true],
    ['a notin (b,)', { a: '' }, false],
    ['a=', { a: '' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['a>5', { a: '6' }, true],
    ['a<5', { a: 'x' }, false],
    ['a=b,c!=d', { a: 'b', c: 'd' }, false],
    ['constructor', {}, false],
  ];
  for (const [text, labels, expected] of table) assert.equal(selects(text, labels), expected, `${text} ${JSON.stringify(labels)}`);
});

test('syntax errors have the texts of upstream', () => {
  const table = {
    'a b': "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    'a=b,': "found '', expected: identifier after ','",
    ',a': "found ',', expected: !, identifier, or 'end of string'",
    'a in b': "unable to parse requirement: found 'b' expected: '('",
    'a>x': "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
  };
  for (const [text, error] of Object.entries(table)) assert.equal(parseLabelSelector(text).error, error, text);
  assert.match(parseLabelSelector('-a').error ?? '', /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/);
});

test('LabelSelector objects', () => {
  assert.equal(labelSelectorOf(undefined).value, nothing);
  assert.equal(labelSelectorOf({}).value, everything);
  const selector = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['d'] }] };
  const { value } = labelSelectorOf(selector);
  assert.deepEqual([value?.matches({ a: 'b' }), value?.matches({ a: 'b', c: 'd' }), value?.exact('a')], [true, false, 'b']);
  assert.equal(labelSelectorOf(selector).value, value, 'parsed once');
  assert.equal(labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'Gt' }] }).error, '"Gt" is not a valid label selector operator');
  assert.equal(
    labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'In' }] }).error,
    "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
  );
});

test('a map selects supersets of itself', () => {
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(labels, labels, (wanted, actual) => {
      const contained = Object.entries(wanted).every(([key, value]) => actual[key] === value);
      assert.equal(selectorOfMap(wanted).matches(actual), contained);
    }),
  );
});

test('set operators are each other’s negation wherever the label exists', () => {
  const names = fc.constantFrom('x', 'y', 'z');
  fc.assert(
    fc.property(fc.uniqueArray(names, { minLength: 1 }), names, (values, actual) => {
      const list = values.join(',');
      assert.equal(selects(`a in (${list})`, { a: actual }), !selects(`a notin (${list})`, { a: actual }));
    }),
  );
});

const fields = {
  'metadata.name': (object: { name: string; node?: string }) => object.name,
  'spec.nodeName': (object: { name: string; node?: string }) => object.node ?? '',
};

test('field selectors', () => {
  const { value } = parseFieldSelector('spec.nodeName=n1,metadata.name!=b', fields);
  assert.deepEqual(
    [{ name: 'a', node: 'n1' }, { name: 'b', node: 'n1' }, { name: 'a' }].map((object) => value?.matches(object)),
    [true, false, false],
  );
  assert.equal(value?.exact('spec.nodeName'), 'n1');
  assert.equal(value?.exact('metadata.name'), undefined);
  assert.equal(parseFieldSelector('metadata.name=a\\,b', fields).value?.matches({ name: 'a,b' }), true);
  assert.equal(parseFieldSelector('', fields).value?.matches({ name: 'a' }), true);
  assert.equal(parseFieldSelector('spec.nodeName=', fields).value?.matches({ name: 'a' }), true);
});

test('field selector errors have the texts of upstream', () => {
  assert.equal(parseFieldSelector('spec.foo=1', fields).error, 'field label not supported: spec.foo');
  assert.equal(parseFieldSelector('metadata.name', fields).error, "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  assert.equal(parseFieldSelector('metadata.name=a=b', fields).error, 'invalid field selector: unescaped character in value: 61');
  assert.equal(parseFieldSelector('metadata.name=a\\b', fields).error, 'invalid field selector: invalid escape sequence: \\b');
  assert.equal(
    parseFieldSelector('spec.x=1', { 'metadata.name': fields['metadata.name'] }).error,
    '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
});
