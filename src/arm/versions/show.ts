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
  let shown: DraftObject | undefined;
  for (const [name, item] of Object.entries(value)) {
    const field = fields.get(name);
    if (!field) continue;
    const visible = (field.known & mask.bits) !== 0;
    const masked = visible ? showKind(mask, field.kind, item) : undefined;
    if (masked === item) continue;
    shown ??= { ...value };
    if (masked === undefined) delete shown[name];
    else shown[name] = masked;
  }
  return shown ?? value;
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
