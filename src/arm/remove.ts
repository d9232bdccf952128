import type { Transaction } from '../kernel/transaction.ts';
import { refuseWhileHeld } from './busy.ts';
import { preconditionFailed } from './errors.ts';
import { allBelow, finishOperation, getOperation, getResource, isMoving, saveResource, startOperation } from './estate.ts';
import { collectionOf, keyOf, parseId, RESOURCE_GROUP_TYPE } from './ids.ts';
import { durationMs } from './profile.ts';
import type { Operation, Resource } from './resource.ts';
import { type Arm, type Directory, type PutOptions, Refusal } from './resource-type.ts';

/** Starts or does a DELETE. Undefined when there is nothing; throws Refusal. */
export function deleteResource(
  arm: Arm,
  directory: Directory,
  tx: Transaction,
  id: string,
  options: PutOptions,
): { readonly resource: Resource; readonly operation?: Operation } | undefined {
  const parsed = parseId(id);
  const type = parsed && arm.types.get(parsed.type.toLowerCase());
  const entry = type && tx.get<Resource>(collectionOf(type.name), parsed.key);
  // Also of what is not there: whoever names an etag speaks of something that was.
  if (options.expected !== undefined && options.expected !== (entry?.revision ?? 'absent'))
    throw preconditionFailed(undefined, type?.preconditionCode);
  if (!entry) return undefined;
  const resource = entry.value;
  const running = resource.operation === undefined ? undefined : getOperation(tx, resource.operation);
  if (running?.status === 'InProgress' && isMoving(resource)) {
    if (running.verb === 'delete') return { resource, operation: running };
    if (type.preempted) finishOperation(tx, running.id, { error: type.preempted });
  }
  if (options.caller && type.name !== RESOURCE_GROUP_TYPE) refuseWhileHeld(arm, tx, parsed, getResource(tx, id));
  const refusal = type.refuseDelete?.(resource, tx);
  if (refusal) throw new Refusal(refusal.status, refusal.error);
  const completion = options.completion ?? type.deletion ?? type.completion ?? 'synchronous';
  if (completion === 'synchronous') {
    removeResource(arm, directory, tx, resource);
    return { resource };
  }
  const operation = startOperation(tx, {
    verb: 'delete',
    resource: resource.id,
    endedBy: completion,
    durationMs: durationMs(tx, type, 'delete', tx.random),
  });
  const deleting: Resource = { ...resource, provisioningState: 'Deleting', operation: operation.id };
  saveResource(tx, deleting);
  return { resource: deleting, operation };
}

/**
 * Removes a resource with all below it and its principals, at once and without asking, and ends the operation that deletes it.
 * Whatever else still ran on it is canceled.
 */
export function removeResource(arm: Arm, directory: Directory, tx: Transaction, resource: Resource): void {
  // From the top, so that what goes with its parent finds no parent to tell.
  removeOne(arm, directory, tx, resource);
  for (const below of allBelow(tx, arm.types.values(), resource.id).sort((a, b) => a.id.length - b.id.length))
    removeOne(arm, directory, tx, below);
}

function removeOne(arm: Arm, directory: Directory, tx: Transaction, resource: Resource): void {
  if (!tx.delete(collectionOf(resource.type), keyOf(resource.id))) return;
  const { principalId } = resource.identity ?? {};
  if (principalId) directory.removeManagedIdentity(tx, principalId);
  arm.types.get(resource.type.toLowerCase())?.removed?.(tx, resource);
  const operation = resource.operation === undefined ? undefined : getOperation(tx, resource.operation);
  if (operation?.status === 'InProgress' && keyOf(operation.resource) === keyOf(resource.id))
    finishOperation(tx, operation.id, operation.verb === 'delete' ? {} : { canceled: true });
}

/** Completes a delete that a controller carried out. */
export function finishDelete(arm: Arm, directory: Directory, tx: Transaction, id: string): void {
  const resource = getResource(tx, id);
  if (resource) removeResource(arm, directory, tx, resource);
}
