import { textAt } from '../../arm/merge.ts';
import type { Directory, ResourceType } from '../../arm/resource-type.ts';

export const USER_ASSIGNED_IDENTITY_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** An identity of its own: its principal lives in the directory as long as it does. */
export const userAssignedIdentity = (directory: Directory): ResourceType => ({
  name: USER_ASSIGNED_IDENTITY_TYPE,
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
    detail:
      'The name must be 3 to 128 characters long, start with a letter or number, and contain letters, numbers, hyphens and underscores.',
  },
  stateless: true,
  readOnly: ['principalId', 'clientId', 'tenantId'],
  computed: (_draft, { random, tenantId }, previous) =>
    previous?.observed ?? { tenantId, principalId: random.uuid(), clientId: random.uuid() },
  written(tx, resource, previous) {
    if (previous) return;
    directory.addManagedIdentity(tx, {
      objectId: textAt(resource.observed, 'principalId'),
      clientId: textAt(resource.observed, 'clientId'),
      displayName: resource.name,
      resourceId: resource.id,
    });
  },
  removed: (tx, resource) => directory.removeManagedIdentity(tx, textAt(resource.observed, 'principalId')),
});
