import type { Entry } from '../../kernel/collection.ts';
import type { JsonObject } from '../../kernel/json.ts';
import {
  APPLICATIONS,
  type Application,
  applicationByAppId,
  type FederatedCredential,
  type KeyCredential,
  SERVICE_PRINCIPALS,
  servicePrincipalByAppId,
  tenantOf,
} from '../directory.ts';
import { createApplication as makeApplication, passwordCredential, removePrincipal } from '../principals.ts';
import { badRequest, GraphError, notFound } from './errors.ts';
import {
  type Answer,
  type Exchange,
  listAnswer,
  objectAnswer,
  objects,
  optionalDate,
  optionalText,
  textField,
  texts,
  write,
} from './exchange.ts';
import { renderApplication, renderFederated } from './render.ts';

const CONTEXT = 'applications';
/** Federated credentials per application, as Entra allows. */
const MAX_FEDERATED = 20;

const render = ({ ports }: Exchange, application: Application): JsonObject =>
  renderApplication(application, tenantOf(ports.world.reader).defaultDomain);

export const listApplications = (exchange: Exchange): Answer => {
  const all = exchange.ports.world.reader.list<Application>(APPLICATIONS);
  return listAnswer(
    exchange,
    CONTEXT,
    all.map(({ value }) => render(exchange, value)),
  );
};

export const getApplication = (exchange: Exchange): Answer => objectAnswer(exchange, CONTEXT, render(exchange, find(exchange).value));

export function createApplication(exchange: Exchange): Answer {
  const { body } = exchange;
  const version = versionOf(body);
  const application = write(exchange, (tx) =>
    makeApplication(tx, {
      displayName: textField(body, 'displayName'),
      identifierUris: texts(body, 'identifierUris'),
      signInAudience: optionalText(body, 'signInAudience') ?? 'AzureADMyOrg',
      requestedAccessTokenVersion: version ?? null,
      keyCredentials: objects(body, 'keyCredentials').map((item) => keyCredential(item, tx.nowIso, tx.random.uuid())),
    }),
  );
  return objectAnswer(exchange, CONTEXT, render(exchange, application), 201);
}

export function updateApplication(exchange: Exchange): Answer {
  const { body } = exchange;
  const { key, value } = find(exchange);
  const version = versionOf(body);
  write(exchange, (tx) =>
    tx.put<Application>(APPLICATIONS, key, {
      ...value,
      displayName: optionalText(body, 'displayName') ?? value.displayName,
      ...(body.identifierUris !== undefined && { identifierUris: texts(body, 'identifierUris') }),
      ...(version !== undefined && { requestedAccessTokenVersion: version }),
      ...(body.keyCredentials !== undefined && {
        keyCredentials: objects(body, 'keyCredentials').map((item) =>
          keyCredential(item, tx.nowIso, tx.random.uuid(), value.keyCredentials),
        ),
      }),
    }),
  );
  return { status: 204 };
}

/** Deletes the application and the service principal that it has here. */
export function deleteApplication(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  write(exchange, (tx) => {
    tx.delete(APPLICATIONS, key);
    const servicePrincipal = servicePrincipalByAppId(tx, value.appId);
    if (servicePrincipal) removePrincipal(tx, SERVICE_PRINCIPALS, servicePrincipal.id);
  });
  return { status: 204 };
}

