import type { JWTPayload } from 'jose';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { tenantOf } from '../directory.ts';
import type { EntraPorts } from '../ports.ts';
import { badRequest, denied } from './errors.ts';
import { parseFilter } from './filter.ts';

/** One authenticated Graph request and what answering it needs. */
export interface Exchange {
  readonly ports: EntraPorts;
  readonly claims: JWTPayload;
  /** Values of the `{…}` segments of the route, in order. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** `https://graph.microsoft.com/v1.0`, under the client's name for us. */
  readonly base: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
}

/** Runs a write on behalf of the caller, who must hold Global Administrator. Throws GraphError. */
export function write<T>({ ports, claims }: Exchange, work: (tx: Transaction) => T): T {
  if (!tenantOf(ports.world.reader).administrators.includes(String(claims.oid))) throw denied();
  return ports.world.transact(work);
}

/** Objects per page, also when the client asks for more. */
const PAGE = 999;
const DEFAULT_PAGE = 100;

/** A collection with `$filter`, `$select`, `$count`, `$top` and paging applied. */
export function listAnswer({ query, base }: Exchange, path: string, objects: readonly JsonObject[]): Answer {
  const filterText = query.get('$filter');
  const search = searchOf(query.get('$search'));
  const filter = filterText ? parseFilter(filterText) : () => true;
  const found = objects.filter((object) => filter(object) && search(object));
  const top = Math.min(Number.parseInt(query.get('$top') ?? '', 10) || DEFAULT_PAGE, PAGE);
  const skip = Number.parseInt(query.get('$skiptoken') ?? '', 10) || 0;
  const page = found.slice(skip, skip + top);
  const next = new URLSearchParams(query);
  next.set('$skiptoken', String(skip + top));
  return {
    status: 200,
    body: {
      '@odata.context': `${base}/$metadata#${path}`,
      ...(query.get('$count') === 'true' && { '@odata.count': found.length }),
      ...(skip + top < found.length && { '@odata.nextLink': `${base}/${path}?${next}` }),
      value: page.map((object) => selected(object, query)),
    },
  };
}

export const objectAnswer = ({ query, base }: Exchange, context: string, object: JsonObject, status = 200): Answer => ({
  status,
  body: { '@odata.context': `${base}/$metadata#${context}/$entity`, ...selected(object, query) },
});

function selected(object: JsonObject, query: URLSearchParams): JsonObject {
  const names = query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  if (!names || names.includes('*')) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name) || name === 'id' || name.startsWith('@')));
}

/** `$search="displayName:x"`: words within a field. */
function searchOf(text: string | null): (object: JsonObject) => boolean {
  const match = /^"(\w+):(.*)"$/.exec(text ?? '');
  if (!match) return () => true;
  const [, field = '', wanted = ''] = match;
  return (object) =>
    String(object[field] ?? '')
      .toLowerCase()
      .includes(wanted.toLowerCase());
}

/** Fields of a body, checked. All throw GraphError. */
export function textField(body: JsonObject, name: string): string {
  const value = optionalText(body, name);
  if (!value) throw badRequest(`A value is required for property '${name}' of resource.`);
  return value;
}

export function optionalText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`Invalid value specified for property '${name}' of resource.`);
  return value;
}

export function optionalDate(body: JsonObject, name: string): string | undefined {
  const value = optionalText(body, name);
  if (value !== undefined && Number.isNaN(Date.parse(value)))
    throw badRequest(`Invalid value specified for property '${name}' of resource.`);
  return value;
}

export function texts(body: JsonObject, name: string): string[] {
  const value: Json = body[name] ?? [];
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
    throw badRequest(`Invalid value specified for property '${name}' of resource.`);
  return value;
}

export function objects(body: JsonObject, name: string): JsonObject[] {
  const value: Json = body[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) throw badRequest(`Invalid value specified for property '${name}' of resource.`);
  return value;
}
