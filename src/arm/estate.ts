import type { IndexDefinition } from '../kernel/collection.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { collectionOf, keyOf, parseId } from './ids.ts';
import { roleAssignmentIndex } from './rbac.ts';
import { type CloudError, type Draft, OPERATIONS, type Operation, type OperationVerb, type Resource } from './resource.ts';
import type { ResourceType } from './resource-type.ts';

/** The resource with this id, in any casing. */
export function getResource(reader: Reader, id: string): Resource | undefined {
  const parsed = parseId(id);
  return parsed && reader.get<Resource>(collectionOf(parsed.type), parsed.key)?.value;
}

/** Resources of one type below an id (a group, a subscription, a parent), or all. In key order. */
export function listResources(reader: Reader, type: string, below = ''): Resource[] {
  const prefix = below ? `${keyOf(below)}/` : '';
  return reader.list<Resource>(collectionOf(type), { prefix }).map((entry) => entry.value);
}

/** Children of a parent in the order in which they were made. */
export function listChildren(reader: Reader, type: string, parent: string): Resource[] {
  return reader
    .list<Resource>(collectionOf(type), { prefix: `${keyOf(parent)}/` })
    .sort((a, b) => a.createdRevision - b.createdRevision)
    .map((entry) => entry.value);
}

/** Every resource of any type below an id, without the id itself. Cost: one range scan per type that holds something. */
export function allBelow(reader: Reader, types: Iterable<ResourceType>, id: string): Resource[] {
  return [...types].flatMap((type) => listResources(reader, type.name, id));
}

/** Resources that refer to an id, by the declared references of their types. Cost: one index lookup per type with references. */
export function referrers(reader: Reader, types: Iterable<ResourceType>, id: string): Resource[] {
  const key = keyOf(id);
  const found: Resource[] = [];
  for (const type of types)
    if (type.references)
      // An index is asked only for what the collection's class declares, and an unwritten collection answers with nothing.
      for (const entry of reader.indexed<Resource>(collectionOf(type.name), REFERENCES, key)) found.push(entry.value);
  return found;
}

/** As referrers, for one type known by name: `referrersOf(reader, 'Microsoft.Network/loadBalancers', publicIpId)`. */
export const referrersOf = (reader: Reader, type: string, id: string): Resource[] =>
  reader.indexed<Resource>(collectionOf(type), REFERENCES, keyOf(id)).map((entry) => entry.value);

const REFERENCES = 'references';

/** Indexes that a world with these types needs: pass them to `new World({ indexes })`. */
export const armIndexes = (types: Iterable<ResourceType>): IndexDefinition[] => [roleAssignmentIndex, ...[...types].flatMap(indexesOf)];

// Collections of these classes hold resources only.
const indexesOf = (type: ResourceType): IndexDefinition[] => {
  const definition = (name: string, keys: (resource: Resource) => readonly string[]): IndexDefinition => ({
    class: collectionOf(type.name),
    name,
    keys: (value: Json) => keys(value as Resource),
  });
  const further = (type.indexes ?? []).map(({ name, keys }) => definition(name, keys));
  const { references } = type;
  if (!references) return further;
  return [definition(REFERENCES, (resource) => [...new Set(references(draftOf(resource)).map(({ id }) => keyOf(id)))]), ...further];
};

/** Resources of a type that one of its declared indexes files under a key. */
export const indexed = (reader: Reader, type: string, name: string, key: string): Resource[] =>
  reader.indexed<Resource>(collectionOf(type), name, key).map((entry) => entry.value);

/** The stored resource as a draft of itself. */
export function draftOf(resource: Resource): Draft {
  const { desired, observed: _observed, provisioningState: _state, operation: _operation, systemData: _systemData, ...envelope } = resource;
  return { ...envelope, properties: desired };
}

/** Writes a resource back. The value must be new; nothing is checked. */
export function saveResource(tx: Transaction, resource: Resource): void {
  tx.put(collectionOf(resource.type), keyOf(resource.id), resource);
}

/** Moves provisioningState; no write when it is there already. */
export function setProvisioningState(tx: Transaction, id: string, provisioningState: string): void {
  const resource = getResource(tx, id);
  if (resource && resource.provisioningState !== provisioningState) saveResource(tx, { ...resource, provisioningState });
}

/** Merges into what is observed (top level); no write when nothing changes by reference or value. */
export function setObserved(tx: Transaction, id: string, observed: JsonObject): void {
  const resource = getResource(tx, id);
  if (!resource) return;
  const same = Object.keys(observed).every((name) => JSON.stringify(observed[name]) === JSON.stringify(resource.observed[name]));
  if (!same) saveResource(tx, { ...resource, observed: { ...resource.observed, ...observed } });
}

export const getOperation = (reader: Reader, id: string): Operation | undefined =>
  reader.get<Operation>(OPERATIONS, id.toLowerCase())?.value;

export interface OperationStart {
  readonly verb: OperationVerb;
  readonly resource: string;
  readonly targets?: readonly string[];
  readonly endedBy: 'clock' | 'controller';
  /** Only for `clock`: how long it takes. Default 0. */
  readonly durationMs?: number;
  readonly result?: JsonObject;
}

/** Records a new operation. Moving the resource's provisioningState and `operation` is the caller's. */
export function startOperation(tx: Transaction, start: OperationStart): Operation {
  const operation: Operation = {
    id: tx.random.uuid(),
    verb: start.verb,
    resource: start.resource,
    targets: start.targets ?? [start.resource],
    status: 'InProgress',
    endedBy: start.endedBy,
    startedMs: tx.nowMs,
    dueMs: tx.nowMs + (start.durationMs ?? 0),
    ...(start.result && { result: start.result }),
  };
  tx.put(OPERATIONS, operation.id, operation);
  return operation;
}

/**
 * Ends an operation: with `error` as Failed, else Succeeded; targets that still carry it and are in a moving state follow.
 * `result` is what `operationresults/{id}` answers. Does nothing for an operation that has ended already.
 */
export function finishOperation(
  tx: Transaction,
  id: string,
  outcome: { readonly error?: CloudError; readonly canceled?: boolean; readonly result?: JsonObject } = {},
): void {
  const operation = getOperation(tx, id);
  if (operation?.status !== 'InProgress') return;
  const status = outcome.canceled ? 'Canceled' : outcome.error ? 'Failed' : 'Succeeded';
  tx.put(OPERATIONS, operation.id, {
    ...operation,
    status,
    endedMs: tx.nowMs,
    ...(outcome.error && { error: outcome.error }),
    ...(outcome.result && { result: outcome.result }),
  });
  for (const target of operation.targets) {
    const resource = getResource(tx, target);
    if (resource?.operation === operation.id && MOVING.has(resource.provisioningState)) setProvisioningState(tx, target, status);
  }
}

/** States that an operation's end replaces. A controller's own (Scaling, Upgrading …) are among them. */
const MOVING = new Set(['Accepted', 'Creating', 'Updating', 'Deleting', 'Scaling', 'Upgrading', 'Starting', 'Stopping', 'Canceling']);

/** True while an operation holds the resource. */
export const isMoving = (resource: Resource): boolean => MOVING.has(resource.provisioningState);
