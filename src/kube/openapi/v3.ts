import { sha256Hex } from '../../kernel/hash.ts';
import { minorOf, tableFingerprint } from '../schema/table.ts';
import type { SchemaObject, SharedVersions } from './definition.ts';
import { definitionSchema, referencesOf } from './definition.ts';
import type { Content, Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { byName, commonParameters } from './parameters.ts';
import { documentOperations, documentPaths, type Release } from './source.ts';
import { loadTexts } from './texts.ts';

const answerTexts = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const;

const parameterObject = (parameter: Parameter): SchemaObject => ({
  name: parameter.name,
  in: parameter.in,
  description: parameter.description,
  ...(parameter.in === 'path' ? { required: true } : {}),
  schema: { type: parameter.type, uniqueItems: true },
});

const schemaOf = (content: Content): SchemaObject =>
  content === 'string' ? { type: 'string' } : { $ref: `#/components/schemas/${content.definition}` };

const contentObject = (mediaTypes: readonly string[], content: Content): SchemaObject =>
  Object.fromEntries([...mediaTypes].sort().map((mediaType) => [mediaType, { schema: schemaOf(content) }]));

function operationObject(operation: Operation, common: readonly Parameter[]): SchemaObject {
  const own = operation.parameters.filter(
    (parameter) => !common.some((other) => other.name === parameter.name && other.in === parameter.in),
  );
  const responses = operation.answers.map(([code, content]) => [
    code,
    { description: answerTexts[code], content: contentObject(operation.produces, content) },
  ]);
  const { body, kind } = operation;
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.id,
    ...(own.length > 0 ? { parameters: [...own].sort(byName).map(parameterObject) } : {}),
    ...(body
      ? { requestBody: { content: contentObject(body.mediaTypes, body.content), ...(body.required ? { required: true } : {}) } }
      : {}),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
    ...(kind ? { 'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind } } : {}),
  };
}

/** The `paths` of a document. Custom resources publish theirs with it as well. */
export function pathsObject(operations: readonly Operation[]): SchemaObject {
  const byPath = new Map<string, Operation[]>();
  for (const operation of operations) byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  const entries = [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, list]) => {
      const common = commonParameters(list.map((operation) => operation.parameters));
      const item: SchemaObject = Object.fromEntries(list.map((operation) => [operation.method, operationObject(operation, common)]));
      if (common.length > 0) item['parameters'] = [...common].sort(byName).map(parameterObject);
      return [path, item];
    });
  return Object.fromEntries(entries);
}

/** Definitions that a part of a document needs, with all that those refer to. */
function schemasFor(
  paths: SchemaObject,
  minor: number,
  shared: SharedVersions,
  texts: Awaited<ReturnType<typeof loadTexts>>,
): SchemaObject {
  const pending = new Set<string>();
  referencesOf(paths, pending, 3);
  const schemas: SchemaObject = {};
  // A Set hands out what is added while it is walked.
  for (const name of pending) {
    const schema = definitionSchema(name, minor, 3, shared, texts);
    if (schema === undefined) continue;
    schemas[`io.k8s.${name}`] = schema;
    referencesOf(schema, pending, 3);
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const securitySchemes = {
  BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
};

/** A version 3 document around operations. `schemas` are definitions besides those of the tables (custom resources). */
export async function documentOf(
  version: string,
  operations: readonly Operation[],
  shared: SharedVersions,
  schemas: SchemaObject = {},
): Promise<SchemaObject> {
  const minor = minorOf(version);
  const paths = pathsObject(operations);
  const found = schemasFor({ paths, schemas }, minor, shared, await loadTexts());
  const all = { ...found, ...schemas };
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `1.${minor}` },
    paths,
    components: { ...(Object.keys(all).length > 0 ? { schemas: all } : {}), securitySchemes },
  };
}

/** The documents are a function of the tables, the release and the path. */
const hashOf = (minor: number, path: string): string => sha256Hex(`${tableFingerprint()} ${minor} ${path}`).toUpperCase();

/** Where a document is, in the form of the index: `/openapi/v3/apis/apps/v1?hash=…`. */
export const documentUrl = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`;

/** Hash under which the document of a built-in path is served; undefined where the release has none. Costs no document. */
export function openApiV3Hash(release: Release, path: string): string | undefined {
  return documentPaths(release).includes(path) ? hashOf(minorOf(release.version), path) : undefined;
}

/** The body of GET /openapi/v3, built-in paths only: `paths` by key, for a server to add those of custom resources and APIServices. */
export function openApiV3Index(release: Release): { readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>> } {
  const minor = minorOf(release.version);
  return {
    paths: Object.fromEntries(documentPaths(release).map((path) => [path, { serverRelativeURL: documentUrl(path, hashOf(minor, path)) }])),
  };
}

const documents = new WeakMap<Release['facts'], Map<string, Promise<Uint8Array | undefined>>>();

/**
 * JSON of GET /openapi/v3/<path> ("apis/apps/v1"); undefined where the release has no such path. Built when first asked for and
 * shared by all clusters of the release.
 */
export function openApiV3Document(release: Release, path: string): Promise<Uint8Array | undefined> {
  const byPath = documents.get(release.facts) ?? new Map<string, Promise<Uint8Array | undefined>>();
  documents.set(release.facts, byPath);
  const document = byPath.get(path) ?? buildDocument(release, path);
  byPath.set(path, document);
  return document;
}

async function buildDocument(release: Release, path: string): Promise<Uint8Array | undefined> {
  const operations = documentOperations(release, path, await loadTexts());
  if (operations === undefined) return undefined;
  const [, group, served] = /^apis\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const core = { group: '', version: 'v1' };
  const shared = group !== undefined && served !== undefined ? [core, { group, version: served }] : [core];
  return Buffer.from(JSON.stringify(await documentOf(release.version, operations, shared)));
}
