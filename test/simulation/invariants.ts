import type { Node, Pod, Service } from '../../gen/kubernetes-types.ts';
import { getResource, isMoving } from '../../src/arm/estate.ts';
import { parseId } from '../../src/arm/ids.ts';
import { OPERATIONS, type Operation, type Resource } from '../../src/arm/resource.ts';
import type { Entry } from '../../src/kernel/collection.ts';
import { scopeOf } from '../../src/kernel/store.ts';
import type { World } from '../../src/kernel/world.ts';
import { node } from '../../src/kinds/core/node.ts';
import { pod } from '../../src/kinds/core/pod/pod.ts';
import { service } from '../../src/kinds/core/service.ts';
import { CLUSTERS, type ClusterRecord } from '../../src/kube/clusters.ts';
import { collectionOf, type Kind } from '../../src/kube/kind.ts';

/** What must hold of any estate that has come to rest. Each broken rule is one line that names what breaks it. */
export function brokenInvariants(world: World): string[] {
  const entries = [...world.store.entries()];
  const resources = entries.filter(({ entry }) => isResource(entry)).map(({ entry }) => entry.value as Resource);
  const clusters = world.reader.list<ClusterRecord>(CLUSTERS).map(({ value }) => value);
  return [
    ...orphanResources(world, resources),
    ...orphanCollections(entries, clusters),
    ...clusters.flatMap((record) => brokenCluster(world, record)),
    ...twice('public address', resources.filter(({ type }) => type.endsWith('/publicIPAddresses')).map(publicAddress)),
    ...[...world.stats].flatMap(([name, { lastError }]) => (lastError ? [`controller ${name} failed: ${lastError}`] : [])),
  ];
}

/** What must hold besides when nothing more is going to happen: every operation has ended, and nothing is on its way. */
export function unfinished(world: World): string[] {
  const operations = world.reader.list<Operation>(OPERATIONS).map(({ value }) => value);
  const running = operations
    .filter(({ status }) => status === 'InProgress')
    .map(({ verb, resource }) => `${verb} of ${resource} never ended`);
  const moving = [...world.store.entries()]
    .filter(({ entry }) => isResource(entry))
    .map(({ entry }) => entry.value as Resource)
    .filter(isMoving)
    .map(({ id, provisioningState }) => `${id} is ${provisioningState} for ever`);
  return [...running, ...moving];
}

const isResource = ({ value }: Entry): boolean =>
  typeof value === 'object' && value !== null && 'provisioningState' in value && 'desired' in value && 'id' in value;

/** Whatever is in a group or below a parent needs it; what somebody manages needs him. */
function orphanResources(world: World, resources: readonly Resource[]): string[] {
  return resources.flatMap(({ id, managedBy }) => {
    const parsed = parseId(id);
    const parent = parsed?.parent;
    const orphaned = parent && parseId(parent)?.type && !getResource(world.reader, parent);
    const abandoned = managedBy?.includes('/managedClusters/') && !getResource(world.reader, managedBy);
    return [...(orphaned ? [`${id} has no ${parent}`] : []), ...(abandoned ? [`${id} is managed by nobody: ${managedBy}`] : [])];
  });
}

function orphanCollections(entries: readonly { readonly collection: string }[], clusters: readonly ClusterRecord[]): string[] {
  const scopes = new Set(clusters.map(({ scope }) => scope));
  const names = new Set(entries.map(({ collection }) => collection));
  return [...names].filter((name) => scopeOf(name) && !scopes.has(scopeOf(name))).map((name) => `${name} belongs to no cluster`);
}

/** Nodes are instances, pods stand on nodes, and nobody has the address of another. */
function brokenCluster(world: World, { scope, resourceId }: ClusterRecord): string[] {
  const list = <T>(kind: Kind): T[] => world.reader.list(collectionOf(kind, scope)).map(({ value }) => value as unknown as T);
  const nodes = list<Node>(node);
  const pods = list<Pod>(pod);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const own = pods.filter(({ spec, status }) => !spec.hostNetwork && !['Succeeded', 'Failed'].includes(status?.phase ?? ''));
  const clusterIps = list<Service>(service).flatMap(({ spec }) => (spec.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []));
  return [
    ...(getResource(world.reader, resourceId) ? [] : [`an API server runs for ${resourceId}, which is gone`]),
    ...nodes
      .filter(({ spec }) => !getResource(world.reader, (spec.providerID ?? '').slice('azure://'.length)))
      .map(({ metadata }) => `node ${metadata.name} has no instance`),
    ...pods
      .filter(({ spec }) => spec.nodeName && !names.has(spec.nodeName))
      .map(({ metadata, spec }) => `pod ${metadata.name} is on ${spec.nodeName}, which is gone`),
    ...twice('node address', [...nodes.flatMap(internalAddress), ...frontends(world, resourceId)]),
    ...twice(
      'pod range',
      nodes.flatMap(({ spec }) => spec.podCIDR ?? []),
    ),
    ...twice(
      'pod address',
      own.flatMap(({ status }) => status?.podIP ?? []),
    ),
    ...twice('service address', clusterIps),
  ];
}

const internalAddress = ({ status }: Node): string[] =>
  (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);

/** Private addresses of the cluster's internal load balancer. */
function frontends(world: World, clusterId: string): string[] {
  const group = getResource(world.reader, clusterId)?.desired['nodeResourceGroup'];
  const subscription = parseId(clusterId)?.subscription;
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/loadBalancers/kubernetes-internal`;
  const list = (getResource(world.reader, id)?.desired['frontendIPConfigurations'] ?? []) as readonly {
    readonly properties: { readonly privateIPAddress: string };
  }[];
  return list.map(({ properties }) => properties.privateIPAddress);
}

const publicAddress = ({ id, observed }: Resource): string =>
  typeof observed['ipAddress'] === 'string' ? observed['ipAddress'] : `none of ${id}`;

function twice(what: string, values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.flatMap((value) => (seen.size === seen.add(value).size ? [`${what} ${value} is given twice`] : []));
}
