import type { Transaction } from '../kernel/transaction.ts';
import { operationInProgress } from './errors.ts';
import { getOperation, getResource, isMoving } from './estate.ts';
import type { ParsedId } from './ids.ts';
import type { Resource } from './resource.ts';
import type { Arm, ResourceType } from './resource-type.ts';

/** Refuses what an operation holds: the resource itself, or the one in whose body it stands (a cluster's pool). */
export function refuseWhileHeld(arm: Arm, tx: Transaction, id: ParsedId, resource: Resource | undefined): void {
  const type = arm.types.get(id.type.toLowerCase());
  const parent = id.parent ? getResource(tx, id.parent) : undefined;
  const parentType = parent && arm.types.get(parent.type.toLowerCase());
  if (parent && parentType?.children?.some((child) => child.type === type?.name)) refuseWhileBusy(tx, parentType, parent);
  if (type && resource) refuseWhileBusy(tx, type, resource);
}

/** Refuses while an operation runs on the resource itself, with what its type says to it. */
export function refuseWhileBusy(tx: Transaction, type: ResourceType, previous: Resource): void {
  const running = previous.operation !== undefined && getOperation(tx, previous.operation)?.status === 'InProgress';
  if (!running || !isMoving(previous)) return;
  const refusal = type.busy ? type.busy(previous) : operationInProgress(previous.id);
  if (refusal) throw refusal;
}
