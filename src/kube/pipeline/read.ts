import type { Entry } from '../../kernel/collection.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { Compacted, HISTORY_MS } from '../../kernel/store.ts';
import type { World } from '../../kernel/world.ts';
import { served, shownMetadata, shownObject } from '../encode/json.ts';
import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { encodeList } from '../protobuf/encode.ts';
import { badRequest, expired, notFound, tooLargeResourceVersion } from '../status.ts';
import { renderTable } from '../table/table.ts';
import { computed } from './computed.ts';
import type { ResourceExchange } from './exchange.ts';
import { type ListOptions, listOptions, parseRevision } from './list-options.ts';
import { negotiate, tableNotAcceptable } from './negotiate.ts';
import { CONTENT_TYPES, documentResponse, headersOf, isPretty, messageOf, objectResponse, tailOf } from './respond.ts';

/** GET of one object. */
export function get(exchange: ResourceExchange): HttpResponse {
  const { info, resource, ports } = exchange;
  const { reader } = ports.world;
  requireReached(parseRevision(exchange.query.get('resourceVersion') ?? ''), reader.revision);
  const key = objectKey(info.namespace, info.name);
  const entry = resource.kind.fixed
    ? fixedEntries(resource.kind).find((item) => item.key === key)
    : reader.get<KubeObject>(collectionOf(resource.kind, exchange.cluster.scope), key);
  if (!entry || resource.kind.shows?.(entry.value) === false) throw notFound(resource.kind, info.name);
  return { ...objectResponse(exchange, entry.value, entry.revision, entry), revision: entry.revision };
}

function requireReached(asked: number | undefined, current: number): void {
  if (asked !== undefined && asked > current) throw tooLargeResourceVersion(asked, current);
}

/** One page of a list, and where the next one starts. */
interface Page {
  readonly entries: readonly Entry<KubeObject>[];
  /** Revision of the snapshot; 0 where nothing is stored. */
  readonly revision: number;
  readonly continueToken: string | undefined;
  readonly remaining: number | undefined;
}

