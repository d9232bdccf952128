import type { HttpResponse } from '../../kernel/http.ts';
import { collectionOf } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { badRequest, notFound, StatusError } from '../status.ts';
import type { WriteContext, Written } from '../write/context.ts';
import { createObject } from '../write/create.ts';
import { requireRevision, type UpdateOptions, updateObject } from '../write/update.ts';
import { readBody, requireWriteOptions, type Submitted, submitted } from './body.ts';
import { type ResourceExchange, writeContextOf } from './exchange.ts';
import { negotiate } from './negotiate.ts';
import { writtenResponse } from './respond.ts';

/** POST of a new object. */
export function create(exchange: ResourceExchange): HttpResponse {
  const { resource, ports, query } = exchange;
  requireWriteOptions(query, 'CreateOptions');
  negotiate(exchange.request.headers.accept, false);
  const { object, expectedRevision } = submitted(exchange, readBody(exchange, resource.gvk));
  if (expectedRevision !== undefined) throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  const written = ports.world.transact((tx) => createObject(versioned(exchange, tx), resource.kind, object));
  return writtenResponse(exchange, written, 201);
}

/** PUT of an object or of one of its parts. */
export function update(exchange: ResourceExchange): HttpResponse {
  const { resource, ports, query, info } = exchange;
  requireWriteOptions(query, 'UpdateOptions');
  negotiate(exchange.request.headers.accept, false);
  const sent = submitted(exchange, readBody(exchange, resource.gvk));
  requireName(sent.object, info.name);
  requireRevision(resource.kind, info.name, sent.expectedRevision);
  const written = ports.world.transact((tx) => putObject(exchange, tx, sent));
  return writtenResponse(exchange, written, written.outcome === 'created' ? 201 : 200);
}

type Tx = Parameters<typeof writeContextOf>[1];

/** The context of a write through the version of its path. */
export const versioned = (exchange: ResourceExchange, tx: Tx): WriteContext => ({
  ...writeContextOf(exchange, tx),
  door: exchange.resource,
});

function putObject(exchange: ResourceExchange, tx: Tx, sent: Submitted): Written {
  const { kind } = exchange.resource;
  const context = versioned(exchange, tx);
  const { info } = exchange;
  const isThere = tx.get(collectionOf(kind, context.scope), objectKey(info.namespace, info.name)) !== undefined;
  if (!isThere && kind.allowCreateOnUpdate && !info.subresource && sent.expectedUid === undefined) {
    return createObject(context, kind, sent.object);
  }
  if (!isThere) throw notFound(kind, info.name);
  return updateObject(context, kind, sent.object, updateOptions(exchange, sent));
}

/** What an update expects of the stored object, as the request says. */
export const updateOptions = (exchange: ResourceExchange, sent: Submitted): UpdateOptions => ({
  subresource: exchange.info.subresource,
  ...(sent.expectedRevision !== undefined && { expectedRevision: sent.expectedRevision }),
  ...(sent.expectedUid !== undefined && { expectedUid: sent.expectedUid }),
});

/** The body of an update names the object of the path. Throws 400. */
export function requireName(object: KubeObject, name: string): void {
  const sent = object.metadata.name;
  if (!sent) throw badRequest('name must be provided');
  if (sent !== name) throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${name})`);
}
