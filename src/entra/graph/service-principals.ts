import type { Entry } from '../../kernel/collection.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { applicationByAppId, SERVICE_PRINCIPALS, type ServicePrincipal, servicePrincipalByAppId, tenantOf } from '../directory.ts';
import { createServicePrincipal as makeServicePrincipal, passwordCredential, removePrincipal } from '../principals.ts';
import { credentialFields } from './applications.ts';
import { badRequest, GraphError, notFound } from './errors.ts';
import { type Answer, type Exchange, listAnswer, objectAnswer, optionalText, textField, write } from './exchange.ts';
import { renderServicePrincipal } from './render.ts';

const CONTEXT = 'servicePrincipals';

const render = ({ ports }: Exchange, value: ServicePrincipal): JsonObject => renderServicePrincipal(value, tenantOf(ports.world.reader).id);

export const listServicePrincipals = (exchange: Exchange): Answer => {
  const all = exchange.ports.world.reader.list<ServicePrincipal>(SERVICE_PRINCIPALS);
  return listAnswer(
    exchange,
    CONTEXT,
    all.map(({ value }) => render(exchange, value)),
  );
};

export const getServicePrincipal = (exchange: Exchange): Answer => objectAnswer(exchange, CONTEXT, render(exchange, find(exchange).value));

export function createServicePrincipal(exchange: Exchange): Answer {
  const appId = textField(exchange.body, 'appId');
  const { reader } = exchange.ports.world;
  const application = applicationByAppId(reader, appId);
  if (!application)
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`, 'Request_BadRequest');
  if (servicePrincipalByAppId(reader, appId))
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created because it is already in use: a service principal with appId '${appId}' exists.`,
    );
  const value = write(exchange, (tx) => makeServicePrincipal(tx, { appId, displayName: application.displayName }));
  return objectAnswer(exchange, CONTEXT, render(exchange, value), 201);
}

export function updateServicePrincipal(exchange: Exchange): Answer {
  const { body } = exchange;
  const { key, value } = find(exchange);
  write(exchange, (tx) =>
    tx.put<ServicePrincipal>(SERVICE_PRINCIPALS, key, {
      ...value,
      displayName: optionalText(body, 'displayName') ?? value.displayName,
      accountEnabled: typeof body.accountEnabled === 'boolean' ? body.accountEnabled : value.accountEnabled,
    }),
  );
  return { status: 204 };
}

export function deleteServicePrincipal(exchange: Exchange): Answer {
  const { key } = find(exchange);
  write(exchange, (tx) => removePrincipal(tx, SERVICE_PRINCIPALS, key));
  return { status: 204 };
}

export function addServicePrincipalPassword(exchange: Exchange): Answer {
  const { ports, base, body } = exchange;
  const { key, value } = find(exchange);
  if (value.servicePrincipalType === 'ManagedIdentity') throw badRequest('A managed identity has no password credentials.');
  const secret = ports.newSecret();
  const wanted = (body.passwordCredential ?? {}) as JsonObject; // checked field by field
  const { secretHash: _, ...shown } = write(exchange, (tx) => {
    const made = passwordCredential(tx, secret, credentialFields(wanted));
    tx.put<ServicePrincipal>(SERVICE_PRINCIPALS, key, { ...value, passwordCredentials: [...value.passwordCredentials, made] });
    return made;
  });
  return {
    status: 200,
    body: {
      '@odata.context': `${base}/$metadata#microsoft.graph.passwordCredential`,
      customKeyIdentifier: null,
      ...shown,
      secretText: secret,
    },
  };
}

/** By object id, or as `servicePrincipals(appId='…')`. */
function find({ ports, parameters }: Exchange): Entry<ServicePrincipal> {
  const [id = ''] = parameters;
  const { reader } = ports.world;
  const byAppId = /^appid=(.+)$/i.exec(id)?.[1];
  const key = byAppId ? servicePrincipalByAppId(reader, byAppId)?.id : id.toLowerCase();
  const entry = key === undefined ? undefined : reader.get<ServicePrincipal>(SERVICE_PRINCIPALS, key);
  if (!entry) throw notFound(id);
  return entry;
}
