import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import { tokenRequest } from '../authn/token-request.ts';
import { badRequest } from '../status.ts';
import { bindPod, evictPod } from '../write/pod-subresources.ts';
import { metadataOf, readBody, requireWriteOptions } from './body.ts';
import { isDryRun, type ResourceExchange, writeContextOf } from './exchange.ts';
import { parseRevision } from './list-options.ts';
import { negotiate } from './negotiate.ts';
import type { Later } from './ports.ts';
import { documentResponse } from './respond.ts';

/** Subresources whose body is of another kind than the object's, by "pods/eviction". */
export const ownSubresources: Readonly<Record<string, (exchange: ResourceExchange) => Later<HttpResponse>>> = {
  'pods/binding': binding,
  'pods/eviction': eviction,
  'serviceaccounts/token': tokenRequest,
};

const CREATED: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** POST of pods/x/binding, as schedulers send it. */
function binding(exchange: ResourceExchange): HttpResponse {
  const { ports, resource, info, query } = exchange;
  requireWriteOptions(query, 'CreateOptions');
  const form = negotiate(exchange.request.headers.accept, false);
  const body = readBody(exchange, { group: '', version: 'v1', kind: 'Binding' });
  requireNamed(body, info.name);
  const written = ports.world.transact((tx) => bindPod(writeContextOf(exchange, tx), resource.kind, info.namespace, info.name, body));
  return {
    ...documentResponse(exchange, CREATED, 201, form.format),
    ...(written.revision !== undefined && { revision: written.revision }),
  };
}

/** POST of pods/x/eviction, as drain sends it. */
function eviction(exchange: ResourceExchange): HttpResponse {
  const { ports, resource, info, query } = exchange;
  requireWriteOptions(query, 'CreateOptions');
  const form = negotiate(exchange.request.headers.accept, false);
  const body = readBody(exchange, { group: 'policy', version: 'v1', kind: 'Eviction' });
  requireNamed(body, info.name);
  const options = isObject(body.deleteOptions) ? body.deleteOptions : {};
  const preconditions = isObject(options.preconditions) ? options.preconditions : {};
  const revision = typeof preconditions.resourceVersion === 'string' ? parseRevision(preconditions.resourceVersion) : undefined;
  const isDry = isDryRun(query) || (Array.isArray(options.dryRun) && options.dryRun.includes('All'));
  const written = ports.world.transact((tx) =>
    evictPod(writeContextOf(exchange, tx, isDry), resource.kind, info.namespace, info.name, {
      ...(typeof options.gracePeriodSeconds === 'number' && { gracePeriodSeconds: options.gracePeriodSeconds }),
      ...(typeof preconditions.uid === 'string' && { uid: preconditions.uid }),
      ...(revision !== undefined && { expectedRevision: revision }),
    }),
  );
  return {
    ...documentResponse(exchange, CREATED, 201, form.format),
    ...(written.revision !== undefined && { revision: written.revision }),
  };
}

function requireNamed(body: JsonObject, name: string): void {
  const sent = metadataOf(body).name;
  if (sent && sent !== name) throw badRequest(`the name of the object (${String(sent)}) does not match the name on the URL (${name})`);
}
