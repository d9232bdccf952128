import type { Transaction } from '../kernel/transaction.ts';
import { saveResource } from './estate.ts';
import { subscriptionId } from './ids.ts';
import { ROLE_ASSIGNMENT_TYPE } from './rbac.ts';
import type { Resource } from './resource.ts';
import { systemData } from './write.ts';

const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

export interface Seed {
  readonly subscription: string;
  readonly displayName: string;
  /** Object ids that own the subscription. */
  readonly owners: readonly string[];
}

/** Writes a subscription and its owners' role assignments (their principalType is the directory's). Does nothing where they exist. */
export function seedSubscription(tx: Transaction, { subscription, displayName, owners }: Seed): void {
  const id = subscriptionId(subscription);
  const base = { provisioningState: 'Succeeded', systemData: systemData(tx.nowMs, undefined, undefined) };
  const put = (resource: Resource): void => {
    if (!tx.get(`arm/${resource.type.toLowerCase()}`, resource.id.toLowerCase())) saveResource(tx, resource);
  };
  put({ ...base, id, name: subscription, type: 'Microsoft.Resources/subscriptions', desired: { displayName }, observed: {} });
  for (const principalId of owners) {
    const name = principalId;
    const now = new Date(tx.nowMs).toISOString();
    put({
      ...base,
      id: `${id}/providers/${ROLE_ASSIGNMENT_TYPE}/${name}`,
      name,
      type: ROLE_ASSIGNMENT_TYPE,
      desired: { principalId, roleDefinitionId: `${id}/providers/Microsoft.Authorization/roleDefinitions/${OWNER}` },
      observed: { scope: id, createdOn: now, updatedOn: now, createdBy: '', updatedBy: '' },
    });
  }
}