/** Makes a client secret and shows it, this once. */
export function addPassword(exchange: Exchange): Answer {
  const { ports, base, body } = exchange;
  const { key } = find(exchange);
  const wanted = (body.passwordCredential ?? {}) as JsonObject; // checked field by field
  const secret = ports.newSecret();
  const credential = write(exchange, (tx) => {
    const made = passwordCredential(tx, secret, credentialFields(wanted));
    const { value } = tx.get<Application>(APPLICATIONS, key) as Entry<Application>; // found above, and nothing ran since
    tx.put<Application>(APPLICATIONS, key, { ...value, passwordCredentials: [...value.passwordCredentials, made] });
    return made;
  });
  const { secretHash: _, ...shown } = credential;
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

export function removePassword(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  const keyId = textField(exchange.body, 'keyId');
  const left = value.passwordCredentials.filter((item) => item.keyId !== keyId);
  if (left.length === value.passwordCredentials.length) throw badRequest(`No password credential found with keyId: ${keyId}.`);
  write(exchange, (tx) => tx.put<Application>(APPLICATIONS, key, { ...value, passwordCredentials: left }));
  return { status: 204 };
}

export const listFederated = (exchange: Exchange): Answer => {
  const { key, value } = find(exchange);
  return listAnswer(exchange, `applications/${key}/federatedIdentityCredentials`, value.federatedIdentityCredentials.map(renderFederated));
};

export function createFederated(exchange: Exchange): Answer {
  const { body } = exchange;
  const { key, value } = find(exchange);
  const present = value.federatedIdentityCredentials;
  const wanted = { name: textField(body, 'name'), issuer: textField(body, 'issuer'), subject: textField(body, 'subject') };
  if (present.length >= MAX_FEDERATED) throw badRequest(`An application may have at most ${MAX_FEDERATED} federated identity credentials.`);
  if (present.some(({ issuer, subject, name }) => name === wanted.name || (issuer === wanted.issuer && subject === wanted.subject)))
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      'FederatedIdentityCredential with the same name, or issuer and subject, already exists.',
    );
  const made = write(exchange, (tx) => {
    const audiences = texts(body, 'audiences');
    const description = optionalText(body, 'description');
    const credential: FederatedCredential = { id: tx.random.uuid(), ...wanted, audiences, ...(description && { description }) };
    tx.put<Application>(APPLICATIONS, key, { ...value, federatedIdentityCredentials: [...present, credential] });
    return credential;
  });
  return objectAnswer(exchange, `applications('${key}')/federatedIdentityCredentials`, renderFederated(made), 201);
}

export function deleteFederated(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  const [, wanted = ''] = exchange.parameters;
  const left = value.federatedIdentityCredentials.filter(({ id, name }) => id !== wanted && name !== wanted);
  if (left.length === value.federatedIdentityCredentials.length) throw notFound(wanted);
  write(exchange, (tx) => tx.put<Application>(APPLICATIONS, key, { ...value, federatedIdentityCredentials: left }));
  return { status: 204 };
}

export function credentialFields(body: JsonObject): Parameters<typeof passwordCredential>[2] {
  const startDateTime = optionalDate(body, 'startDateTime');
  const endDateTime = optionalDate(body, 'endDateTime');
  return {
    displayName: optionalText(body, 'displayName') ?? null,
    ...(startDateTime && { startDateTime }),
    ...(endDateTime && { endDateTime }),
  };
}

/** A client that changes the list sends those that stay without their key. */
function keyCredential(body: JsonObject, nowIso: string, newId: string, present: readonly KeyCredential[] = []): KeyCredential {
  const keyId = optionalText(body, 'keyId') ?? newId;
  const kept = present.find((item) => item.keyId === keyId);
  if (kept && !body.key) return kept;
  return {
    keyId,
    displayName: optionalText(body, 'displayName') ?? null,
    type: optionalText(body, 'type') ?? 'AsymmetricX509Cert',
    usage: optionalText(body, 'usage') ?? 'Verify',
    key: textField(body, 'key'),
    startDateTime: optionalDate(body, 'startDateTime') ?? nowIso,
    endDateTime: optionalDate(body, 'endDateTime') ?? `${Number(nowIso.slice(0, 4)) + 1}${nowIso.slice(4)}`,
  };
}

function versionOf(body: JsonObject): number | null | undefined {
  const api = body.api as JsonObject | null | undefined; // read field by field
  const version = api?.requestedAccessTokenVersion;
  if (version === undefined) return undefined;
  if (version !== null && version !== 1 && version !== 2)
    throw badRequest("Invalid value specified for property 'requestedAccessTokenVersion'.");
  return version;
}

/** By object id, or as `applications(appId='…')`. */
function find({ ports, parameters }: Exchange): Entry<Application> {
  const [id = ''] = parameters;
  const { reader } = ports.world;
  const byAppId = /^appid=(.+)$/i.exec(id)?.[1];
  const key = byAppId ? applicationByAppId(reader, byAppId)?.id : id.toLowerCase();
  const entry = key === undefined ? undefined : reader.get<Application>(APPLICATIONS, key);
  if (!entry) throw notFound(id);
  return entry;
}
