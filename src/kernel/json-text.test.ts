import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText } from './json-text.ts';

test('is the text of the value, asked once or twice', () => {
  const value = { a: [1, null, 'ü'], b: {} };
  assert.equal(jsonText(value), '{"a":[1,null,"ü"],"b":{}}');
  assert.equal(jsonText(value), JSON.stringify(value));
  assert.equal(jsonText('x'), '"x"');
  assert.equal(jsonText(null), 'null');
});

test('what throws is not remembered', () => {
  const value: { self?: unknown } = {};
  value.self = value;
  assert.throws(() => jsonText(value as never), TypeError);
  delete value.self;
  assert.equal(jsonText(value as never), '{}');
});

test('texts of long ago are forgotten, so that a value changed against the rules shows again', () => {
  const value = { text: 'before' };
  jsonText(value);
  value.text = 'after';
  assert.equal(jsonText(value), '{"text":"before"}');
  for (let i = 0; i < 300; i++) jsonText({ i, filler: 'x'.repeat(1000) });
  assert.equal(jsonText(value), '{"text":"after"}');
});

test('a text longer than the limit is returned and not kept', () => {
  const large = { filler: 'x'.repeat(300_000) };
  assert.equal(jsonText(large).length, 300_013);
  assert.equal(jsonText(large).length, 300_013);
});
