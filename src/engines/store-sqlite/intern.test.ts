import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../kernel/json.ts';
import { internParts } from './intern.ts';

test('equal parts become one object, values stay what they were', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>), (values) => {
      const share = internParts();
      const before = JSON.stringify(values);
      assert.equal(JSON.stringify(values.map(share)), before);
    }),
  );
  const share = internParts();
  const pod = (name: string): Json =>
    JSON.parse(`{"metadata":{"name":"${name}"},"spec":{"nodeName":"${name}","containers":[{"name":"c","image":"registry/image"}]}}`);
  const [a, b] = [share(pod('a')), share(pod('b'))] as { spec: { containers: Json; nodeName: Json } }[];
  assert.equal(a?.spec.containers, b?.spec.containers);
  assert.notEqual(a?.spec, b?.spec);
  assert.equal(b?.spec.nodeName, 'b');
});
