import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { difference, EMPTY, type FieldSet, isEmpty, readFieldSet, sameSet, setOf, union } from './field-set.ts';
import { interned } from './intern.ts';

/** One entry of metadata.managedFields, read: who owns which fields. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; absent where upstream leaves it out. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The entry it was read from, given back as it is when nothing changed. */
  readonly entry?: JsonObject;
}

/** Managers of an object by `managerId`. */
export type Managers = ReadonlyMap<string, Manager>;

/** Entries by set of fields: what one manager writes in one second is the same entry in each of the objects. */
const writtenEntries = new WeakMap<FieldSet, Map<string, JsonObject>>();
const MAX_WRITTEN = 16;

const MAX_UPDATE_MANAGERS = 10;

/** Never owned by anyone: identity and what the server alone writes. */
const NEVER_OWNED: FieldSet = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (field) => ['f:metadata', `f:${field}`],
  ),
);

export const withoutNeverOwned = (fields: FieldSet): FieldSet => difference(fields, NEVER_OWNED);

/** What tells managers apart. An applier is the same under every API version. The text sorts as upstream's identifiers do. */
export function managerId(manager: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const { manager: name, operation, apiVersion, subresource } = manager;
  const version = operation === 'Update' ? `,"apiVersion":${JSON.stringify(apiVersion)}` : '';
  const part = subresource ? `,"subresource":${JSON.stringify(subresource)}` : '';
  return `{"manager":${JSON.stringify(name)},"operation":"${operation}"${version}${part}}`;
}

const readEntries = new WeakMap<object, { readonly id: string; readonly manager: Manager }>();

/** Reads metadata.managedFields; undefined for what upstream cannot decode. Entries are read once, by reference. */
export function readManagers(managedFields: Json | undefined): Map<string, Manager> | undefined {
  const managers = new Map<string, Manager>();
  if (managedFields === undefined || managedFields === null) return managers;
  if (!Array.isArray(managedFields)) return undefined;
  for (const entry of managedFields) {
    const read = isObject(entry) ? (readEntries.get(entry) ?? readEntry(entry)) : undefined;
    if (!read) return undefined;
    managers.set(read.id, read.manager);
  }
  return managers;
}

function readEntry(entry: JsonObject): { readonly id: string; readonly manager: Manager } | undefined {
  const { operation, apiVersion, fieldsType, fieldsV1, time } = entry;
  if ((operation !== 'Apply' && operation !== 'Update') || typeof apiVersion !== 'string' || apiVersion === '') return undefined;
  if (fieldsType !== 'FieldsV1') return undefined;
  const fields = fieldsV1 === undefined || fieldsV1 === null ? EMPTY : readFieldSet(fieldsV1);
  if (!fields) return undefined;
  const manager: Manager = {
    manager: text(entry.manager),
    operation,
    apiVersion,
    subresource: text(entry.subresource),
    time: typeof time === 'string' ? time : undefined,
    fields,
    // Fields that were put in order make a new entry, lest the old order stays forever.
    ...(fields === fieldsV1 ? { entry } : {}),
  };
  const read = { id: managerId(manager), manager };
  readEntries.set(entry, read);
  return read;
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Is this a request to forget all managers: an empty list, or one with a single empty entry? */
export function isReset(managedFields: Json | undefined): boolean {
  if (!Array.isArray(managedFields)) return false;
  const [first] = managedFields;
  return managedFields.length === 0 || (managedFields.length === 1 && isObject(first) && Object.keys(first).length === 0);
}

/** metadata.managedFields of these managers, in upstream's order; undefined when there is none. */
export function writeManagers(managers: Managers): readonly JsonObject[] | undefined {
  const owning = [...managers.values()].filter((manager) => !isEmpty(manager.fields));
  return owning.length === 0 ? undefined : owning.sort(compareManagers).map(writeEntry);
}

function writeEntry(manager: Manager): JsonObject {
  if (manager.entry) return manager.entry;
  const fields = interned(manager.fields);
  const id = managerId(manager);
  const key = `${id} ${manager.time ?? ''}`;
  const written = writtenEntries.get(fields);
  const known = written?.get(key);
  if (known) return known;
  const entry: JsonObject = {
    ...(manager.manager ? { manager: manager.manager } : {}),
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time === undefined ? {} : { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(manager.subresource ? { subresource: manager.subresource } : {}),
  };
  readEntries.set(entry, { id, manager: { ...manager, fields, entry } });
  if (written && written.size < MAX_WRITTEN) written.set(key, entry);
  else writtenEntries.set(fields, new Map([[key, entry]]));
  return entry;
}

const less = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const seconds = (manager: Manager): number => (manager.time === undefined ? 0 : Math.floor(Date.parse(manager.time) / 1000));

const compareTimes = (a: Manager, b: Manager): number => (a.time === b.time ? 0 : seconds(a) - seconds(b));

function compareManagers(a: Manager, b: Manager): number {
  return (
    less(a.operation, b.operation) ||
    compareTimes(a, b) ||
    less(a.manager, b.manager) ||
    less(a.apiVersion, b.apiVersion) ||
    less(a.subresource, b.subresource)
  );
}

/** The manager with other fields; itself where they are the same. */
export function withFields(manager: Manager, fields: FieldSet): Manager {
  if (manager.fields === fields || sameSet(manager.fields, fields)) return manager;
  const { entry: _, ...rest } = manager;
  return { ...rest, fields };
}

/**
 * Merges the oldest updaters into one per API version, "ancient-changes", while there are more than ten. Writes into `managers`.
 * Models capmanagers.go.
 */
export function capUpdateManagers(managers: Map<string, Manager>): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update');
  if (updaters.length <= MAX_UPDATE_MANAGERS) return;
  updaters.sort(([idA, a], [idB, b]) => compareTimes(a, b) || less(idA, idB));
  const firsts = new Map<string, string>();
  let count = updaters.length;
  for (const [id, manager] of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) break;
    const first = firsts.get(manager.apiVersion);
    if (first === undefined) {
      firsts.set(manager.apiVersion, id);
      continue;
    }
    const bucket = { manager: 'ancient-changes', operation: 'Update', apiVersion: manager.apiVersion, subresource: '' } as const;
    const bucketId = managerId(bucket);
    const known = managers.get(bucketId) ?? managers.get(first);
    if (!managers.has(bucketId)) managers.delete(first);
    managers.delete(id);
    managers.set(bucketId, { ...bucket, time: manager.time, fields: union(manager.fields, known?.fields ?? EMPTY) });
    count--;
  }
}
