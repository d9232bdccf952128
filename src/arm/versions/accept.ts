import { type DraftObject, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { mapInner } from './inner.ts';
import type { Mask } from './mask.ts';
import { type Field, type Kind, shapeOf, valuesOf } from './table.ts';

/**
 * A body's properties as they are stored: without what only the service writes (clients send back what they got, and it is
 * ignored), enum values in their canonical casing. Members that no version knows stay as they are (DESIGN §7). Shares what it does
 * not change.
 */
export const accept = (mask: Mask, properties: JsonObject): JsonObject => acceptObject(mask, mask.shape, properties);

/** In a version that does not know the member, it is read-only when it is so in all that do. */
const isReadOnly = ({ own }: Mask, { known, readOnly }: Field): boolean => (known & own ? (readOnly & own) !== 0 : readOnly === known);

function acceptObject(mask: Mask, shape: string, value: JsonObject): JsonObject {
  const fields = shapeOf(mask.table, shape);
  let changed = false;
  const kept: DraftObject = {};
  for (const [name, item] of Object.entries(value)) {
    const field = fields.get(name);
    if (field && isReadOnly(mask, field)) {
      changed = true;
      continue;
    }
    const accepted = field ? acceptKind(mask, field.kind, item) : item;
    if (accepted !== item) changed = true;
    kept[name] = accepted;
  }
  return changed ? kept : value;
}

function acceptKind(mask: Mask, kind: Kind, value: Json): Json {
  switch (kind.form) {
    case 'list':
    case 'map':
      return mapInner(kind, value, (inner, item) => acceptKind(mask, inner, item));
    case 'shape':
      return isObject(value) ? acceptObject(mask, kind.name, value) : value;
    case 'enum':
      return typeof value === 'string' ? (valuesOf(mask.table, kind.name).get(value.toLowerCase())?.value ?? value) : value;
    default:
      return mask.isLenient ? converted(kind.form, value) : value;
  }
}

/** Text for a number and the reverse are taken for what was meant. What cannot be is refused by `check`. */
function converted(form: string, value: Json): Json {
  if (form === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (typeof value !== 'string') return value;
  if (form === 'number' && /^-?\d+$/.test(value)) return Number(value);
  return form === 'boolean' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
}
