import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../../src/kernel/json.ts';
import type { Random } from '../../../src/kernel/random.ts';
import type { Sent } from '../../../src/kube/pipeline/testing.ts';
import { encodeEnvelope, encodeMessage } from '../../../src/kube/protobuf/encode.ts';
import type { ServedResource } from '../../../src/kube/registry/registry.ts';
import { samples } from '../../contract/samples.ts';
import { chance, mutateBytes, mutateValue, NASTY, pick } from './mutate.ts';

const NAMES = ['a', 'b', 'c', 'default'];
const ODD_NAMES = ['long-'.repeat(60), 'UPPER', 'a b', '', '..', '%00', 'ü'];
const ODD_NAMESPACES = ['missing', 'ü', ''];
const ACCEPTS = [
  undefined,
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf,application/json',
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
  'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
];
const ODD_ACCEPTS = [
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
  'text/html',
  ';;;',
  '*/*;q=0',
  ',',
];
const SELECTORS = [
  'a=b',
  'a!=b',
  'a in (b,c)',
  'a notin ()',
  '!a',
  'a,b',
  'a in (',
  '=',
  ',,',
  'a==b==c',
  'x/y/z=1',
  'a>1',
  'a<x',
  `${'a,'.repeat(2000)}a`,
  '(((',
];
const FIELDS = [
  'metadata.name=a',
  'metadata.namespace=default',
  'spec.nodeName=',
  'status.phase!=Running',
  'unknown=1',
  'metadata.name=a,metadata.name=b',
  '=',
  'a',
  '\\',
  'metadata.name=\\,',
];
const PARAMETERS: { readonly [name: string]: readonly string[] } = {
  labelSelector: SELECTORS,
  fieldSelector: FIELDS,
  resourceVersion: ['', '0', '1', '5', '999999999', '-1', 'x', '9'.repeat(40), '1.5'],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'x', ''],
  limit: ['0', '1', '2', '-1', 'x', '9'.repeat(30)],
  continue: ['', 'x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', '!!!', 'e30'],
  sendInitialEvents: ['true', 'false', 'x'],
  allowWatchBookmarks: ['true', 'x'],
  timeoutSeconds: ['0', '1', '-5', 'x', '9'.repeat(30)],
  watch: ['true', '1', 'false', 'x'],
  dryRun: ['All', 'x', ''],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'],
  fieldManager: ['fuzz', 'x'.repeat(200), '', '\u0000'],
  force: ['true', 'x'],
  pretty: ['true', 'x'],
  gracePeriodSeconds: ['0', '30', '-1', 'x'],
  propagationPolicy: ['Foreground', 'Orphan', 'x'],
  orphanDependents: ['true', 'x'],
};

/** How often each part of a request is not what a client would send: rarely enough that most requests are wrong in one place only. */
const ODD = 0.04;

