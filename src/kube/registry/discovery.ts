import { sha256Hex } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { BuiltInResource, BuiltInSubresource } from '../schema/resources.ts';
import type { Registry } from './registry.ts';

/** Discovery documents of one registry. Built on first use and shared by all clusters of the version. */
export interface Discovery {
  /** GET /api in the legacy form. `address` is host:port as the client reached us. */
  coreVersions(address: string): JsonObject;
  /** GET /apis in the legacy form. */
  readonly groups: JsonObject;
  group(name: string): JsonObject | undefined;
  resources(group: string, version: string): JsonObject | undefined;
  /** GET /api or /apis aggregated. */
  aggregated(root: 'api' | 'apis', version: 'v2' | 'v2beta1'): AggregatedDocument;
}

export interface AggregatedDocument {
  readonly body: string;
  /** Quoted, as the ETag header has it: a client that has it need not read the document again. */
  readonly etag: string;
}

const documents = new WeakMap<Registry, Discovery>();

export function discoveryOf(registry: Registry): Discovery {
  const known = documents.get(registry);
  if (known) return known;
  const made = build(registry);
  documents.set(registry, made);
  return made;
}

const groupVersion = (group: string, version: string): string => (group ? `${group}/${version}` : version);

function build(registry: Registry): Discovery {
  const names = [...new Set(registry.groupVersions.map(({ group }) => group))].filter((name) => name !== '');
  const groups = new Map(names.map((name) => [name, groupDocument(registry, name)]));
  const lists = new Map(
    registry.groupVersions.map(({ group, version }) => [groupVersion(group, version), resourceList(registry, group, version)]),
  );
  const aggregated = new Map<string, AggregatedDocument>();
  return {
    coreVersions: (address) => ({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    }),
    groups: { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups.values()] },
    group: (name) => {
      const document = groups.get(name);
      return document && { kind: 'APIGroup', apiVersion: 'v1', ...document };
    },
    resources: (group, version) => lists.get(groupVersion(group, version)),
    aggregated(root, version) {
      const key = `${root}/${version}`;
      const known = aggregated.get(key);
      if (known) return known;
      const body = `${JSON.stringify(aggregate(registry, root === 'api' ? [''] : names, version))}\n`;
      const made = { body, etag: `"${sha256Hex(body).toUpperCase()}"` };
      aggregated.set(key, made);
      return made;
    },
  };
}

function groupDocument(registry: Registry, name: string): JsonObject {
  const versions = registry.groupVersions
    .filter(({ group }) => group === name)
    .map(({ version }) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions, preferredVersion: versions[0] ?? {} };
}

const factsOf = (registry: Registry, group: string, version: string): BuiltInResource[] =>
  registry.facts.filter((item) => item.group === group && item.version === version);

function resourceList(registry: Registry, group: string, version: string): JsonObject {
  const resources = factsOf(registry, group, version).flatMap((item) => [
    {
      name: item.resource,
      singularName: item.singular,
      namespaced: item.namespaced,
      kind: item.kind,
      verbs: item.verbs,
      ...(item.shortNames && { shortNames: item.shortNames }),
      ...(item.categories && { categories: item.categories }),
      ...(item.storageVersionHash && { storageVersionHash: item.storageVersionHash }),
    },
    ...item.subresources.map((sub) => legacySubresource(item, sub)),
  ]);
  const sorted = resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    kind: 'APIResourceList',
    ...(group && { apiVersion: 'v1' }),
    groupVersion: groupVersion(group, version),
    resources: sorted,
  };
}

/** The kind of a subresource's body, split where it is of another group version. */
export function subresourceKind({ kind }: BuiltInSubresource): { readonly group: string; readonly version: string; readonly kind: string } {
  const [group = '', version = '', name] = kind.split('/');
  return name === undefined ? { group: '', version: '', kind } : { group, version, kind: name };
}

function legacySubresource(item: BuiltInResource, sub: BuiltInSubresource) {
  const { group, version, kind } = subresourceKind(sub);
  return {
    name: `${item.resource}/${sub.name}`,
    singularName: '',
    namespaced: item.namespaced,
    ...(version && { group, version }),
    kind,
    verbs: sub.verbs,
  };
}

function aggregate(registry: Registry, groups: readonly string[], api: 'v2' | 'v2beta1'): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${api}`,
    metadata: {},
    items: groups.map((name) => ({
      metadata: name ? { name } : {},
      versions: registry.groupVersions
        .filter(({ group }) => group === name)
        .map(({ version }) => ({
          version,
          resources: factsOf(registry, name, version).map(aggregatedResource),
          freshness: 'Current',
        })),
    })),
  };
}

function aggregatedResource(item: BuiltInResource): JsonObject {
  return {
    resource: item.resource,
    responseKind: { group: '', version: '', kind: item.kind },
    scope: item.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: item.singular,
    verbs: item.verbs,
    ...(item.shortNames && { shortNames: item.shortNames }),
    ...(item.categories && { categories: item.categories }),
    ...(item.subresources.length && {
      subresources: item.subresources.map((sub) => ({
        subresource: sub.name,
        responseKind: subresourceKind(sub),
        verbs: sub.verbs,
      })),
    }),
  };
}
