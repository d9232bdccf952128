import { badRequest } from '../status.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What a path under /api or /apis asks for. Models apiserver's RequestInfoFactory. */
export interface ResourceRequest {
  readonly isResource: true;
  /** Empty for methods that no verb stands for: 405. */
  readonly verb: Verb | '';
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly subresource: string;
  /** "" where the path names none. */
  readonly name: string;
  /** Path segments after the subresource (proxy). */
  readonly rest: readonly string[];
}

export interface PathRequest {
  readonly isResource: false;
  /** Method in lower case, as RBAC's nonResourceURLs rules name it. */
  readonly verb: string;
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

const VERBS: Readonly<Record<string, Verb>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Subresources of a namespace; what else follows a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);

/** Reads method, path and the `watch` parameter. Throws 400 where a segment is not valid percent-encoding. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const nonResource: PathRequest = { isResource: false, verb: method.toLowerCase(), path };
  const parts = segments(path);
  const groupless = parts[0] === 'api';
  if (!groupless && parts[0] !== 'apis') return nonResource;
  const head = groupless ? 2 : 3;
  if (parts.length <= head) return nonResource;
  const group = groupless ? '' : (parts[1] ?? '');
  const version = parts[head - 1] ?? '';
  let rest = parts.slice(head);
  let verb: Verb | '' = VERBS[method] ?? '';
  const isLegacyWatch = rest[0] === 'watch' && rest.length > 1;
  if (isLegacyWatch) rest = rest.slice(1);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2);
  }
  const [resource = '', name = '', subresource = '', ...more] = rest;
  if (verb === 'get' && name === '') verb = 'list';
  if (verb === 'list' && isTrue(query.get('watch'))) verb = 'watch';
  if (verb === 'get' && isTrue(query.get('watch')) && subresource === '') verb = 'watch';
  if (isLegacyWatch && (verb === 'get' || verb === 'list')) verb = 'watch';
  if (verb === 'delete' && name === '') verb = 'deletecollection';
  const ownNamespace = resource === 'namespaces' ? undefined : namespace;
  return { isResource: true, verb, group, version, namespace: ownNamespace, resource, subresource, name, rest: more };
}

/** Models conversion.Convert_Slice_string_To_bool: everything but "false" and "0" is true, also an empty value. */
export const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() !== 'false' && value !== '0';

function segments(path: string): string[] {
  const raw = path.split('/').filter((part) => part !== '');
  if (!path.includes('%')) return raw;
  try {
    return raw.map(decodeURIComponent);
  } catch {
    throw badRequest('invalid URL escape in path');
  }
}
