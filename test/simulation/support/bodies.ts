import fc from 'fast-check';
import { editionsOf, type Mask, maskOf } from '../../../src/arm/versions/mask.ts';
import { type Kind, shapeOf, type Table } from '../../../src/arm/versions/table.ts';
import type { Json, JsonObject } from '../../../src/kernel/json.ts';

// What tests that send bodies of every shape share.

function required(type: string): Mask {
  const mask = maskOf(type);
  if (!mask) throw new Error(`${type} has no shape`);
  return mask;
}

/** Values that a client with a bug sends, whatever is wanted. */
const odd = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1e9,
  1.5,
  '',
  ' ',
  'text',
  '10.0.0.0/8',
  [],
  ['a'],
  [null],
  [{}],
  {},
  { a: 7 },
  { enabled: true },
);
const text = fc.constantFrom<Json>('', 'a', 'Standard', 'None', '1.35', '10.1.0.0/16', '/subscriptions/s', 'x'.repeat(300));

/** Something of a kind, or now and then something else; members of objects are few, so that there is a chance of being accepted. */
function sent(table: Table, kind: Kind, depth: number): fc.Arbitrary<Json> {
  const right = (): fc.Arbitrary<Json> => {
    switch (kind.form) {
      case 'list':
        return fc.array(sent(table, kind.of, depth - 1), { maxLength: 2 });
      case 'map':
        return fc.dictionary(fc.constantFrom('a', 'b', ''), sent(table, kind.of, depth - 1), { maxKeys: 2 });
      case 'shape':
        return depth > 0 ? objectOf(table, kind.name, depth - 1) : fc.constant({});
      case 'number':
        return fc.constantFrom<Json>(0, 1, 3, 30, 250, 1_000, 2 ** 31);
      case 'boolean':
        return fc.boolean();
      default:
        return text;
    }
  };
  return fc.oneof({ weight: 6, arbitrary: right() }, { weight: 1, arbitrary: odd });
}
const objectOf = (table: Table, shape: string, depth: number): fc.Arbitrary<JsonObject> => {
  const fields = [...shapeOf(table, shape)];
  const some = fc.subarray(fields, { maxLength: Math.min(3, fields.length) });
  return some.chain((chosen) => fc.record(Object.fromEntries(chosen.map(([name, { kind }]) => [name, sent(table, kind, depth)]))));
};
/** `properties` as some client might send them to a type with a shape. */
export const propertiesOf = (type: string): fc.Arbitrary<JsonObject> => {
  const { table, shape } = required(type);
  return objectOf(table, shape, 4);
};

/** A pool that is fine. */
export const sound = { name: 'np', count: 1, mode: 'System', vmSize: 'Standard_D4s_v5' };
/** Versions that a type has, and some that no service has. */
export const versionOf = (type: string): fc.Arbitrary<string> => fc.constantFrom(...editionsOf(type), '2020-01-01', '2030-12-31-preview');
