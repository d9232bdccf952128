import type { JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { difference, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import type { Managers } from './managers.ts';
import { removeItems } from './remove.ts';
import { fieldSetOf, withNamedFields } from './typed.ts';

/**
 * The merged object without what the applier applied last time, does not apply now, and nobody else owns. `managers` holds the
 * applier's new set. Models merge/update.go prune.
 */
export function prune(schema: Schema, merged: JsonObject, managers: Managers, last: FieldSet, applied: FieldSet): JsonObject {
  // All that it applied last time it applies again: then nothing can go.
  if (isEmpty(difference(last, applied))) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const remove = (set: FieldSet): JsonObject => (removeItems(schema, merged, set) ?? {}) as JsonObject; // an object stays one
  const inMerged = named(fieldSetOf(schema, merged));
  const inPruned = named(fieldSetOf(schema, remove(named(last))));
  const owned = [...managers.values()].reduce<FieldSet>((set, manager) => union(set, manager.fields), applied);
  const withOwned = remove(difference(inMerged, union(inPruned, named(owned))));
  const left = named(fieldSetOf(schema, withOwned));
  return remove(intersection(difference(inMerged, left), named(last)));
}
