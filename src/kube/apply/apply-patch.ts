import { equal, isObject, type JsonObject } from '../../kernel/json.ts';
import { changed, compare, ignoring } from './compare.ts';
import { type Conflict, type ConflictCause, conflictCauses, conflictMessage, conflictsWith } from './conflicts.ts';
import { difference, EMPTY, has, intersection, isEmpty, recursiveDifference } from './field-set.ts';
import { LAST_APPLIED, lastAppliedOf, ownedByLastApplied, writeLastApplied } from './last-applied.ts';
import { type Manager, managerId, readManagers, withoutNeverOwned, writeManagers } from './managers.ts';
import { mergeValues } from './merge.ts';
import { prune } from './prune.ts';
import { disown, managedFieldsOf, ownerBeforeApply, type Writer, withManagedFields } from './record-update.ts';
import { withoutEmptied } from './remove.ts';
import { fieldSetOf } from './typed.ts';
import { configurationFaults } from './validate.ts';

export interface Apply extends Writer {
  /** The stored object; undefined when apply creates it. */
  readonly live: JsonObject | undefined;
  /**
   * The configuration as it was sent: neither defaulted nor decoded, for decoding writes zero values that the applier never named
   * and would come to own. Faults against the schema are told here.
   */
  readonly applied: JsonObject;
  readonly force: boolean;
}

/**
 * What becomes of an apply. `value` is the merged object with managedFields, still to be defaulted and validated; `live` itself when
 * nothing changed. `conflicts` make the 409: message and causes. `error` is a refusal with its HTTP status.
 */
export type Applied =
  | { readonly value: JsonObject; readonly conflicts?: undefined; readonly error?: undefined }
  | { readonly value?: undefined; readonly conflicts: ApplyConflict; readonly error?: undefined }
  | { readonly value?: undefined; readonly conflicts?: undefined; readonly error: { readonly code: 400 | 500; readonly message: string } };

export interface ApplyConflict {
  readonly message: string;
  readonly causes: readonly ConflictCause[];
}

/** Server-side apply of a configuration. Models managedfields Apply over structured-merge-diff Updater.Apply. */
export function applyPatch(request: Apply): Applied {
  const refusal = refusalOf(request);
  if (refusal) return { error: refusal };
  const base = request.live ?? { apiVersion: request.apiVersion, kind: request.applied.kind ?? '' };
  const first = attemptApply(request, base, request.force);
  const { value, conflicts } =
    first.conflicts && request.manager === 'kubectl' ? upgradeFromClientSide(request, base, first.conflicts) : first;
  if (value) return { value: syncLastApplied(request, value) };
  return { conflicts: { message: conflictMessage(conflicts), causes: conflictCauses(conflicts) } };
}

type Attempt =
  | { readonly value: JsonObject; readonly conflicts?: undefined }
  | { readonly value?: undefined; readonly conflicts: readonly Conflict[] };

function refusalOf({ applied, apiVersion, schema }: Apply): { readonly code: 400 | 500; readonly message: string } | undefined {
  if (applied.apiVersion !== apiVersion) {
    const message = `Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion}, expected: ${apiVersion}`;
    return { code: 400, message };
  }
  const sent = managedFieldsOf(applied);
  if (sent !== undefined && sent !== null) return { code: 400, message: 'metadata.managedFields must be nil' };
  const faults = configurationFaults(schema, applied);
  if (faults.length === 0) return undefined;
  const text = faults.length === 1 ? faults[0] : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n');
  const metadata = isObject(applied.metadata) ? applied.metadata : {};
  const name = `${metadata.namespace ?? ''}/${metadata.name ?? ''}; ${apiVersion}, Kind=${applied.kind}`;
  return { code: 500, message: `failed to create typed patch object (${name}): ${text}` };
}

