import type { Controller, Outcome } from '../kernel/controller.ts';
import type { DraftObject, JsonObject } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { finishOperation, getOperation, getResource } from './estate.ts';
import { groupId, groupOf, parseId } from './ids.ts';
import { OPERATIONS, type Operation } from './resource.ts';
import type { Arm, ResourceType } from './resource-type.ts';

/** Ends operations that only take time. `instant`: at the next settle; deletes then remove their resource. */
export const operationsController = (arm: Arm): Controller => ({
  name: 'arm.operations',
  watches: [{ class: OPERATIONS, targets: ({ entry, key }) => (entry ? [key] : []) }],
  reconcile(tx, { key }) {
    const operation = getOperation(tx, key);
    if (operation?.endedMs !== undefined) return prune(tx, operation.id, operation.endedMs);
    if (operation?.endedBy !== 'clock') return undefined;
    if (operation.dueMs > tx.nowMs) return { againMs: operation.dueMs - tx.nowMs };
    if (operation.verb === 'delete') arm.finishDelete(tx, operation.resource);
    finishOperation(tx, key);
    return undefined;
  },
});

/** How long the outcome of an operation can be asked for. */
const KEPT_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;

/** Forgets it at the first midnight after its time: one event a day at most, however many operations there were. */
function prune(tx: Transaction, id: string, endedMs: number): Outcome | undefined {
  const dueMs = Math.ceil((endedMs + KEPT_MS) / DAY_MS) * DAY_MS;
  if (tx.nowMs < dueMs) return { againMs: dueMs - tx.nowMs };
  tx.delete(OPERATIONS, id);
  return undefined;
}

/** Region whose operations endpoint an operation is polled at: the resource's, or that of what it stands in. */
function locationOf(reader: Reader, id: string): string {
  for (let parsed = parseId(id); parsed; parsed = parsed.parent ? parseId(parsed.parent) : undefined) {
    const location = getResource(reader, parsed.id)?.location;
    if (location && location !== 'global') return location;
  }
  const { subscription, resourceGroup } = groupOf(id);
  return getResource(reader, groupId(subscription, resourceGroup))?.location ?? 'global';
}

/**
 * Tells azurerm (≥ 5.2) not to wait before it looks again. On answers that are final, and on those that start an operation: the first
 * look is given after a pause of ours, and says when to come back (azure-contract §2.4).
 */
export const AT_ONCE = { 'x-go-azure-sdk-skip-polling-delay': 'true' } as const;

/** Headers that lead a client to an operation. `Location` only where the answer is 202 (azure-contract §2.4). */
export function operationHeaders(
  reader: Reader,
  operation: Operation,
  type: ResourceType | undefined,
  status: number,
  url: (path: string) => string,
  apiVersion: string,
): { [name: string]: string } {
  const parsed = parseId(operation.resource);
  const query = `?api-version=${encodeURIComponent(apiVersion)}`;
  const subscription = `/subscriptions/${parsed?.subscription ?? ''}`;
  const headers: { [name: string]: string } = { 'retry-after': '1', ...AT_ONCE };
  if (!parsed?.namespace) {
    headers['location'] = url(`${subscription}/operationresults/${operation.id}${query}`);
    return headers;
  }
  const base = `${subscription}/providers/${parsed.namespace}/locations/${locationOf(reader, operation.resource)}`;
  headers['azure-asyncoperation'] = url(`${base}/${type?.operationSegment ?? 'operations'}/${operation.id}${query}`);
  if (status === 202) headers['location'] = url(`${base}/operationresults/${operation.id}${query}`);
  return headers;
}

/** What polling `operations/{id}` shows. Times carry seven decimals, as Azure's do. */
export function operationBody(operation: Operation, path: string): JsonObject {
  const body: DraftObject = { id: path, name: operation.id, status: operation.status, startTime: ticks(operation.startedMs) };
  if (operation.endedMs !== undefined) body['endTime'] = ticks(operation.endedMs);
  if (operation.status === 'Succeeded') body['percentComplete'] = 100;
  if (operation.error) body['error'] = operation.error;
  if (operation.result) body['properties'] = operation.result;
  return body;
}

const ticks = (ms: number): string => new Date(ms).toISOString().replace('Z', '0000Z');
