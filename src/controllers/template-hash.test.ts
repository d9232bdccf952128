import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PodTemplateSpec } from '../../gen/kubernetes-types.ts';
import { sorted, templateHash } from './template-hash.ts';

const template = (spec: object): PodTemplateSpec => ({ metadata: { labels: { app: 'web' } }, spec }) as PodTemplateSpec;

test('the order of fields does not count, that of list items does', () => {
  const hash = templateHash(template({ containers: [{ name: 'a', image: 'nginx' }], dnsPolicy: 'Default' }));
  assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  assert.equal(templateHash(template({ dnsPolicy: 'Default', containers: [{ image: 'nginx', name: 'a' }] })), hash);
  assert.notEqual(templateHash(template({ containers: [{ name: 'a', image: 'nginx:2' }], dnsPolicy: 'Default' })), hash);
  const two = [{ name: 'a' }, { name: 'b' }];
  assert.notEqual(templateHash(template({ containers: two })), templateHash(template({ containers: two.toReversed() })));
});

test('a collision leads to another hash', () => {
  const one = template({ containers: [{ name: 'a' }] });
  assert.equal(new Set([0, 1, 2].map((collisions) => templateHash(one, collisions))).size, 3);
});

test('property: sorting changes the order of fields alone', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(sorted(value as never));
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.equal(JSON.stringify(sorted(JSON.parse(text))), text);
    }),
  );
});
