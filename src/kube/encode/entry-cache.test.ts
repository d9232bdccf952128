import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../kernel/collection.ts';
import type { KubeObject } from '../object.ts';
import type { ServedResource } from '../registry/registry.ts';
import { EntryCache } from './entry-cache.ts';

const entry = (revision: number) => ({ key: 'k', value: {}, revision, createdRevision: 1 }) as Entry<never> as Entry<KubeObject>; // never read
const served = () => ({}) as ServedResource; // never read, compared only

test('makes each form once, by entry and served version', () => {
  const cache = new EntryCache();
  const [one, two] = [entry(1), entry(2)];
  const [v1, v2] = [served(), served()];
  const first = cache.get(one, v1, () => Buffer.from('one v1'));
  cache.get(one, v2, () => Buffer.from('one v2'));
  cache.get(two, v1, () => Buffer.from('two v1'));
  const never = () => assert.fail('made twice');
  assert.equal(cache.get(one, v1, never), first);
  assert.equal(cache.get(one, v2, never).toString(), 'one v2');
  assert.equal(cache.get(two, v1, never).toString(), 'two v1');
});

test('keeps what is asked for and lets the rest go', () => {
  const cache = new EntryCache();
  const v1 = served();
  const wanted = entry(1);
  const unwanted = entry(2);
  const kept = cache.get(wanted, v1, () => Buffer.from('wanted'));
  cache.get(unwanted, v1, () => Buffer.from('unwanted'));
  const large = Buffer.allocUnsafe(5 * 1024 * 1024);
  for (let i = 0; i < 40; i++) {
    cache.get(entry(10 + i), v1, () => large);
    assert.equal(cache.get(wanted, v1, () => Buffer.from('again')).toString(), 'wanted');
  }
  assert.equal(kept.toString(), 'wanted', 'who holds a form keeps it');
  assert.equal(cache.get(unwanted, v1, () => Buffer.from('again')).toString(), 'again');
});

test('text is kept as its UTF-8', () => {
  const cache = new EntryCache();
  const v1 = served();
  for (const text of ['', 'ü', '€'.repeat(90_000), 'plain', '\u{1f600}'.repeat(3)]) {
    const of = entry(1);
    assert.equal(cache.get(of, v1, () => text).toString(), text);
    assert.equal(cache.get(of, v1, () => assert.fail('made twice')).length, Buffer.byteLength(text));
  }
});

test('forms of any size are what was made, however they lie', () => {
  const cache = new EntryCache();
  const v1 = served();
  const made = Array.from({ length: 1_000 }, (_, i) => ({ of: entry(i), bytes: Buffer.alloc(((i * 7919) % 400_000) >>> (i % 8), i) }));
  for (const { of, bytes } of made) assert.ok(cache.get(of, v1, () => bytes).equals(bytes));
  for (const { of, bytes } of made.slice(-50)) assert.ok(cache.get(of, v1, () => assert.fail('made twice')).equals(bytes));
});
