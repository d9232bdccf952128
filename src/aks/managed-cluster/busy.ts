import { refuse } from '../../arm/errors.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Refusal } from '../../arm/resource-type.ts';

const DOING: { readonly [state: string]: string } = { Creating: 'create', Deleting: 'delete', Starting: 'start', Stopping: 'stop' };

/** A cluster takes one operation at a time (aks-facts §1.6). */
export function busy(cluster: Resource): Refusal {
  const doing = DOING[cluster.provisioningState] ?? 'update';
  return refuse(
    409,
    'OperationNotAllowed',
    `Operation is not allowed because there's an in progress ${doing} managed cluster operation on the managed cluster started by ${cluster.systemData.lastModifiedBy}. Please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
  );
}
