import type { IndexDefinition } from '../kernel/collection.ts';
import type { Json } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';
import { builtInRole, type Permission } from './authorization/built-in-roles.ts';
import { collectionOf, keyOf, nameOf } from './ids.ts';
import { objectsAt, stringsAt, textAt } from './merge.ts';
import type { Resource } from './resource.ts';
import type { Directory } from './resource-type.ts';

export const ROLE_ASSIGNMENT_TYPE = 'Microsoft.Authorization/roleAssignments';
export const ROLE_DEFINITION_TYPE = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = collectionOf(ROLE_ASSIGNMENT_TYPE);
const DEFINITIONS = collectionOf(ROLE_DEFINITION_TYPE);
const PRINCIPAL = 'principal';

/** Files role assignments under their principal: authorization looks at those of the caller alone. */
export const roleAssignmentIndex: IndexDefinition = {
  class: ASSIGNMENTS,
  name: PRINCIPAL,
  // The class holds role assignments only.
  keys: (value: Json) => [textAt((value as Resource).desired, 'principalId').toLowerCase()],
};

/** Scope that an assignment stands at, as a key; "/" for the tenant root. */
export const scopeOfAssignment = (assignment: Resource): string => textAt(assignment.observed, 'scope').toLowerCase() || '/';

/** True when what holds at `outer` holds at `inner` too. Both are keys. */
export const covers = (outer: string, inner: string): boolean => outer === '/' || inner === outer || inner.startsWith(`${outer}/`);

export const assignmentsOf = (reader: Reader, principal: string): Resource[] =>
  reader.indexed<Resource>(ASSIGNMENTS, PRINCIPAL, principal.toLowerCase()).map((entry) => entry.value);

/** Permissions of a role definition, named by its id at any scope. */
export function permissionsOf(reader: Reader, roleDefinitionId: string): readonly Permission[] {
  const guid = nameOf(roleDefinitionId).toLowerCase();
  const builtIn = builtInRole(guid);
  if (builtIn) return [builtIn];
  const custom = customRole(reader, guid);
  return custom ? objectsAt(custom.desired, 'permissions').map(permissionOf) : [];
}

const permissionOf = (entry: Parameters<typeof stringsAt>[0]): Permission => ({
  actions: stringsAt(entry, 'actions'),
  notActions: stringsAt(entry, 'notActions'),
  dataActions: stringsAt(entry, 'dataActions'),
  notDataActions: stringsAt(entry, 'notDataActions'),
});

/** A custom role by its GUID: they are few, and stored under the scope that made them. */
export const customRole = (reader: Reader, guid: string): Resource | undefined =>
  reader.list<Resource>(DEFINITIONS).find((entry) => entry.value.name.toLowerCase() === guid.toLowerCase())?.value;

/**
 * Whether an action fits a pattern (any casing); "*" stands for any characters, slashes included. Linear but for the last "*": roles
 * are written by clients, and a regular expression of theirs could take for ever.
 */
export function matches(pattern: string, action: string): boolean {
  const [p, a] = [pattern.toLowerCase(), action.toLowerCase()];
  let [i, j] = [0, 0];
  let star = -1;
  let resume = 0;
  while (j < a.length) {
    if (p[i] === '*') {
      star = i++;
      resume = j;
    } else if (i < p.length && p[i] === a[j]) {
      i++;
      j++;
    } else if (star >= 0) {
      i = star + 1;
      j = ++resume;
    } else return false;
  }
  while (p[i] === '*') i++;
  return i === p.length;
}

/** Whether a principal, itself or through its groups, has any role that reaches into a scope: on it, above it or below it. */
export function reaches(reader: Reader, directory: Directory, principal: string, scope: string): boolean {
  const key = keyOf(scope) || '/';
  return [principal, ...directory.groupsOf(reader, principal)].some((subject) =>
    assignmentsOf(reader, subject).some((assignment) => {
      const at = scopeOfAssignment(assignment);
      return covers(at, key) || covers(key, at);
    }),
  );
}

/** Whether a principal, itself or through its groups, may do `action` at `scope`. Cost: O(assignments of these principals). */
export function isAllowed(
  reader: Reader,
  directory: Directory,
  principal: string,
  action: string,
  scope: string,
  plane: 'control' | 'data' = 'control',
): boolean {
  const key = keyOf(scope) || '/';
  for (const subject of [principal, ...directory.groupsOf(reader, principal)])
    for (const assignment of assignmentsOf(reader, subject)) {
      if (!covers(scopeOfAssignment(assignment), key)) continue;
      for (const permission of permissionsOf(reader, textAt(assignment.desired, 'roleDefinitionId'))) {
        const [granted, denied] =
          plane === 'data' ? [permission.dataActions, permission.notDataActions] : [permission.actions, permission.notActions];
        if (granted.some((pattern) => matches(pattern, action)) && !denied.some((pattern) => matches(pattern, action))) return true;
      }
    }
  return false;
}
