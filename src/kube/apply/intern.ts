import { type FieldSet, inOrder } from './field-set.ts';

/** Characters of all texts kept: pods of one workload own the same fields, and there are few workloads. */
const LIMIT_LENGTH = 500_000;

const known = new Map<string, FieldSet>();
const shared = new WeakSet<FieldSet>();
let heldLength = 0;

/**
 * The set in upstream's order, shared by all that are equal: ten thousand pods then hold one set between them, and it is put in order
 * once. The key is the set's own text, which costs a tenth of ordering it.
 */
export function interned(set: FieldSet): FieldSet {
  if (shared.has(set)) return set;
  const text = JSON.stringify(set);
  const found = known.get(text);
  if (found) return found;
  const ordered = inOrder(set);
  heldLength += text.length;
  if (heldLength > LIMIT_LENGTH) {
    known.clear();
    heldLength = text.length;
  }
  known.set(text, ordered);
  shared.add(ordered);
  return ordered;
}
