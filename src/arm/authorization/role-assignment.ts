import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { refuse } from '../errors.ts';
import { keyOf, nameOf, parseId, sameId } from '../ids.ts';
import { textAt } from '../merge.ts';
import { assignmentsOf, permissionsOf, ROLE_ASSIGNMENT_TYPE } from '../rbac.ts';
import type { Draft, Resource } from '../resource.ts';
import type { Directory, ResourceType, WriteContext } from '../resource-type.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Scope that an assignment's or definition's id stands below: "/" at the tenant root. */
export const scopeOfId = (id: string): string => parseId(id)?.parent || '/';

export const roleAssignment = (directory: Directory): ResourceType => ({
  name: ROLE_ASSIGNMENT_TYPE,
  scope: 'extension',
  stateless: true,
  location: 'none',
  nameRule: { pattern: GUID, detail: 'The role assignment ID must be a GUID.' },
  readOnly: ['scope', 'createdOn', 'updatedOn', 'createdBy', 'updatedBy'],
  without: ['PATCH'],
  missing: (name) => ({ code: 'RoleAssignmentNotFound', message: `The role assignment '${name}' is not found.` }),
  defaults(draft, { reader }) {
    const principalType = textAt(draft.properties, 'principalType') || directory.kindOf(reader, textAt(draft.properties, 'principalId'));
    return { ...draft, properties: { ...draft.properties, ...(principalType && { principalType }) } };
  },
  validate: ({ properties }) => [
    ...['principalId', 'roleDefinitionId'].flatMap((name) => (textAt(properties, name) ? [] : [required(`properties.${name}`)])),
    ...(textAt(properties, 'principalId') && !GUID.test(textAt(properties, 'principalId'))
      ? [invalid('properties.principalId', properties['principalId'], 'must be a GUID')]
      : []),
  ],
  admit: (draft, context, previous) => admit(directory, draft, context, previous),
  computed(draft, { nowMs, caller }, previous) {
    const now = new Date(nowMs).toISOString();
    const by = caller?.objectId ?? '';
    return {
      scope: scopeOfId(draft.id),
      createdOn: previous?.observed['createdOn'] ?? now,
      updatedOn: now,
      createdBy: previous?.observed['createdBy'] ?? by,
      updatedBy: by,
    };
  },
  render: (properties, resource, reader) => ({
    condition: null,
    conditionVersion: null,
    description: null,
    delegatedManagedIdentityResourceId: null,
    principalType: directory.kindOf(reader, textAt(resource.desired, 'principalId')) ?? 'Unknown',
    ...properties,
  }),
});

function admit(directory: Directory, draft: Draft, { reader }: WriteContext, previous: Resource | undefined): FieldError[] {
  if (previous && ['principalId', 'roleDefinitionId'].some((name) => textAt(previous.desired, name) !== textAt(draft.properties, name)))
    throw refuse(
      403,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  const principal = textAt(draft.properties, 'principalId');
  const role = textAt(draft.properties, 'roleDefinitionId');
  if (permissionsOf(reader, role).length === 0)
    throw refuse(400, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${nameOf(role)}' does not exist.`);
  const twin = assignmentsOf(reader, principal).find(
    (other) =>
      keyOf(other.id) !== keyOf(draft.id) &&
      nameOf(textAt(other.desired, 'roleDefinitionId')).toLowerCase() === nameOf(role).toLowerCase() &&
      sameId(scopeOfId(other.id), scopeOfId(draft.id)),
  );
  if (twin) {
    const id = twin.name.replaceAll('-', '').toLowerCase();
    throw refuse(409, 'RoleAssignmentExists', `The role assignment already exists. The ID of the existing role assignment is ${id}.`);
  }
  const kind = directory.kindOf(reader, principal);
  // With a type given, Azure takes the principal on trust: it may not have been replicated yet.
  const declared = textAt(draft.properties, 'principalType');
  if (!kind && !previous && !declared)
    throw refuse(
      400,
      'PrincipalNotFound',
      `Principal ${principal.replaceAll('-', '')} does not exist in the directory. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    );
  if (kind && declared && declared !== kind)
    throw refuse(
      400,
      'UnmatchedPrincipalType',
      `The PrincipalId '${principal.replaceAll('-', '')}' has type '${kind}' , which is different from specified PrinciaplType '${declared}'.`,
    );
  return [];
}
