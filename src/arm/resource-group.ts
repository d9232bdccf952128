import type { Change } from '../kernel/collection.ts';
import type { Controller } from '../kernel/controller.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { allBelow, finishOperation, getResource, isMoving, setProvisioningState } from './estate.ts';
import { collectionOf, groupId, groupOf, keyOf, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from './ids.ts';
import type { Resource } from './resource.ts';
import { type Arm, Refusal, type ResourceType } from './resource-type.ts';

export const resourceGroup: ResourceType = {
  name: RESOURCE_GROUP_TYPE,
  permission: 'Microsoft.Resources/subscriptions/resourceGroups',
  scope: 'subscription',
  location: 'required',
  put: 'replace',
  patch: 'tags',
  nameRule: {
    pattern: /^[\p{L}\p{N}_\-.()]{0,89}[\p{L}\p{N}_\-()]$/u,
    detail:
      'The name can be up to 90 characters long and may contain letters, digits, underscores, hyphens, periods and parentheses. It cannot end with a period.',
  },
  deletion: 'controller',
  without: [],
};

/** Written once per subscription by the world's set-up; clients read it through the routes of `routes/subscriptions.ts`. */
export const subscription: ResourceType = {
  name: SUBSCRIPTION_TYPE,
  permission: SUBSCRIPTION_TYPE,
  scope: 'tenant',
  location: 'none',
  without: ['PUT', 'PATCH', 'DELETE'],
};

/**
 * Empties a resource group that is being deleted, what others refer to last, and removes it. Looks at the group again whenever
 * something in it went away.
 */
export const resourceGroupDeletion = (arm: Arm): Controller => ({
  name: 'arm.resource-group-deletion',
  watches: [...arm.types.values()].map((type) => ({ class: collectionOf(type.name), targets: deletingGroup })),
  reconcile(tx, { key }) {
    const group = tx.get<Resource>(collectionOf(RESOURCE_GROUP_TYPE), key)?.value;
    if (group?.provisioningState !== 'Deleting') return;
    const refused = emptyGroup(arm, tx, group.id);
    const left = allBelow(tx, arm.types.values(), group.id).filter(isDeletable);
    if (left.length === 0) arm.finishDelete(tx, group.id);
    else if (refused && !left.some(isMoving)) fail(tx, group, refused);
  },
});

function deletingGroup(change: Change, reader: Reader): readonly string[] {
  const { subscription: name, resourceGroup: group } = groupOf(change.key);
  if (!group) return [];
  const key = keyOf(groupId(name, group));
  const stored = reader.get<Resource>(collectionOf(RESOURCE_GROUP_TYPE), key)?.value;
  return stored?.provisioningState === 'Deleting' ? [key] : [];
}

/** Children go with their parents, and extension resources with what they extend. */
const isDeletable = (resource: Resource): boolean => resource.id.split('/').length === 9;

/** Deletes whatever may go, until a round changes nothing. Returns the last refusal. */
function emptyGroup(arm: Arm, tx: Transaction, id: string): Refusal | undefined {
  let refused: Refusal | undefined;
  for (let progress = true; progress; ) {
    progress = false;
    refused = undefined;
    for (const resource of allBelow(tx, arm.types.values(), id)) {
      if (!isDeletable(resource) || isMoving(resource) || !getResource(tx, resource.id)) continue;
      try {
        arm.deleteResource(tx, resource.id);
        progress = true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused = error;
      }
    }
  }
  return refused;
}

function fail(tx: Transaction, group: Resource, { error }: Refusal): void {
  if (group.operation)
    finishOperation(tx, group.operation, {
      error: {
        code: 'ResourceGroupDeletionBlocked',
        message: `Deletion of resource group '${group.name}' failed as resources could not be deleted. Please see details for more information.`,
        details: [error],
      },
    });
  setProvisioningState(tx, group.id, 'Succeeded');
}
