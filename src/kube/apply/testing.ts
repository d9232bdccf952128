import type { Schema } from '../schema.ts';

// A small kind with every way of owning: scalars, maps, structs, atomic and granular lists. For tests of this folder.

const text: Schema = { type: 'string' };
const fields = (...entries: readonly (readonly [string, Schema])[]): Schema => ({ type: 'object', properties: new Map(entries) });

const port = fields(['port', { type: 'int32' }], ['protocol', { type: 'string', default: 'TCP' }], ['name', text]);
const part = fields(
  ['name', text],
  ['image', text],
  ['args', { type: 'list', items: text }],
  ['ports', { type: 'list', listType: 'map', listMapKeys: ['port', 'protocol'], items: port }],
);
const metadata = fields(
  ['name', text],
  ['uid', text],
  ['resourceVersion', text],
  ['labels', { type: 'map', items: text }],
  ['annotations', { type: 'map', items: text }],
  ['finalizers', { type: 'list', listType: 'set', items: text }],
  ['managedFields', { type: 'list', items: { type: 'any' } }],
);

export const thing: Schema = fields(
  ['apiVersion', text],
  ['kind', text],
  ['metadata', { ...metadata, presence: 'write', zero: {} }],
  [
    'spec',
    {
      ...fields(
        ['size', { type: 'int32' }],
        ['selector', { type: 'map', mapType: 'atomic', items: text }],
        ['parts', { type: 'list', listType: 'map', listMapKeys: ['name'], items: part }],
      ),
      presence: 'write',
      zero: {},
    },
  ],
  [
    'status',
    fields(
      ['ready', { type: 'int32' }],
      ['conditions', { type: 'list', listType: 'map', listMapKeys: ['type'], items: fields(['type', text], ['status', text]) }],
    ),
  ],
);
