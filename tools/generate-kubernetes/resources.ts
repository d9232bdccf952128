import { maskTokens } from './releases.ts';
import type { OpenApiSchema, Source } from './sources.ts';

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly DiscoveryResource[] }[];
  }[];
}
interface ResponseKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}
interface DiscoveryResource {
  readonly resource: string;
  readonly responseKind: ResponseKind;
  readonly scope: string;
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly {
    readonly subresource: string;
    readonly responseKind: ResponseKind;
    readonly verbs: readonly string[];
  }[];
}

/** Served without a flag: a stable version, or a beta one that was on before betas became opt-in (none is left since 1.33). */
const isServedByDefault = (version: string): boolean => /^v\d+$/.test(version);

const kindOf = (kind: ResponseKind, group: string, version: string): string =>
  [kind.group || group, kind.version || version].join('/') === `${group}/${version}`
    ? kind.kind
    : `${kind.group}/${kind.version}/${kind.kind}`;

function resourceEntries(source: Source): Map<string, string> {
  const out = new Map<string, string>();
  const core = JSON.parse(source.read('api/discovery/api__v1.json')) as LegacyList;
  collect(out, source, { group: '', version: 'v1' }, fromLegacy(core), storageHashes(core));
  const aggregated = JSON.parse(source.read('api/discovery/aggregated_v2.json')) as Discovery;
  for (const group of aggregated.items) {
    const name = group.metadata.name ?? '';
    for (const { version, resources } of group.versions) {
      if (name === '' || !isServedByDefault(version)) continue;
      const list = JSON.parse(source.read(`api/discovery/apis__${name}__${version}.json`)) as LegacyList;
      collect(out, source, { group: name, version }, resources, storageHashes(list));
    }
  }
  return out;
}

/** Some kinds answer a DELETE with the object that is gone (or going) instead of a Status. */
function deleteReturnsObject(source: Source, path: string): boolean {
  const operation = source.swagger.paths[path]?.['delete'] as { responses?: Record<string, { schema?: OpenApiSchema }> } | undefined;
  const answer = operation?.responses?.['200']?.schema?.$ref;
  return answer !== undefined && !answer.endsWith('.Status');
}

function collect(
  out: Map<string, string>,
  source: Source,
  { group, version }: { readonly group: string; readonly version: string },
  resources: readonly DiscoveryResource[],
  hashes: Map<string, string>,
): void {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  for (const item of resources) {
    const entry = {
      group,
      version,
      resource: item.resource,
      singular: item.singularResource,
      kind: item.responseKind.kind,
      namespaced: item.scope === 'Namespaced',
      verbs: item.verbs,
      ...(item.shortNames ? { shortNames: item.shortNames } : {}),
      ...(item.categories ? { categories: item.categories } : {}),
      ...(hashes.has(item.resource) ? { storageVersionHash: hashes.get(item.resource) } : {}),
      ...(deleteReturnsObject(source, `${root}/${item.scope === 'Namespaced' ? 'namespaces/{namespace}/' : ''}${item.resource}/{name}`)
        ? { deleteReturnsObject: true }
        : {}),
      subresources: (item.subresources ?? []).map((sub) => ({
        name: sub.subresource,
        kind: kindOf(sub.responseKind, group, version),
        verbs: sub.verbs,
      })),
    };
    out.set(`${group}/${version}/${item.resource}`, JSON.stringify(entry));
  }
}

interface LegacyList {
  readonly resources: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly group?: string;
    readonly version?: string;
    readonly verbs: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
    readonly storageVersionHash?: string;
  }[];
}

const storageHashes = (list: LegacyList): Map<string, string> =>
  new Map(list.resources.flatMap((item) => (item.storageVersionHash ? [[item.name, item.storageVersionHash] as const] : [])));

/** The aggregated document in the source tree has the named groups only; the core group comes from its unaggregated list. */
function fromLegacy(list: LegacyList): DiscoveryResource[] {
  const kind = (item: LegacyList['resources'][number]): ResponseKind => ({
    group: item.group ?? '',
    version: item.version ?? '',
    kind: item.kind,
  });
  return list.resources
    .filter((item) => !item.name.includes('/'))
    .map((item) => ({
      resource: item.name,
      responseKind: kind(item),
      scope: item.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: item.singularName,
      verbs: item.verbs,
      ...(item.shortNames ? { shortNames: item.shortNames } : {}),
      ...(item.categories ? { categories: item.categories } : {}),
      subresources: list.resources
        .filter((sub) => sub.name.startsWith(`${item.name}/`))
        .map((sub) => ({ subresource: sub.name.slice(item.name.length + 1), responseKind: kind(sub), verbs: sub.verbs })),
    }));
}

/** All built-in resources served by default; one entry per distinct content, with `since`/`until` where it is not in every release. */
export function resourceTable(sources: readonly Source[]): unknown[] {
  const contents = new Map<string, number[]>();
  for (const source of sources) {
    for (const content of resourceEntries(source).values()) contents.set(content, [...(contents.get(content) ?? []), source.minor]);
  }
  return [...contents]
    .map(([content, minors]) => {
      const mask = Object.fromEntries(
        maskTokens(minors)
          .map((token) => token.split('='))
          .map(([key, value]) => [key, Number(value)]),
      );
      return { ...(JSON.parse(content) as Record<string, unknown>), ...mask };
    })
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
const keyOf = (entry: Record<string, unknown>): string => `${entry.group}/${entry.version}/${entry.resource}/${entry.since ?? ''}`;

/** Group versions in which options and watch events are registered: all that the newest release compiles in, served or not. */
export function optionGroupVersions(sources: readonly Source[]): string[] {
  const options = sources[sources.length - 1]!.swagger.definitions['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'];
  const kinds = (options?.['x-kubernetes-group-version-kind'] ?? []) as readonly { group: string; version: string }[];
  return kinds.map((kind) => `${kind.group}/${kind.version}`);
}
