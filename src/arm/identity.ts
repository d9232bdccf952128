import { type FieldError, invalid } from '../kernel/field-error.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { getResource } from './estate.ts';
import type { Draft, Identity, Resource, UserAssignedIdentity } from './resource.ts';
import type { Directory, WriteContext } from './resource-type.ts';

const NAMES = ['SystemAssigned', 'UserAssigned', 'None'];
export const ASSIGN_IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';

const partsOf = (identity: Identity | undefined): string[] =>
  (identity?.type ?? '')
    .split(',')
    .map((part) => NAMES.find((name) => name.toLowerCase() === part.trim().toLowerCase()) ?? part.trim())
    .filter((part) => part !== '');
const has = (identity: Identity | undefined, name: string): boolean => partsOf(identity).includes(name);

export function validateIdentity(identity: Identity | undefined): FieldError[] {
  if (identity === undefined) return [];
  const parts = partsOf(identity);
  const errors: FieldError[] = [];
  if (parts.length === 0 || parts.some((part) => !NAMES.includes(part)))
    errors.push({
      ...invalid('identity.type', identity.type, `The identity type '${identity.type}' is not valid.`),
      code: 'InvalidIdentityType',
    });
  if (parts.includes('UserAssigned') && Object.keys(identity.userAssignedIdentities ?? {}).length === 0)
    errors.push({
      ...invalid(
        'identity.userAssignedIdentities',
        undefined,
        'The identity type UserAssigned requires at least one user assigned identity id.',
      ),
      code: 'InvalidRequestContent',
    });
  return errors;
}

/** Ids of the user-assigned identities that a draft names. */
export const assignedIdentities = (identity: Identity | undefined): string[] => Object.keys(identity?.userAssignedIdentities ?? {});

/**
 * The identity as it is stored: principal of a system-assigned one drawn once and kept, principals of user-assigned ones read from
 * their resources. An assigned identity that does not exist is left without ids; references refuse it.
 */
export function resolveIdentity(
  identity: Identity | undefined,
  previous: Identity | undefined,
  context: WriteContext,
): Identity | undefined {
  if (!identity) return undefined;
  const system = has(identity, 'SystemAssigned');
  const ids = has(identity, 'UserAssigned') ? assignedIdentities(identity) : [];
  const assigned: { [id: string]: UserAssignedIdentity } = {};
  for (const id of ids) {
    const { principalId = '', clientId = '' } = (getResource(context.reader, id)?.observed ?? {}) as Partial<UserAssignedIdentity>;
    assigned[id] = { principalId, clientId };
  }
  return {
    type: partsOf(identity).join(', '),
    ...(system && { principalId: previous?.principalId ?? context.random.uuid(), tenantId: context.tenantId }),
    ...(ids.length > 0 && { userAssignedIdentities: assigned }),
  };
}

/** Makes the directory follow a resource's system-assigned principal. */
export function syncPrincipal(tx: Transaction, directory: Directory, resource: Resource | Draft, previous: Identity | undefined): void {
  const before = previous?.principalId;
  const after = resource.identity?.principalId;
  if (before && before !== after) directory.removeManagedIdentity(tx, before);
  if (after && after !== before)
    directory.addManagedIdentity(tx, { objectId: after, clientId: tx.random.uuid(), displayName: resource.name, resourceId: resource.id });
}
