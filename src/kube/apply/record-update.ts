import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { type Comparison, changed, compare, ignoring, SAME } from './compare.ts';
import { difference, type FieldSet, isEmpty, union } from './field-set.ts';
import {
  capUpdateManagers,
  isReset,
  type Manager,
  managerId,
  readManagers,
  withFields,
  withoutNeverOwned,
  writeManagers,
} from './managers.ts';
import { fieldsOfNew } from './new-fields.ts';

/** Who writes, through which door. */
export interface Writer {
  /** ?fieldManager=, or what stands before the "/" of the user agent. Empty counts as "unknown". */
  readonly manager: string;
  /** apiVersion of the request's body: "apps/v1". */
  readonly apiVersion: string;
  /** "status", "scale"…; "" for the main resource. */
  readonly subresource?: string;
  /** World time, RFC 3339 with seconds. */
  readonly nowIso: string;
  readonly schema: Schema;
  /** What the kind resets on writes through this door (spec on /status): nobody comes to own it. */
  readonly resetFields?: FieldSet;
}

export interface Update extends Writer {
  /** The stored object; undefined when it is being created. */
  readonly live: JsonObject | undefined;
  /** The object to be stored. Its managedFields count only on the main resource. */
  readonly next: JsonObject;
}

/**
 * `next` with metadata.managedFields kept: what the writer changed is now the writer's, what was removed is nobody's. To be called
 * on every write but apply, before mutating admission (whose changes stay unowned, as upstream). Time and entries change only when
 * something was changed; an object whose managers were reset is not tracked until it is applied to. Models
 * managedfields/internal Update. Limit: managers at other API versions are compared in the stored shape.
 */
export function recordUpdate(update: Update): JsonObject {
  const { live, next } = update;
  const liveFields = managedFieldsOf(live);
  const managers = managersBefore(update, liveFields);
  if (managers.size === 0) {
    if (live !== undefined) return withManagedFields(next, undefined);
    own(managers, fieldsOfNew(update.schema, withoutManagedFields(next), update.resetFields), update);
  } else {
    const comparison = compare(update.schema, withoutManagedFields(live ?? {}), withoutManagedFields(next));
    takeOver(managers, ignoring(comparison, update.resetFields), update);
  }
  capUpdateManagers(managers);
  const written = writeManagers(managers);
  return withManagedFields(next, sameEntries(written, liveFields) ? liveFields : written);
}

/** The managers from which a write starts: those in the request if it has any, else those of the stored object. */
function managersBefore(update: Update, liveFields: Json | undefined): Map<string, Manager> {
  const requested = managedFieldsOf(update.next);
  if (!update.subresource) {
    if (isReset(requested)) return new Map();
    // Clients send back what they were given: then the entries that were read before serve.
    const sent = equal(requested, liveFields) ? undefined : readManagers(requested);
    if (sent && sent.size > 0) return sent;
  }
  return readManagers(liveFields) ?? new Map<string, Manager>();
}

/** Moves what changed to the writer. */
function takeOver(managers: Map<string, Manager>, changes: Comparison, writer: Writer): void {
  if (changes === SAME) return;
  const taken = changed(changes);
  const selfId = managerId(updater(writer));
  for (const [id, manager] of managers) {
    disown(managers, id, manager, changes.removed);
    const left = id === selfId ? undefined : managers.get(id);
    if (left) disown(managers, id, left, taken);
  }
  own(managers, withoutNeverOwned(taken), writer);
}

/** Gives fields to the writer. */
function own(managers: Map<string, Manager>, fields: FieldSet, writer: Writer): void {
  if (isEmpty(fields)) return;
  const self = updater(writer);
  const id = managerId(self);
  managers.set(id, { ...self, fields: union(managers.get(id)?.fields ?? fields, fields) });
}

/** Takes fields away from a manager, and the manager away when none are left. */
export function disown(managers: Map<string, Manager>, id: string, manager: Manager, fields: FieldSet): void {
  const left = difference(manager.fields, fields);
  if (left === manager.fields) return;
  if (isEmpty(left)) managers.delete(id);
  else managers.set(id, withFields(manager, left));
}

const updater = (writer: Writer): Omit<Manager, 'fields'> => ({
  manager: writer.manager || 'unknown',
  operation: 'Update',
  apiVersion: writer.apiVersion,
  subresource: writer.subresource ?? '',
  time: writer.nowIso,
});

/** The entry under which everything is owned that was there before anyone applied. */
export function ownerBeforeApply(writer: Writer, live: JsonObject): Map<string, Manager> {
  const managers = new Map<string, Manager>();
  const fields = fieldsOfNew(writer.schema, withoutManagedFields(live), writer.resetFields);
  own(managers, fields, { ...writer, manager: 'before-first-apply' });
  return managers;
}

export function managedFieldsOf(object: JsonObject | undefined): Json | undefined {
  const metadata = object?.metadata;
  return isObject(metadata) ? metadata.managedFields : undefined;
}

/** The object with these managedFields, or none; itself where that is what it has. */
export function withManagedFields(object: JsonObject, managedFields: Json | undefined): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  if (metadata.managedFields === managedFields && (managedFields !== undefined || !('managedFields' in metadata))) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: managedFields === undefined ? rest : { ...rest, managedFields } };
}

const withoutManagedFields = (object: JsonObject): JsonObject => withManagedFields(object, undefined);

function sameEntries(written: readonly JsonObject[] | undefined, stored: Json | undefined): boolean {
  return Array.isArray(stored) && stored.length === written?.length && stored.every((entry, i) => entry === written[i]);
}
