import type { JsonObject } from '../../kernel/json.ts';
import type { ArmCore } from '../arm.ts';
import { BUILT_IN_ROLES, builtInRole } from '../authorization/built-in-roles.ts';
import { builtInRoleBody, customRolesAt } from '../authorization/role-definition.ts';
import { refuse } from '../errors.ts';
import { getResource } from '../estate.ts';
import { compileFilter } from '../filter.ts';
import { collectionOf, groupOf, keyOf, subscriptionId } from '../ids.ts';
import { objectAt, textAt } from '../merge.ts';
import {
  assignmentsOf,
  covers,
  customRole,
  permissionsOf,
  ROLE_ASSIGNMENT_TYPE,
  ROLE_DEFINITION_TYPE,
  scopeOfAssignment,
} from '../rbac.ts';
import type { Resource } from '../resource.ts';
import type { ActionResult, Route, RouteContext } from '../resource-type.ts';

const DEFINITIONS = `{scope}/providers/${ROLE_DEFINITION_TYPE}`;
const ASSIGNMENTS = `{scope}/providers/${ROLE_ASSIGNMENT_TYPE}`;
const DEFINITION_READ = `${ROLE_DEFINITION_TYPE}/read`;

/** Reads of role definitions and assignments; writes are those of their resource types. */
export const authorizationRoutes = (arm: ArmCore): readonly Route[] => [
  { method: 'GET', path: DEFINITIONS, permission: DEFINITION_READ, run: (context) => listDefinitions(arm, context) },
  {
    method: 'GET',
    path: `${DEFINITIONS}/{guid}`,
    permission: DEFINITION_READ,
    run: (context) => ({ status: 200, body: definition(arm, context) }),
  },
  ...(['PUT', 'DELETE'] as const).map(
    (method): Route => ({
      method,
      path: `${DEFINITIONS}/{guid}`,
      permission: `${ROLE_DEFINITION_TYPE}/${method === 'PUT' ? 'write' : 'delete'}`,
      run: (context) => (method === 'PUT' ? putDefinition(arm, context) : deleteDefinition(arm, context)),
    }),
  ),
  { method: 'GET', path: ASSIGNMENTS, permission: `${ROLE_ASSIGNMENT_TYPE}/read`, run: (context) => listAssignments(arm, context) },
  {
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/permissions',
    permission: undefined,
    run: ({ reader, caller, scope }) => ({
      status: 200,
      body: {
        value: [caller.objectId, ...arm.directory.groupsOf(reader, caller.objectId)]
          .flatMap((principal) => assignmentsOf(reader, principal))
          .filter((assignment) => covers(scopeOfAssignment(assignment), keyOf(scope)))
          .flatMap((assignment) => permissionsOf(reader, textAt(assignment.desired, 'roleDefinitionId')))
          .map(({ actions, notActions, dataActions, notDataActions }) => ({ actions, notActions, dataActions, notDataActions })),
      },
    }),
  },
];

const subscriptionOf = (scope: string): string => {
  const { subscription } = groupOf(scope);
  return subscription ? subscriptionId(subscription) : '';
};

/** `roleName eq 'acrpull'` (any casing), `type eq 'BuiltInRole'`, `atScopeAndBelow()`. */
function listDefinitions(arm: ArmCore, { reader, query, scope }: RouteContext): ActionResult {
  const text = (query.get('$filter') ?? '').replace(/(?:and\s+)?atScopeAndBelow\(\)(?:\s+and)?/i, '');
  const filter = compileFilter(text);
  const bodies: JsonObject[] = [
    ...BUILT_IN_ROLES.map((role) => builtInRoleBody(role, subscriptionOf(scope))),
    ...customRolesAt(reader, keyOf(scope)).map((role) => arm.render(reader, role)),
  ];
  const value = bodies.filter((body) =>
    filter((field) => {
      const properties = objectAt(body, 'properties');
      return field === 'rolename' ? textAt(properties, 'roleName') : field === 'type' ? textAt(properties, 'type') : undefined;
    }),
  );
  return { status: 200, body: { value } };
}

