import type { BuiltInResource } from '../schema/resources.ts';
import { namePrefix } from '../schema/schemas.ts';
import { definitionOfKind, minorOf } from '../schema/table.ts';
import type { Operation, OperationSource } from './operations.ts';
import { groupTag, groupTitle, operationsOf } from './operations.ts';
import { optionParameters, pathParameter, pretty } from './parameters.ts';
import type { Texts } from './texts.ts';

const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const watchMediaTypes = [...mediaTypes, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** How built-in resources of a group version are made into operations. */
export function builtInSource(
  group: string,
  version: string,
  resources: readonly BuiltInResource[],
  minor: number,
  texts: Texts,
): OperationSource {
  const options = new Map<string, ReturnType<typeof optionParameters>>();
  return {
    group,
    version,
    resources,
    definitionOf(kind) {
      const name = definitionOfKind(kind.group, kind.version, kind.kind);
      return name === undefined ? undefined : namePrefix + name;
    },
    optionsOf(name) {
      const known = options.get(name) ?? optionParameters(name, minor, texts);
      options.set(name, known);
      return known;
    },
    pathParameter,
    pretty,
    mediaTypes,
    watchMediaTypes,
    patchMediaTypes,
    bodyMediaTypes: ['*/*'],
  };
}

/**
 * How custom resources of a group version are made into operations: JSON and YAML only, no strategic merge patch, no watch paths.
 * `definitionOf` names the definitions that the caller adds to the document (`com.example.v1.Widget`, `…WidgetList`).
 * Models apiextensions-apiserver's OpenAPI builder.
 */
export function customSource(base: OperationSource, definitionOf: OperationSource['definitionOf']): OperationSource {
  const text = ['application/json', 'application/yaml'];
  return {
    ...base,
    resources: base.resources.map((resource) => ({ ...resource, verbs: resource.verbs.filter((verb) => verb !== 'watch') })),
    definitionOf,
    mediaTypes: text,
    watchMediaTypes: text,
    patchMediaTypes: patchMediaTypes.filter((type) => !type.includes('strategic')),
    bodyMediaTypes: text,
  };
}

/** What is published: a Kubernetes version, and all that is served in it. A registry is one. */
export interface Release {
  readonly version: string;
  readonly facts: readonly BuiltInResource[];
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Group versions that a release serves, core first. */
export function groupVersions(resources: readonly BuiltInResource[]): GroupVersion[] {
  const seen = new Map(resources.map(({ group, version }) => [`${group}/${version}`, { group, version }]));
  return [...seen.values()];
}

const meta = (name: string) => ({ definition: `io.k8s.apimachinery.pkg.apis.meta.v1.${name}` });
const plain = { parameters: [], produces: mediaTypes } as const;

function groupOperation(group: string): Operation {
  const path = group === '' ? '/api/' : `/apis/${group}/`;
  if (group === '') {
    return {
      ...plain,
      path,
      method: 'get',
      id: 'getCoreAPIVersions',
      tag: 'core',
      description: 'get available API versions',
      answers: [[200, meta('APIVersions')]],
    };
  }
  return {
    ...plain,
    path,
    method: 'get',
    id: `get${groupTitle(group)}APIGroup`,
    tag: groupTag(group),
    description: 'get information of a group',
    answers: [[200, meta('APIGroup')]],
  };
}

const rootOperations: Readonly<Record<string, Operation>> = {
  apis: {
    ...plain,
    path: '/apis/',
    method: 'get',
    id: 'getAPIVersions',
    tag: 'apis',
    description: 'get available API versions',
    answers: [[200, meta('APIGroupList')]],
  },
  version: {
    path: '/version/',
    method: 'get',
    id: 'getCodeVersion',
    tag: 'version',
    description: 'get the version information for this server',
    parameters: [],
    answers: [[200, { definition: 'io.k8s.apimachinery.pkg.version.Info' }]],
    produces: ['application/json'],
  },
  '.well-known/openid-configuration': {
    path: '/.well-known/openid-configuration/',
    method: 'get',
    id: 'getServiceAccountIssuerOpenIDConfiguration',
    tag: 'WellKnown',
    description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
    parameters: [],
    answers: [[200, 'string']],
    produces: ['application/json'],
  },
  'openid/v1/jwks': {
    path: '/openid/v1/jwks/',
    method: 'get',
    id: 'getServiceAccountIssuerOpenIDKeyset',
    tag: 'openid',
    description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
    parameters: [],
    answers: [[200, 'string']],
    produces: ['application/jwk-set+json'],
  },
};

/** Keys of the v3 index for a release: "api", "api/v1", "apis", "apis/apps", "apis/apps/v1", "version" … */
export function documentPaths({ facts }: Release): string[] {
  const versions = groupVersions(facts);
  const groups = new Set(versions.map(({ group }) => group));
  const served = versions.map((item) => (item.group === '' ? `api/${item.version}` : `apis/${item.group}/${item.version}`));
  const roots = [...groups].map((group) => (group === '' ? 'api' : `apis/${group}`));
  return [...Object.keys(rootOperations), ...roots, ...served].sort();
}

/** Operations of one document; undefined where the release has no such path. */
export function documentOperations(release: Release, path: string, texts: Texts): Operation[] | undefined {
  const root = rootOperations[path];
  if (root !== undefined) return [root];
  const [, group = '', served] = /^apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const core = /^api(?:\/([^/]+))?$/.exec(path);
  const wanted = core ? core[1] : served;
  if (!core && group === '') return undefined;
  const own = release.facts.filter((item) => item.group === group && (wanted === undefined || item.version === wanted));
  if (own.length === 0) return undefined;
  return wanted === undefined ? [groupOperation(group)] : operationsOf(builtInSource(group, wanted, own, minorOf(release.version), texts));
}

/** Operations of everything that a release serves. */
export function allOperations(release: Release, texts: Texts): Operation[] {
  return documentPaths(release).flatMap((path) => documentOperations(release, path, texts) ?? []);
}
