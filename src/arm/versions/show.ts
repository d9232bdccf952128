import { type DraftObject, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { mapInner } from './inner.ts';
import type { Mask } from './mask.ts';
import { type Kind, shapeOf } from './table.ts';

/**
 * Properties as this api-version shows them: without members that only other versions know. Members that no version knows are the
 * client's own and are shown. Shares what it does not change. Cost: one walk over the value.
 */
export const show = (mask: Mask, properties: JsonObject): JsonObject => showObject(mask, mask.shape, properties);

function showObject(mask: Mask, shape: string, value: JsonObject): JsonObject {
  const fields = shapeOf(mask.table, shape);
  const shown: DraftObject = {};
  let isSame = true;
  for (const name in value) {
    const item = value[name] as Json; // its own member
    const field = fields.get(name);
    const isHidden = field !== undefined && (field.known & mask.bits) === 0;
    const masked = field && !isHidden ? showKind(mask, field.kind, item) : item;
    if (isHidden || masked !== item) isSame = false;
    // Built anew rather than deleted from: deleting turns an object into a slow dictionary.
    if (!isHidden) shown[name] = masked;
  }
  return isSame ? value : shown;
}

function showKind(mask: Mask, kind: Kind, value: Json): Json {
  switch (kind.form) {
    case 'list':
    case 'map':
      return mapInner(kind, value, (inner, item) => showKind(mask, inner, item));
    case 'shape':
      return isObject(value) ? showObject(mask, kind.name, value) : value;
    default:
      return value;
  }
}