/** GET of a collection. */
export function list(exchange: ResourceExchange): HttpResponse {
  const { resource, ports } = exchange;
  const options = listOptions(exchange.query, resource.kind, false);
  const form = negotiate(exchange.request.headers.accept, true);
  const page = cut(exchange, options);
  const listMeta: JsonObject = {
    ...(page.revision > 0 && { resourceVersion: String(page.revision) }),
    ...(page.continueToken !== undefined && { continue: page.continueToken }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  const answer = (document: Json) => ({ ...documentResponse(exchange, document, 200, form.format), revision: ports.world.reader.revision });
  if (form.as === 'Table') {
    if (form.format === 'protobuf') throw tableNotAcceptable();
    const shown = page.entries.map(({ value, revision }) => ({ object: value, revision }));
    return answer(renderTable(exchange, form.metaVersion, shown, listMeta));
  }
  const { kind, apiVersion } = resource;
  if (form.as) {
    const items = page.entries.map(({ value, revision }) => ({ metadata: shownMetadata(value.metadata, revision) }));
    return answer({ kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata: listMeta, items });
  }
  if (form.format === 'protobuf') {
    const items = page.entries.map((entry) => messageOf(exchange, entry.value, entry.revision, entry));
    const body = encodeList(items, listMeta, apiVersion, `${kind.kind}List`, exchange.registry.version);
    return { status: 200, headers: headersOf(exchange, CONTENT_TYPES.protobuf), body, revision: ports.world.reader.revision };
  }
  if (form.format !== 'json' || isPretty(exchange)) {
    const items = page.entries.map((entry) => itemOf(exchange, entry));
    return answer({ kind: `${kind.kind}List`, apiVersion, metadata: listMeta, items });
  }
  const body = concatenate(
    exchange,
    page.entries,
    `{"kind":"${kind.kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMeta)},"items":[`,
  );
  return { status: 200, headers: headersOf(exchange, CONTENT_TYPES.json), body, revision: ports.world.reader.revision };
}

/** Items of a typed list leave out kind and apiVersion, as Go's do. */
function itemOf(exchange: ResourceExchange, { value, revision }: Entry<KubeObject>): JsonObject {
  const { kind: _, apiVersion: __, ...item } = shownObject(served(computed(exchange, value), exchange.resource), revision);
  return item;
}

const OPEN = Buffer.from('{');
const BETWEEN = Buffer.from(',{');
const END = Buffer.from(']}\n');

function concatenate(exchange: ResourceExchange, entries: readonly Entry<KubeObject>[], head: string): Buffer {
  const parts: Buffer[] = [Buffer.from(head)];
  for (const entry of entries) parts.push(parts.length === 1 ? OPEN : BETWEEN, tailOf(exchange, entry.value, entry.revision, entry));
  parts.push(END);
  return Buffer.concat(parts);
}

/** Entries that the selectors of `options` choose, of the whole collection or one namespace, as they are now. */
export function select(exchange: ResourceExchange, options: ListOptions): Entry<KubeObject>[] {
  if (exchange.resource.kind.fixed) return filter(options, fixedEntries(exchange.resource.kind));
  const { reader } = exchange.ports.world;
  const collection = collectionOf(exchange.resource.kind, exchange.cluster.scope);
  const { namespace } = exchange.info;
  const name = options.fields.exact('metadata.name');
  if (name !== undefined && (namespace !== undefined || !exchange.resource.kind.namespaced)) {
    const entry = reader.get<KubeObject>(collection, objectKey(namespace, name));
    return entry && matches(options, entry.value) ? [entry] : [];
  }
  return filter(options, reader.list<KubeObject>(collection, namespace === undefined ? {} : { prefix: `${namespace}/` }));
}

const fixed = new WeakMap<Kind, Entry<KubeObject>[]>();

/** What a kind shows without storing it, made once. */
function fixedEntries(kind: Kind): Entry<KubeObject>[] {
  const known = fixed.get(kind);
  if (known) return known;
  const made = (kind.fixed ?? []).map((value) => ({
    key: objectKey(value.metadata.namespace, value.metadata.name),
    revision: 0,
    createdRevision: 0,
    value,
  }));
  fixed.set(kind, made);
  return made;
}

export const matches = (options: ListOptions, object: KubeObject): boolean =>
  options.isUnfiltered || (options.labels.matches(object.metadata.labels) && options.fields.matches(object));

const filter = (options: ListOptions, entries: Entry<KubeObject>[]): Entry<KubeObject>[] =>
  options.isUnfiltered ? entries : entries.filter((entry) => matches(options, entry.value));

function cut(exchange: ResourceExchange, options: ListOptions): Page {
  if (exchange.resource.kind.fixed)
    return { entries: select(exchange, options), revision: 0, continueToken: undefined, remaining: undefined };
  const { store } = exchange.ports.world;
  const current = store.revision;
  const asked = options.continueToken === '' ? parseRevision(options.resourceVersion) : undefined;
  if (options.continueToken !== '' && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  requireReached(asked, current);
  const start = options.continueToken === '' ? undefined : readContinue(options.continueToken);
  // A limited list at a revision without a match is an exact one, for compatibility (KEP-2340's table).
  const isExact = asked !== undefined && asked > 0 && (options.match === 'Exact' || (options.match === '' && options.limit > 0));
  const snapshot = start ? (start.revision === INCONSISTENT ? current : start.revision) : isExact ? asked : current;
  if (start === undefined && snapshot === current && options.limit === 0) {
    return { entries: select(exchange, options), revision: current, continueToken: undefined, remaining: undefined };
  }
  if (start && isStale(exchange.ports.world, start.revision)) throw expired(TOKEN_TOO_OLD, onwards(start));
  if (!start) begun.set(exchange.ports.world, { revision: current, atMs: exchange.ports.world.nowMs });
  return pageAt(exchange, options, snapshot, start);
}

/** The revision of a world that a paged list last began at, and when. */
const begun = new WeakMap<World, { readonly revision: number; readonly atMs: number }>();

/** Holds the one entry that is written for a world at rest to come to a new revision. */
const PULSE = 'kube/pulse';

/**
 * Whether a page was cut longer ago than history lasts. The store knows it of revisions that others followed. Upstream's clusters never
 * rest, as their nodes renew leases: there it holds for the newest revision too, and whoever goes on sees a later one.
 */
function isStale(world: World, revision: number): boolean {
  const last = begun.get(world);
  if (last?.revision !== revision || world.nowMs - last.atMs <= HISTORY_MS) return false;
  if (world.store.revision === revision) world.transact((tx) => tx.put(PULSE, 'history', tx.nowIso));
  return true;
}

const onwards = ({ key }: Continue): string => writeContinue({ revision: INCONSISTENT, key });

function pageAt(exchange: ResourceExchange, options: ListOptions, snapshot: number, start: Continue | undefined): Page {
  const { store } = exchange.ports.world;
  const { namespace } = exchange.info;
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  // Tokens of one namespace hold the key below it, with its slash, as upstream's do.
  const offset = namespace === undefined ? '' : namespace;
  const range = { prefix, ...(start && { after: offset + start.key }) };
  let all: Entry<KubeObject>[];
  try {
    all = filter(options, store.listAt<KubeObject>(collectionOf(exchange.resource.kind, exchange.cluster.scope), snapshot, range));
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    if (!start) throw expired('The resourceVersion for the provided list is too old.');
    throw expired(TOKEN_TOO_OLD, onwards(start));
  }
  if (options.limit <= 0 || all.length <= options.limit) {
    return { entries: all, revision: snapshot, continueToken: undefined, remaining: undefined };
  }
  const entries = all.slice(0, options.limit);
  const last = (entries.at(-1) as Entry<KubeObject>).key.slice(offset.length); // the limit is at least 1
  return {
    entries,
    revision: snapshot,
    continueToken: writeContinue({ revision: snapshot, key: last }),
    remaining: options.isUnfiltered ? all.length - options.limit : undefined,
  };
}

const TOKEN_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted ' +
  'between the time the first chunk was returned and now may show up in the list.';

/** Revision in a token that goes on with whatever there is now. */
const INCONSISTENT = -1;

interface Continue {
  readonly revision: number;
  /** Last key of the page before. */
  readonly key: string;
}

const writeContinue = ({ revision, key }: Continue): string =>
  Buffer.from(`{"v":"meta.k8s.io/v1","rv":${revision},"start":${JSON.stringify(`${key}\u0000`)}}`).toString('base64url');

function readContinue(token: string): Continue {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw badRequest('continue key is not valid: invalid character in token');
  }
  if (!isObject(value) || value.v !== 'meta.k8s.io/v1') {
    throw badRequest(
      `continue key is not valid: server does not recognize this encoded version ${JSON.stringify(isObject(value) ? (value.v ?? '') : '')}`,
    );
  }
  const { rv, start } = value;
  if (typeof rv !== 'number' || typeof start !== 'string' || start === '' || (rv <= 0 && rv !== INCONSISTENT)) {
    throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  return { revision: rv, key: start.endsWith('\u0000') ? start.slice(0, -1) : start };
}
