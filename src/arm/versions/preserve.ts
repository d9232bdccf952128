import { type DraftObject, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { mergePatch } from '../merge.ts';
import type { Mask } from './mask.ts';
import { type Kind, shapeOf } from './table.ts';

/**
 * PUT onto what is stored, for types that keep what a body leaves out: objects merge, null removes, lists and maps of plain values
 * (labels, tags) are taken whole. What no version knows merges as an object.
 */
export const preserve = (mask: Mask, stored: JsonObject, sent: JsonObject): JsonObject => preserveObject(mask, mask.shape, stored, sent);

function preserveObject(mask: Mask, shape: string, stored: JsonObject, sent: JsonObject): JsonObject {
  const fields = shapeOf(mask.table, shape);
  const merged: DraftObject = { ...stored };
  for (const [name, value] of Object.entries(sent)) {
    if (value === null) delete merged[name];
    else merged[name] = preserveKind(mask, fields.get(name)?.kind, stored[name], value);
  }
  return merged;
}

function preserveKind(mask: Mask, kind: Kind | undefined, stored: Json | undefined, value: Json): Json {
  if (!isObject(value)) return value;
  const old = isObject(stored) ? stored : {};
  if (kind?.form === 'shape') return preserveObject(mask, kind.name, old, value);
  return kind?.form === 'map' && kind.of.form !== 'shape' ? mergePatch({}, value) : mergePatch(old, value);
}
