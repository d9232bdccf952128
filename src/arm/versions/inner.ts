import { isObject, type Json } from '../../kernel/json.ts';
import type { Kind } from './table.ts';

/** The items of a list or map, each through `change`; the value itself when none of them changed, or when it is neither. */
export function mapInner(
  kind: { readonly form: 'list' | 'map'; readonly of: Kind },
  value: Json,
  change: (kind: Kind, item: Json) => Json,
): Json {
  if (kind.form === 'list') {
    if (!Array.isArray(value)) return value;
    const changed = value.map((item: Json) => change(kind.of, item));
    return changed.some((item, i) => item !== value[i]) ? changed : value;
  }
  if (!isObject(value)) return value;
  const changed = Object.entries(value).map(([name, item]): [string, Json] => [name, change(kind.of, item)]);
  return changed.some(([name, item]) => item !== value[name]) ? Object.fromEntries(changed) : value;
}
