import { builtInResources, optionGroupVersions } from '../schema/resources.ts';
import { minorOf } from '../schema/table.ts';
import type { SchemaObject } from './definition.ts';
import { definitionSchema, referencesOf } from './definition.ts';
import type { Content, Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { byName, commonParameters } from './parameters.ts';
import { allOperations, type Release } from './source.ts';
import { loadTexts } from './texts.ts';

const answerTexts = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const;

const schemaOf = (content: Content): SchemaObject =>
  content === 'string' ? { type: 'string' } : { $ref: `#/definitions/${content.definition}` };

/** Parameters that many operations have are written once and referred to. */
interface Shared {
  readonly parameters: Map<string, SchemaObject>;
  readonly keys: Map<string, string>;
}

function parameterObject(parameter: Parameter, shared: Shared): SchemaObject {
  const path = parameter.in === 'path' ? { required: true } : {};
  const object = {
    uniqueItems: true,
    type: parameter.type,
    description: parameter.description,
    name: parameter.name,
    in: parameter.in,
    ...path,
  };
  return parameter.in === 'query' && UNSHARED_QUERIES.has(parameter.name) ? object : refer(object, shared);
}

/** Old clients look for these two in the operations themselves. */
const UNSHARED_QUERIES: ReadonlySet<string> = new Set(['fieldValidation', 'dryRun']);

/** The text of a parameter tells its name among the shared ones. Models kube-openapi builder/parameters.go. */
function refer(object: SchemaObject & { readonly name: string }, shared: Shared): SchemaObject {
  // Descriptions of `name` differ with every kind.
  if (object.name === 'name') return object;
  const content = JSON.stringify(object).replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  let key = shared.keys.get(content);
  if (key === undefined) {
    key = `${object.name}-${shortHash(content)}`;
    shared.keys.set(content, key);
    shared.parameters.set(key, object);
  }
  return { $ref: `#/parameters/${key}` };
}

/** The first six bytes of the 64-bit FNV-1 hash, in URL-safe base 64. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, hash * 0x100000001b3n) ^ BigInt(byte);
  return Buffer.from(hash.toString(16).padStart(16, '0').slice(0, 12), 'hex').toString('base64url');
}

function operationObject(operation: Operation, common: readonly Parameter[], shared: Shared): SchemaObject {
  const own = operation.parameters.filter(
    (parameter) => !common.some((other) => other.name === parameter.name && other.in === parameter.in),
  );
  const { body, kind } = operation;
  const bodyObject = body && { name: 'body', in: 'body', ...(body.required ? { required: true } : {}), schema: schemaOf(body.content) };
  const isGeneric = body && body.content !== 'string' && body.content.definition.startsWith('io.k8s.apimachinery');
  const sentBody = bodyObject && (isGeneric ? refer(bodyObject, shared) : bodyObject);
  const parameters = [...(sentBody ? [sentBody] : []), ...[...own].sort(byName).map((item) => parameterObject(item, shared))];
  const consumes = operation.action === 'patch' && body ? body.mediaTypes : kind ? ['*/*'] : operation.produces;
  const isText = operation.answers[0]?.[1] === 'string' && kind === undefined;
  const responses = operation.answers.map(([code, content]) => [code, { description: answerTexts[code], schema: schemaOf(content) }]);
  return {
    ...(isText ? {} : { consumes }),
    produces: operation.produces,
    schemes: ['https'],
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.id,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
    ...(kind ? { 'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version } } : {}),
  };
}

function pathsObject(operations: readonly Operation[], shared: Shared): SchemaObject {
  const byPath = new Map<string, Operation[]>();
  for (const operation of operations) byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  const entries = [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, list]) => {
      const common = commonParameters(list.map((operation) => operation.parameters));
      const item: SchemaObject = Object.fromEntries(
        list.map((operation) => [operation.method, operationObject(operation, common, shared)]),
      );
      if (common.length > 0) item['parameters'] = [...common].sort(byName).map((parameter) => parameterObject(parameter, shared));
      return [path, item];
    });
  return Object.fromEntries(entries);
}

const documents = new WeakMap<Release['facts'], Promise<SchemaObject>>();

/**
 * The version 2 document of a release. Built when first asked for (kubectl up to 1.28, Terraform) and
 * shared: never write into it; a cluster with custom resources adds its `paths` and `definitions` to a copy.
 */
export function openApiV2Document(release: Release): Promise<SchemaObject> {
  const document = documents.get(release.facts) ?? build(release);
  documents.set(release.facts, document);
  return document;
}

async function build(release: Release): Promise<SchemaObject> {
  const texts = await loadTexts();
  const minor = minorOf(release.version);
  const version = `1.${minor}`;
  const served = new Set(builtInResources(version).map((item) => `${item.group}/${item.version}`));
  const options = [...new Set([...optionGroupVersions, ...served])].map((item) => {
    const [group = '', name = ''] = item.split('/');
    return { group, version: name };
  });
  const shared: Shared = { parameters: new Map(), keys: new Map() };
  const paths = pathsObject(allOperations(release, texts), shared);
  const pending = new Set<string>();
  const parameters = Object.fromEntries([...shared.parameters].sort(([a], [b]) => (a < b ? -1 : 1)));
  referencesOf({ paths, parameters }, pending, 2);
  const definitions: [string, SchemaObject][] = [];
  // A Set hands out what is added while it is walked.
  for (const name of pending) {
    const schema = definitionSchema(name, minor, 2, options, texts);
    if (schema === undefined) continue;
    definitions.push([`io.k8s.${name}`, schema]);
    referencesOf(schema, pending, 2);
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths,
    definitions: Object.fromEntries(definitions.sort(([a], [b]) => (a < b ? -1 : 1))),
    parameters,
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