function definition(arm: ArmCore, { reader, parameters, scope }: RouteContext): JsonObject {
  const guid = parameters['guid'] ?? '';
  const builtIn = builtInRole(guid);
  if (builtIn) return builtInRoleBody(builtIn, subscriptionOf(scope));
  const custom = customRole(reader, guid);
  if (custom) return arm.render(reader, custom);
  throw refuse(404, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${guid}' does not exist.`);
}

const definitionId = ({ scope, parameters }: RouteContext): string =>
  `${scope === '/' ? '' : scope}/providers/${ROLE_DEFINITION_TYPE}/${parameters['guid'] ?? ''}`;

function refuseBuiltIn({ parameters }: RouteContext): void {
  if (builtInRole(parameters['guid'] ?? ''))
    throw refuse(400, 'CannotUpdateOrDeleteBuiltInRole', 'Built-in roles cannot be updated or deleted.');
}

function putDefinition(arm: ArmCore, context: RouteContext): ActionResult {
  refuseBuiltIn(context);
  const put = context.transact((tx) => {
    const existing = customRole(tx, context.parameters['guid'] ?? '');
    return arm.putResource(
      tx,
      existing?.id ?? definitionId(context),
      { properties: objectAt(context.body, 'properties') },
      { caller: context.caller },
    );
  });
  return { status: 201, body: arm.render(context.reader, put.resource) };
}

function deleteDefinition(arm: ArmCore, context: RouteContext): ActionResult {
  refuseBuiltIn(context);
  const existing = customRole(context.reader, context.parameters['guid'] ?? '');
  if (!existing) return { status: 204 };
  const body = arm.render(context.reader, existing);
  context.transact((tx) => arm.deleteResource(tx, existing.id, { caller: context.caller }));
  return { status: 200, body };
}

/**
 * Without a filter: at the scope, above and below it. `atScope()`: at and above. `principalId eq`: of one principal.
 * `assignedTo('x')`: of a principal and its groups.
 */
function listAssignments(arm: ArmCore, { reader, query, scope }: RouteContext): ActionResult {
  const filter = query.get('$filter') ?? '';
  const key = keyOf(scope) || '/';
  if (scope !== '/' && scope !== '' && groupOf(scope).subscription && !getResource(reader, subscriptionOf(scope)))
    throw refuse(404, 'SubscriptionNotFound', `The subscription '${groupOf(scope).subscription}' could not be found.`);
  const atScope = /atscope\(\)/i.test(filter);
  const principal = /principalid\s+eq\s+'?([0-9a-f-]{36})/i.exec(filter)?.[1]?.toLowerCase();
  const assignedTo = /assignedto\('([^']*)'\)/i.exec(filter)?.[1]?.toLowerCase();
  const role = /roledefinitionid\s+eq\s+'([^']*)'/i.exec(filter)?.[1]?.toLowerCase();
  if (filter !== '' && !atScope && !principal && !assignedTo && !role)
    throw refuse(
      400,
      'UnsupportedQuery',
      `The filter '${filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
    );
  const subject = principal ?? assignedTo;
  const candidates = subject
    ? [subject, ...(assignedTo ? arm.directory.groupsOf(reader, subject) : [])].flatMap((id) => assignmentsOf(reader, id))
    : reader.list<Resource>(collectionOf(ROLE_ASSIGNMENT_TYPE)).map((entry) => entry.value);
  const value = candidates
    .filter((assignment) => {
      const at = scopeOfAssignment(assignment);
      return covers(at, key) || (!atScope && covers(key, at));
    })
    .filter((assignment) => !role || textAt(assignment.desired, 'roleDefinitionId').toLowerCase().endsWith(role.slice(-36)))
    .map((assignment) => arm.render(reader, assignment));
  return { status: 200, body: { value } };
}
