import type { FieldError } from '../kernel/field-error.ts';
import { groupOf, type ParsedId, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from './ids.ts';
import { LOCATIONS } from './locations.ts';
import type { CloudError } from './resource.ts';
import { type Caller, Refusal } from './resource-type.ts';

/** The catalogue of ARM's own refusals: codes and wordings as Azure Resource Manager answers them. */

export const refuse = (status: number, code: string, message: string, target?: string): Refusal =>
  new Refusal(status, { code, message, ...(target && { target }) });

/** What is not built yet says so by name (DESIGN §8). */
export const notImplemented = (what: string): Refusal => refuse(501, 'NotImplemented', `Slipway does not implement ${what} yet.`, what);

export const missingApiVersion = (): Refusal =>
  refuse(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.');
export const invalidApiVersion = (version: string): Refusal =>
  refuse(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version}' is invalid. The value must have the form 'YYYY-MM-DD' or 'YYYY-MM-DD-preview'.`,
  );

/** `reason` is the `error` of RFC 6750, with its description. */
export const unauthenticated = (
  message: string,
  code: string,
  authority: string,
  reason?: { error: string; description: string },
): Refusal =>
  new Refusal(
    401,
    { code, message },
    {
      'www-authenticate':
        `Bearer authorization_uri="${authority}"` + (reason ? `, error="${reason.error}", error_description="${reason.description}"` : ''),
    },
  );

export const authorizationFailed = (caller: Caller, action: string, scope: string): Refusal =>
  refuse(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

export const linkedAuthorizationFailed = (caller: Caller, action: string, scope: string, linked: string, linkedScope: string): Refusal =>
  refuse(
    403,
    'LinkedAuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' has permission to perform action '${action}' on scope '${scope}'; however, it does not have permission to perform action(s) '${linked}' on the linked scope(s) '${linkedScope}' (respectively) or the linked scope(s) are invalid.`,
  );

export const resourceNotFound = (id: ParsedId): Refusal => {
  if (id.type === SUBSCRIPTION_TYPE)
    return refuse(404, 'SubscriptionNotFound', `The subscription '${id.subscription}' could not be found.`);
  if (id.type === RESOURCE_GROUP_TYPE)
    return refuse(404, 'ResourceGroupNotFound', `Resource group '${id.resourceGroup}' could not be found.`);
  const names = id.id.slice(id.id.toLowerCase().lastIndexOf('/providers/')).split('/').slice(3);
  const path = [id.namespace, ...names].join('/');
  const where = id.resourceGroup ? ` under resource group '${id.resourceGroup}'` : '';
  return refuse(
    404,
    'ResourceNotFound',
    `The Resource '${path}'${where} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
};
export const parentNotFound = (verb: 'read' | 'write', type: string, parent: string): Refusal =>
  refuse(
    404,
    'ParentResourceNotFound',
    `Failed to perform '${verb}' on resource(s) of type '${type.slice(type.indexOf('/') + 1)}', because the parent resource '${parent}' could not be found.`,
  );
export const notFound = (message: string): Refusal => refuse(404, 'NotFound', message);
export const invalidNamespace = (namespace: string): Refusal =>
  refuse(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
export const invalidResourceType = (type: string, namespace: string): Refusal =>
  refuse(404, 'InvalidResourceType', `The resource type '${type}' could not be found in the namespace '${namespace}'.`);
export const noProviderIn = (location: string, apiVersion: string): Refusal =>
  refuse(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${location}' and API version '${apiVersion}' for type 'locations'. The supported locations are '${LOCATIONS.map(({ name }) => name).join(', ')}'.`,
  );
export const methodNotAllowed = (method: string, allow: readonly string[]): Refusal =>
  new Refusal(
    405,
    { code: 'MethodNotAllowed', message: `The requested resource does not support http method '${method}'.` },
    { allow: allow.join(', ') },
  );

export const invalidContent = (detail: string): Refusal =>
  refuse(400, 'InvalidRequestContent', `The request content was invalid and could not be deserialized: '${detail}'.`);
export const contentTooLarge = (limitBytes: number): Refusal =>
  refuse(413, 'RequestContentTooLarge', `The request content size exceeds the maximum size of ${limitBytes / 1024 / 1024} MB.`);

/** Two entries of one inline list with the same name, as Azure's network provider says it. */
export const duplicateChild = (id: string, path: string, name: string): Refusal =>
  new Refusal(400, {
    code: 'InvalidRequestFormat',
    message: `Cannot parse the request: ${path} names '${name}' twice.`,
    target: path,
    details: [{ code: 'DuplicateResourceName', message: `Resource ${id} has two child resources with the same name (${name}).` }],
  });

export const groupBeingDeleted = (name: string): Refusal =>
  refuse(409, 'ResourceGroupBeingDeleted', `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`);
export const otherLocation = (id: string, name: string, existing: string, wanted: string): Refusal =>
  refuse(
    409,
    'InvalidResourceLocation',
    `The resource '${name}' already exists in location '${existing}' in resource group '${groupOf(id).resourceGroup}'. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`,
  );
export const otherGroupLocation = (existing: string, wanted: string): Refusal =>
  refuse(
    409,
    'InvalidResourceGroupLocation',
    `Invalid resource group location '${wanted}'. The Resource group already exists in location '${existing}'.`,
  );
/** az and azurerm know it by its code; az registers the namespace and goes on. */
export const notRegistered = (namespace: string): Refusal => {
  const code = 'MissingSubscriptionRegistration';
  const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
  return new Refusal(409, { code, message, details: [{ code, message, target: namespace }] });
};
export const operationInProgress = (id: string): Refusal =>
  refuse(
    409,
    'AnotherOperationInProgress',
    `Another operation on this or dependent resource is in progress: '${id}'. Retry when it has ended.`,
  );
/** The 412 of a conditional write; providers spell its code in two ways. */
export const preconditionFailed = (
  detail = 'The etag provided in the If-Match header does not match the current etag of the resource.',
  code: 'PreconditionFailed' | 'PreConditionFailed' = 'PreconditionFailed',
): Refusal => refuse(412, code, detail);

/** Errors of fields whose `code` is Azure's own carry Azure's own sentence in `detail`. */
export function cloudErrorOf(error: FieldError): CloudError {
  if (error.code) return { code: error.code, message: error.detail, ...(error.path && { target: error.path }) };
  return { code: 'InvalidParameter', message: sentence(error), target: error.path };
}

function sentence({ kind, path, detail, value }: FieldError): string {
  switch (kind) {
    case 'required':
      return `The parameter ${path} is required${detail ? `: ${detail}` : '.'}`;
    case 'duplicate':
      return `The value of parameter ${path} is invalid. Error details: duplicate value ${JSON.stringify(value)}.`;
    case 'notFound':
      return `The value of parameter ${path} is invalid. Error details: ${JSON.stringify(value)} was not found.`;
    default:
      return `The value of parameter ${path} is invalid. Error details: ${detail}`;
  }
}

/** One error is answered as itself, several as MultipleErrorsOccurred with all of them as details; the same one twice counts once. */
export function refuseFields(errors: readonly FieldError[]): Refusal {
  const all = [...new Map(errors.map(cloudErrorOf).map((error) => [`${error.code} ${error.target} ${error.message}`, error])).values()];
  // What Azure takes and we don't build is a 501; what is wrong in Azure too is said instead of it.
  const wrong = all.filter(({ code }) => code !== 'NotImplemented');
  const [status, details] = wrong.length > 0 ? [400, wrong] : [501, all];
  const [first] = details;
  if (first && details.length === 1) return new Refusal(status, first);
  return new Refusal(status, {
    code: 'MultipleErrorsOccurred',
    message: 'Multiple errors occurred. Please see details.',
    details,
  });
}
