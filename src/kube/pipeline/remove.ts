import { invalid as invalidField } from '../../kernel/field-error.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import type { DeleteOptions } from '../cluster.ts';
import { served, shownObject } from '../encode/json.ts';
import { invalid, notFound, StatusError } from '../status.ts';
import type { Written } from '../write/context.ts';
import { deleteObject } from '../write/delete.ts';
import { readBody, requireWriteOptions } from './body.ts';
import { isDryRun, type ResourceExchange, writeContextOf } from './exchange.ts';
import { listOptions, parseRevision } from './list-options.ts';
import { negotiate } from './negotiate.ts';
import { select } from './read.ts';
import { isTrue } from './request-info.ts';
import { documentResponse, writtenResponse } from './respond.ts';

type Options = DeleteOptions & { readonly expectedRevision?: number; readonly dryRun: boolean; readonly orphanDependents?: boolean };

/** DELETE of one object. */
export function remove(exchange: ResourceExchange): HttpResponse {
  const { resource, info, ports } = exchange;
  const form = negotiate(exchange.request.headers.accept, false);
  const options = deleteOptions(exchange);
  const written = ports.world.transact((tx) =>
    deleteObject(writeContextOf(exchange, tx, options.dryRun), resource.kind, info.namespace, info.name, options),
  );
  const status = written.outcome !== 'deleted' && options.orphanDependents === false ? 202 : 200;
  if (written.outcome !== 'deleted' || resource.kind.returnsDeleted) return writtenResponse(exchange, written, status);
  const document = documentResponse(exchange, success(exchange, written), 200, form.format);
  return { ...document, ...(written.revision !== undefined && { revision: written.revision }) };
}

function success({ resource: { kind } }: ResourceExchange, { object }: Written): JsonObject {
  const { name, uid } = object.metadata;
  const details = { name, ...(kind.group && { group: kind.group }), kind: kind.resource, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** DELETE of a collection: of what the selectors choose, each object as by a DELETE of its own, all in one commit. */
export function removeCollection(exchange: ResourceExchange): HttpResponse {
  const { resource, ports } = exchange;
  const form = negotiate(exchange.request.headers.accept, true);
  const chosen = select(exchange, listOptions(exchange.query, resource.kind, false));
  const options = deleteOptions(exchange);
  ports.world.transact((tx) => {
    const context = writeContextOf(exchange, tx, options.dryRun);
    for (const { value } of chosen) deleteUnlessGone(context, exchange, value.metadata.namespace, value.metadata.name, options);
  });
  const items = chosen.map(({ value, revision }) => {
    const { kind: _, apiVersion: __, ...item } = shownObject(served(value, resource), revision);
    return item;
  });
  const revision = ports.world.reader.revision;
  const list = {
    kind: `${resource.kind.kind}List`,
    apiVersion: resource.apiVersion,
    metadata: { resourceVersion: String(revision) },
    items,
  };
  return { ...documentResponse(exchange, list, 200, form.format), revision };
}

function deleteUnlessGone(
  context: ReturnType<typeof writeContextOf>,
  { resource }: ResourceExchange,
  namespace: string | undefined,
  name: string,
  options: Options,
): void {
  try {
    deleteObject(context, resource.kind, namespace, name, options);
  } catch (error) {
    // Another deletion of the same call may have taken it along.
    if (!(error instanceof StatusError) || error.code !== notFound(resource.kind, name).code) throw error;
  }
}

const POLICIES: readonly string[] = ['Orphan', 'Background', 'Foreground'];

/** Options from the body or, without one, from the query. Throws 400 or 422. */
export function deleteOptions(exchange: ResourceExchange): Options {
  const { query, request, resource } = exchange;
  const body =
    request.body.length > 0
      ? readBody(exchange, { group: resource.gvk.group, version: resource.gvk.version, kind: 'DeleteOptions' })
      : undefined;
  if (!body) requireWriteOptions(query, 'DeleteOptions');
  const raw: JsonObject = body ?? fromQuery(query);
  const preconditions = isObject(raw.preconditions) ? raw.preconditions : {};
  const policy = raw.propagationPolicy;
  const of = { group: 'meta.k8s.io', kind: 'DeleteOptions' };
  if (typeof policy === 'string' && !POLICIES.includes(policy)) {
    const detail = 'supported values: "Foreground", "Background", "Orphan", "nil"';
    throw invalid(of, '', [{ kind: 'notSupported', path: 'propagationPolicy', value: policy, detail }]);
  }
  const orphan = typeof raw.orphanDependents === 'boolean' ? raw.orphanDependents : undefined;
  if (orphan !== undefined && policy !== undefined) {
    throw invalid(of, '', [invalidField('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')]);
  }
  const wanted = policy ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background');
  const dryRuns = Array.isArray(raw.dryRun) ? raw.dryRun : [];
  if (dryRuns.some((value) => value !== 'All')) {
    throw invalid(of, '', [{ kind: 'notSupported', path: 'dryRun', value: dryRuns, detail: 'supported values: "All"' }]);
  }
  return {
    dryRun: dryRuns.includes('All') || isDryRun(query),
    ...(typeof raw.gracePeriodSeconds === 'number' && { gracePeriodSeconds: raw.gracePeriodSeconds }),
    // Checked above.
    ...(typeof wanted === 'string' && { propagationPolicy: wanted as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(orphan !== undefined && { orphanDependents: orphan }),
    ...(typeof preconditions.uid === 'string' && { uid: preconditions.uid }),
    ...revisionOf(preconditions.resourceVersion),
  };
}

function revisionOf(text: unknown): { readonly expectedRevision?: number } {
  const revision = typeof text === 'string' ? parseRevision(text) : undefined;
  return revision === undefined ? {} : { expectedRevision: revision };
}

function fromQuery(query: URLSearchParams): JsonObject {
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(grace && /^-?\d+$/.test(grace) && { gracePeriodSeconds: Number(grace) }),
    ...(policy && { propagationPolicy: policy }),
    ...(query.has('orphanDependents') && { orphanDependents: isTrue(query.get('orphanDependents')) }),
  };
}
