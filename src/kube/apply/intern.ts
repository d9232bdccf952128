import { type FieldSet, inOrder } from './field-set.ts';

/** Sets kept, and the longest text of one: pods of one workload own the same fields, and there are few workloads. */
const LIMIT = 4096;
const MAX_TEXT_LENGTH = 32_768;

const known = new Map<string, FieldSet>();

/**
 * The set in upstream's order, shared by all that are equal: ten thousand pods then hold one set between them, and it is put in order
 * once. The key is the set's own text, which costs a tenth of ordering it.
 */
export function interned(set: FieldSet): FieldSet {
  const text = JSON.stringify(set);
  const found = known.get(text);
  if (found) return found;
  const ordered = inOrder(set);
  if (text.length > MAX_TEXT_LENGTH) return ordered;
  if (known.size >= LIMIT) known.clear();
  known.set(text, ordered);
  return ordered;
}
