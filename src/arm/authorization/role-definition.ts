import { required } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { refuse } from '../errors.ts';
import { collectionOf } from '../ids.ts';
import { objectsAt, stringsAt, textAt } from '../merge.ts';
import { covers, ROLE_ASSIGNMENT_TYPE, ROLE_DEFINITION_TYPE } from '../rbac.ts';
import type { Resource } from '../resource.ts';
import type { ResourceType } from '../resource-type.ts';
import { BUILT_IN_ROLES, type BuiltInRole } from './built-in-roles.ts';

/** Custom roles. The built-in ones are data, never stored; `routes/authorization.ts` shows both. */
export const roleDefinition: ResourceType = {
  name: ROLE_DEFINITION_TYPE,
  scope: 'extension',
  stateless: true,
  location: 'none',
  nameRule: {
    pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    detail: 'The role definition ID must be a GUID.',
  },
  without: ['PATCH'],
  defaults: (draft) => ({ ...draft, properties: { description: '', ...draft.properties, type: 'CustomRole' } }),
  validate: ({ properties }) => [
    ...(textAt(properties, 'roleName') ? [] : [required('properties.roleName')]),
    ...(stringsAt(properties, 'assignableScopes').length > 0 ? [] : [required('properties.assignableScopes')]),
    ...(objectsAt(properties, 'permissions').length > 0 ? [] : [required('properties.permissions')]),
  ],
  admit(draft, { reader }) {
    const name = textAt(draft.properties, 'roleName').toLowerCase();
    const taken =
      BUILT_IN_ROLES.some((role) => role.name.toLowerCase() === name) ||
      customRoles(reader).some((role) => role.name !== draft.name && textAt(role.desired, 'roleName').toLowerCase() === name);
    if (taken)
      throw refuse(
        409,
        'RoleDefinitionWithSameNameExists',
        `A custom role with the same name already exists in this directory. Use a different name`,
      );
    return [];
  },
  computed(_draft, { nowMs, caller }, previous) {
    const now = new Date(nowMs).toISOString();
    const by = caller?.objectId ?? '';
    return {
      createdOn: previous?.observed['createdOn'] ?? now,
      updatedOn: now,
      createdBy: previous?.observed['createdBy'] ?? by,
      updatedBy: by,
    };
  },
  refuseDelete(resource, reader) {
    const used = reader
      .list<Resource>(collectionOf(ROLE_ASSIGNMENT_TYPE))
      .some(({ value }) => textAt(value.desired, 'roleDefinitionId').toLowerCase().endsWith(resource.name.toLowerCase()));
    return used
      ? { status: 409, error: { code: 'RoleDefinitionHasAssignments', message: 'There are existing role assignments referencing role.' } }
      : undefined;
  },
};

const customRoles = (reader: Reader): Resource[] => reader.list<Resource>(collectionOf(ROLE_DEFINITION_TYPE)).map((entry) => entry.value);

/** Custom roles that may be assigned at a scope (a key). */
export const customRolesAt = (reader: Reader, scope: string): Resource[] =>
  customRoles(reader).filter((role) => stringsAt(role.desired, 'assignableScopes').some((outer) => covers(outer.toLowerCase(), scope)));

const BUILT_IN_SINCE = '2015-02-02T21:55:09.8806423Z';
/** A built-in role as ARM shows it below a subscription ("" for the tenant). */
export function builtInRoleBody(role: BuiltInRole, subscription: string): JsonObject {
  const { actions, notActions, dataActions, notDataActions } = role;
  return {
    properties: {
      roleName: role.name,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      createdOn: BUILT_IN_SINCE,
      updatedOn: BUILT_IN_SINCE,
      createdBy: null,
      updatedBy: null,
    },
    id: `${subscription}/providers/${ROLE_DEFINITION_TYPE}/${role.id}`,
    type: ROLE_DEFINITION_TYPE,
    name: role.id,
  };
}
