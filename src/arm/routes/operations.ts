import { notFound, refuse } from '../errors.ts';
import { getOperation } from '../estate.ts';
import { groupOf } from '../ids.ts';
import { AT_ONCE, operationBody } from '../operations.ts';
import type { Operation } from '../resource.ts';
import type { ActionResult, Route, RouteContext } from '../resource-type.ts';

const AGAIN = { 'retry-after': '1' };

function requireOperation({ reader, parameters }: RouteContext): Operation {
  const id = parameters['operation'] ?? '';
  const operation = getOperation(reader, id);
  const subscription = parameters['subscription']?.toLowerCase();
  if (!operation || groupOf(operation.resource).subscription.toLowerCase() !== subscription)
    throw notFound(`The operation '${id}' could not be found.`);
  return operation;
}

function status(context: RouteContext): ActionResult {
  const operation = requireOperation(context);
  const { subscription = '', namespace = '', location = '' } = context.parameters;
  const path = `/subscriptions/${subscription}/providers/${namespace}/locations/${location}/operations/${operation.id}`;
  const running = operation.status === 'InProgress';
  return { status: 200, body: operationBody(operation, path), headers: running ? AGAIN : AT_ONCE, pending: running };
}

/** `Location` polling: 202 until the end, then the result or nothing; a failure shows as the error that it is. */
function result(context: RouteContext): ActionResult {
  const operation = requireOperation(context);
  if (operation.status === 'InProgress') {
    const search = context.query.toString();
    const { subscription = '', namespace, location } = context.parameters;
    const base = namespace
      ? `/subscriptions/${subscription}/providers/${namespace}/locations/${location}`
      : `/subscriptions/${subscription}`;
    const location202 = context.url(`${base}/operationresults/${operation.id}?${search}`);
    return { status: 202, headers: { ...AGAIN, location: location202 }, pending: true };
  }
  if (operation.error) throw refuse(409, operation.error.code, operation.error.message, operation.error.target);
  return operation.result ? { status: 200, body: operation.result, headers: AT_ONCE } : { status: 204, headers: AT_ONCE };
}

const LOCATED = '/subscriptions/{subscription}/providers/{namespace}/locations/{location}';

/** Where clients poll long-running operations. An operation ends by its controller, never because it was asked for. */
export const operationRoutes: readonly Route[] = [
  ...['operations', 'operationStatuses', 'asyncOperations'].map(
    (segment): Route => ({ method: 'GET', path: `${LOCATED}/${segment}/{operation}`, permission: undefined, run: status }),
  ),
  { method: 'GET', path: `${LOCATED}/operationResults/{operation}`, permission: undefined, run: result },
  { method: 'GET', path: '/subscriptions/{subscription}/operationresults/{operation}', permission: undefined, run: result },
];
