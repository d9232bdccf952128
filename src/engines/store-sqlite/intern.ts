import { type DraftObject, isObject, type Json } from '../../kernel/json.ts';

/** Parts with less text than this are not worth a look-up. */
const MIN_LENGTH = 24;

/**
 * Lets equal parts of freshly parsed values be one object again, as they were before they were written: the containers of a
 * ReplicaSet's pods, say. Looks at the parts two levels down, where Kubernetes and ARM keep what repeats. The values given to it are
 * changed, so they must not be shared yet. Costs about as much as encoding the value.
 */
export function internParts(): (value: Json) => Json {
  const known = new Map<string, Json>();
  const shared = (part: Json): Json => {
    const text = JSON.stringify(part);
    if (text.length < MIN_LENGTH) return part;
    const first = known.get(text);
    if (first !== undefined) return first;
    known.set(text, part);
    return part;
  };
  return (value) => {
    if (isObject(value)) for (const part of Object.values(value)) if (isObject(part)) internFields(part as DraftObject, shared);
    return value;
  };
}

function internFields(object: DraftObject, shared: (part: Json) => Json): void {
  for (const [name, part] of Object.entries(object)) if (typeof part === 'object' && part !== null) object[name] = shared(part);
}