function query(random: Random): string {
  const parts: string[] = [];
  for (const name of Object.keys(PARAMETERS)) {
    if (!chance(random, ODD)) continue;
    const value = pick(random, PARAMETERS[name] as readonly string[]); // its own key
    parts.push(`${name}=${chance(random, 0.95) ? encodeURIComponent(value) : `${value}%zz`}`);
  }
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

const keyOf = ({ kind }: ServedResource): string => `${kind.group}/${kind.resource}`;

function pathOf(random: Random, resource: ServedResource, name: string | undefined, subresource = ''): string {
  const root = resource.gvk.group ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const isNamespaced = chance(random, 0.97) ? resource.kind.namespaced : !resource.kind.namespaced;
  const parts = [
    root,
    isNamespaced && `namespaces/${encodeURIComponent(chance(random, ODD) ? pick(random, ODD_NAMESPACES) : 'default')}`,
    resource.kind.resource,
  ];
  if (name !== undefined) parts.push(encodeURIComponent(name));
  if (subresource) parts.push(subresource);
  return parts.filter(Boolean).join('/');
}

const sampleOf = (resource: ServedResource, name: string): JsonObject => ({
  apiVersion: resource.apiVersion,
  kind: resource.kind.kind,
  metadata: { name, labels: { a: 'b' }, annotations: { note: 'x' }, ...(resource.kind.namespaced && { namespace: 'default' }) },
  ...samples[keyOf(resource)],
});

/** A body of the kind: valid half of the time, else bent as a value, as text or as bytes; JSON, YAML or protobuf. */
function body(random: Random, resource: ServedResource, name: string): Pick<Sent, 'body' | 'headers'> {
  let value: Json = sampleOf(resource, name);
  if (chance(random, 0.5)) for (let times = 1 + random.below(3); times > 0; times--) value = mutateValue(random, value);
  const as = random.unit();
  let bytes: Uint8Array = Buffer.from(JSON.stringify(value));
  let type = 'application/json';
  if (as < 0.2) {
    bytes = Buffer.from(stringify(value, { version: '1.1' }));
    type = 'application/yaml';
  } else if (as < 0.5) {
    const raw = encodeMessage(sampleOf(resource, name), resource.schema.name ?? '', '1.36');
    if (raw) {
      bytes = encodeEnvelope(chance(random, 0.7) ? mutateBytes(random, raw) : raw, resource.apiVersion, resource.kind.kind);
      type = 'application/vnd.kubernetes.protobuf';
    }
  }
  if (chance(random, 0.1)) bytes = mutateBytes(random, bytes);
  if (chance(random, 0.03)) type = pick(random, ['text/plain', 'application/cbor', ';', 'application/json;charset=x', '']);
  return { body: bytes, headers: { 'content-type': type } };
}

const POINTERS = [
  '/metadata/labels/a',
  '/metadata/labels',
  '/spec',
  '/spec/-',
  '/metadata/finalizers/-',
  '',
  '/',
  '/~2',
  '/metadata/annotations/x~1y',
  '/a/0/b',
  '/metadata/name',
  '/metadata',
];

function jsonPatch(random: Random): Json {
  return Array.from({ length: random.below(6) }, () => ({
    op: pick(random, ['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: pick(random, POINTERS),
    ...(chance(random, 0.5) && { from: pick(random, POINTERS) }),
    ...(chance(random, 0.8) && { value: pick(random, NASTY) }),
  }));
}

const DIRECTIVES: readonly Json[] = [
  ...NASTY,
  { $patch: 'merge' },
  { $retainKeys: ['a'] },
  { $retainKeys: 'a' },
  [{ $patch: 'replace' }],
  [{ $patch: 'delete', name: 'c' }],
  { '$deleteFromPrimitiveList/finalizers': ['a'] },
  { '$setElementOrder/containers': [{ name: 'c' }] },
  { '$setElementOrder/containers': 'x' },
];

/** A patch of one of the four types. */
function patch(random: Random, resource: ServedResource, name: string): Pick<Sent, 'body' | 'headers'> {
  const type = pick(random, ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml']);
  let value: Json = type === 'json-patch+json' ? jsonPatch(random) : sampleOf(resource, name);
  for (let times = random.below(4); times > 0; times--) value = mutateValue(random, value, DIRECTIVES);
  const text = type === 'apply-patch+yaml' && chance(random, 0.5) ? stringify(value, { version: '1.1' }) : JSON.stringify(value);
  const bytes: Uint8Array = Buffer.from(text);
  return { body: chance(random, 0.1) ? mutateBytes(random, bytes) : bytes, headers: { 'content-type': `application/${type}` } };
}

const METHODS = ['GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'PATCH', 'DELETE'];
const ODD_METHODS = ['HEAD', 'OPTIONS', 'TRACE', 'POST', 'DELETE'];
const PATHS = [
  '/',
  '/api',
  '/apis',
  '/version',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/api/v1',
  '/metrics',
  '/healthz',
  '/livez/ping',
  '/readyz?verbose',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/api/v1',
  '/apis/apps',
  '/apis/apps/v1',
  '/logs',
  '/debug/pprof',
  '/%',
  '/api//v1///pods',
  '/apis/x/y/z',
];

/** A request that is nearly, or not at all, one that a client would send. Only the random numbers decide which. */
export function anyRequest(random: Random, resources: readonly ServedResource[]): Sent {
  const method = pick(random, chance(random, ODD) ? ODD_METHODS : METHODS);
  const accept = pick(random, chance(random, ODD) ? ODD_ACCEPTS : ACCEPTS);
  const resource = pick(random, resources);
  const name = pick(random, chance(random, ODD) ? ODD_NAMES : NAMES);
  if (chance(random, 0.04)) return { method, path: pick(random, PATHS), headers: accept === undefined ? {} : { accept } };
  const subresources = resource.facts.subresources.map((item) => item.name);
  const subresource = chance(random, 0.15) ? pick(random, [...subresources, 'status', 'unknown', 'proxy']) : '';
  const isOnCollection =
    method === 'POST' ? chance(random, 0.95) : method === 'GET' || method === 'DELETE' ? chance(random, 0.4) : chance(random, 0.05);
  const path = pathOf(random, resource, isOnCollection && !subresource ? undefined : name, subresource) + query(random);
  const content =
    method === 'PATCH'
      ? patch(random, resource, name)
      : method === 'POST' || method === 'PUT' || method === 'DELETE'
        ? body(random, resource, name)
        : {};
  return { method, path, ...content, headers: { ...content.headers, ...(accept !== undefined && { accept }) } };
}