/** Merges, prunes and settles ownership; the conflicts when there are any and they are not forced. */
function attemptApply(request: Apply, base: JsonObject, force: boolean): Attempt {
  const { schema, applied } = request;
  const stored = readManagers(managedFieldsOf(base)) ?? new Map<string, Manager>();
  const managers = stored.size === 0 && request.live ? ownerBeforeApply(request, base) : stored;
  const live = withManagedFields(base, undefined);
  const self = applier(request);
  const id = managerId(self);
  const last = managers.get(id);
  const claimed = fieldSetOf(schema, applied);
  const set = request.resetFields === undefined ? claimed : recursiveDifference(claimed, request.resetFields);
  managers.set(id, { ...self, time: last?.time, fields: set });
  const merged = mergeValues(schema, live, applied) as JsonObject; // objects merge into one
  const next = prune(schema, merged, managers, last?.fields ?? EMPTY, set);
  const comparison = ignoring(compare(schema, live, next), request.resetFields);
  const conflicts = settleOthers(managers, id, comparison, force);
  if (conflicts.length > 0) return { conflicts };
  const stripped = next === merged ? merged : (withoutEmptied(next, merged) as JsonObject); // an object stays one
  return { value: finish(request, managers, { id, last, next: stripped, live }) };
}

/** Takes from all other managers what the apply changed or removed; where not forced, what it changed is a conflict. */
function settleOthers(
  managers: Map<string, Manager>,
  self: string,
  comparison: ReturnType<typeof compare>,
  force: boolean,
): readonly Conflict[] {
  const taken = changed(comparison);
  const contested = [...managers]
    .filter(([id]) => id !== self)
    .map(([id, manager]) => ({ id, manager, fields: intersection(manager.fields, taken) }));
  const conflicts = force ? [] : contested.flatMap(({ manager, fields }) => conflictsWith({ ...manager, fields }));
  if (conflicts.length > 0) return conflicts.sort((a, b) => (managerId(a.manager) < managerId(b.manager) ? -1 : 1));
  for (const { id, manager, fields } of contested) {
    disown(managers, id, manager, fields);
    const left = managers.get(id);
    if (left) disown(managers, id, left, comparison.removed);
  }
  return [];
}

interface Settled {
  readonly id: string;
  readonly last: Manager | undefined;
  readonly next: JsonObject;
  readonly live: JsonObject;
}

function finish(request: Apply, managers: Map<string, Manager>, { id, last, next, live }: Settled): JsonObject {
  const self = managers.get(id);
  const fields = withoutNeverOwned(self?.fields ?? EMPTY);
  const same = next === live || equal(next, live);
  if (self === undefined || isEmpty(fields)) managers.delete(id);
  else {
    const unchanged = same && last?.entry !== undefined && last.apiVersion === self.apiVersion && isEmpty(difference(last.fields, fields));
    const keeps = unchanged && isEmpty(difference(fields, last.fields));
    managers.set(id, keeps ? last : { ...self, fields, time: same ? last?.time : request.nowIso });
  }
  const stored = managedFieldsOf(request.live);
  const written = writeManagers(managers);
  const entriesSame = Array.isArray(stored) && stored.length === written?.length && stored.every((entry, i) => entry === written[i]);
  if (same && entriesSame && request.live) return request.live;
  return withManagedFields(same ? live : next, entriesSame ? stored : written);
}

const applier = (writer: Writer): Omit<Manager, 'fields' | 'time'> => ({
  manager: writer.manager,
  operation: 'Apply',
  apiVersion: writer.apiVersion,
  subresource: writer.subresource ?? '',
});

/** kubectl may take over without force what its own client-side apply had set and nobody changed since. */
function upgradeFromClientSide(request: Apply, base: JsonObject, conflicts: readonly Conflict[]): Attempt {
  const owned = ownedByLastApplied(request.schema, base, request.apiVersion);
  if (owned === undefined) return { conflicts };
  const others = conflicts.filter(({ path }) => !has(owned, path));
  return others.length > 0 ? { conflicts: others } : attemptApply(request, base, true);
}

/** Keeps kubectl's annotation in step, for those who go back to client-side apply. */
function syncLastApplied(request: Apply, next: JsonObject): JsonObject {
  return request.manager === 'kubectl' && lastAppliedOf(next) ? writeLastApplied(next, request.applied, LAST_APPLIED) : next;
}
