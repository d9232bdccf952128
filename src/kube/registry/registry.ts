import type { Kind, ServedVersion } from '../kind.ts';
import { type BuiltInResource, type BuiltInSubresource, builtInResources } from '../schema/resources.ts';
import { schemasFor } from '../schema/schemas.ts';
import { type GroupVersionKind, minorOf } from '../schema/table.ts';
import type { Schema, Schemas } from '../schema.ts';

export const ALL_VERBS: readonly string[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** One resource under one group version, as a cluster of one Kubernetes version serves it. The same object for all such clusters. */
export interface ServedResource {
  readonly kind: Kind;
  readonly version: ServedVersion;
  /** "apps/v1". */
  readonly apiVersion: string;
  readonly gvk: GroupVersionKind;
  readonly schema: Schema;
  /** Names, verbs and subresources as discovery shows them. */
  readonly facts: BuiltInResource;
}

/** What clusters of one Kubernetes version serve. */
export interface Registry {
  /** "1.36". */
  readonly version: string;
  readonly minor: number;
  readonly schemas: Schemas;
  /** All, by group version in the order of discovery, then by name. */
  readonly facts: readonly BuiltInResource[];
  /** Group versions, in the order of discovery: groups by priority, versions newest first. */
  readonly groupVersions: readonly GroupVersion[];
  resource(group: string, version: string, resource: string): ServedResource | undefined;
  /** Facts of a resource without stored objects (reviews, bindings). */
  virtual(group: string, version: string, resource: string): BuiltInResource | undefined;
  /** The stored kind of a resource in whatever version the cluster prefers. */
  preferred(group: string, resource: string): ServedResource | undefined;
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Resources that hold no objects and are answered by the pipeline itself. */
export const VIRTUAL: ReadonlySet<string> = new Set([
  '/bindings',
  'authentication.k8s.io/selfsubjectreviews',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/subjectaccessreviews',
]);

/** Order of the groups in discovery, as kube-apiserver's group priorities make it. Others follow by name. */
const GROUP_ORDER: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

const registries = new WeakMap<readonly Kind[], Map<number, Registry>>();

/** The registry of these kinds for a Kubernetes version ("1.36.2"); made once. */
export function registryOf(kinds: readonly Kind[], version: string): Registry {
  const byMinor = registries.get(kinds) ?? new Map<number, Registry>();
  registries.set(kinds, byMinor);
  const minor = minorOf(version);
  const registry = byMinor.get(minor) ?? build(kinds, minor);
  byMinor.set(minor, registry);
  return registry;
}

const keyOf = (group: string, version: string, resource: string): string => `${group}/${version}/${resource}`;

function build(kinds: readonly Kind[], minor: number): Registry {
  const version = `1.${minor}`;
  const schemas = schemasFor(version);
  const builtIn = new Map(builtInResources(version).map((item) => [keyOf(item.group, item.version, item.resource), item]));
  const served = new Map<string, ServedResource>();
  for (const kind of kinds) {
    if (VIRTUAL.has(`${kind.group}/${kind.resource}`)) continue;
    for (const item of kind.versions) {
      if (!isServed(item, minor)) continue;
      const key = keyOf(kind.group, item.name, kind.resource);
      const facts = builtIn.get(key) ?? factsOf(kind, item);
      const schema = schemas.ofKind(kind.group, item.name, kind.kind);
      if (!schema) continue;
      const apiVersion = kind.group ? `${kind.group}/${item.name}` : item.name;
      served.set(key, {
        kind,
        version: item,
        apiVersion,
        gvk: { group: kind.group, version: item.name, kind: kind.kind },
        schema,
        facts,
      });
    }
  }
  const virtual = new Map([...builtIn].filter(([, item]) => VIRTUAL.has(`${item.group}/${item.resource}`)));
  const facts = [...[...served.values()].map((item) => item.facts), ...virtual.values()].sort(byDiscoveryOrder);
  return {
    version,
    minor,
    schemas,
    facts,
    groupVersions: groupVersionsOf(facts),
    resource: (group, name, resource) => served.get(keyOf(group, name, resource)),
    virtual: (group, name, resource) => virtual.get(keyOf(group, name, resource)),
    preferred: (group, resource) => [...served.values()].find(({ kind }) => kind.group === group && kind.resource === resource),
  };
}

const isServed = ({ since = 0, until = Number.POSITIVE_INFINITY }: ServedVersion, minor: number): boolean =>
  since <= minor && minor <= until;

/** Facts of a kind that the generated table does not know, from its declaration. */
function factsOf(kind: Kind, version: ServedVersion): BuiltInResource {
  const subresources: BuiltInSubresource[] = [];
  const verbs = ['get', 'patch', 'update'];
  if (kind.scale) subresources.push({ name: 'scale', kind: 'autoscaling/v1/Scale', verbs });
  if (kind.status) subresources.push({ name: 'status', kind: kind.kind, verbs });
  return {
    group: kind.group,
    version: version.name,
    resource: kind.resource,
    singular: kind.kind.toLowerCase(),
    kind: kind.kind,
    namespaced: kind.namespaced,
    verbs: kind.verbs ?? ALL_VERBS,
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
    subresources,
  };
}

const groupRank = (group: string): number => (GROUP_ORDER.indexOf(group) + GROUP_ORDER.length + 1) % (GROUP_ORDER.length + 1);

/** Stable versions before beta before alpha, higher numbers first (Kubernetes' version priority). */
export function compareVersions(a: string, b: string): number {
  const parse = (name: string) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  const stage = (stageName: string | undefined) => (stageName === undefined ? 2 : stageName === 'beta' ? 1 : 0);
  return stage(y[2]) - stage(x[2]) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}

function byDiscoveryOrder(a: BuiltInResource, b: BuiltInResource): number {
  return (
    groupRank(a.group) - groupRank(b.group) ||
    (a.group < b.group ? -1 : a.group > b.group ? 1 : 0) ||
    compareVersions(a.version, b.version) ||
    (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0)
  );
}

function groupVersionsOf(facts: readonly BuiltInResource[]): GroupVersion[] {
  const found = new Map(facts.map(({ group, version }) => [`${group}/${version}`, { group, version }]));
  return [...found.values()];
}
