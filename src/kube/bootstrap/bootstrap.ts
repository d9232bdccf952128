import { fnv1a32 } from '../../kernel/hash.ts';
import { equal, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { ClusterRecord } from '../clusters.ts';
import { collectionOf } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { builtInResources } from '../schema/resources.ts';
import { minorOf } from '../schema/table.ts';
import { flowControlObjects } from './flow-control.ts';
import { AUTOUPDATE, type BootstrapObject, rbacObjects } from './rbac.ts';

/**
 * Writes what kube-apiserver makes in an empty cluster: namespaces, the Service `kubernetes`, roles and bindings, priority classes,
 * flow control, API services. Values are shared between clusters but for uid and time. Writes past the pipeline, as they are defaulted
 * already and belong to nobody. Of objects that are there, roles and bindings get what they lack for this version; the others stay as
 * they are.
 */
export function bootstrapCluster(tx: Transaction, record: ClusterRecord): void {
  const minor = minorOf(record.version);
  const objects = [
    ...namespaces,
    ...rbacObjects(minor),
    ...flowControlObjects(tx.nowIso),
    ...priorityClasses,
    ...apiServices(record.version, tx.nowIso),
    ...serviceNetwork(record, minor, tx.nowIso),
    ...configuration(record, tx.nowIso),
  ];
  for (const object of objects) place(tx, record.scope, object);
}

function place(tx: Transaction, scope: string, object: BootstrapObject): void {
  const { apiVersion, kind, name, namespace, generation, labels, annotations, rest } = object;
  const slash = object.resource.indexOf('/');
  const of = { group: object.resource.slice(0, slash), resource: object.resource.slice(slash + 1) };
  const collection = collectionOf(of, scope);
  const key = objectKey(namespace, name);
  const existing = tx.get<KubeObject>(collection, key);
  if (existing) {
    const updated = withMissing(existing.value, rest);
    if (updated !== existing.value) tx.put(collection, key, updated);
    return;
  }
  const metadata = {
    name,
    ...(namespace && { namespace }),
    uid: tx.random.uuid(),
    ...(generation && { generation }),
    creationTimestamp: tx.nowIso,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  const value: KubeObject = { apiVersion, kind, metadata, ...rest };
  tx.put(collection, key, value);
}

/**
 * A role or binding with the rules or subjects that it should have and does not, unless somebody has turned that off. What it has beyond
 * them stays. Models rbac/reconciliation; aggregated roles are their controller's.
 */
function withMissing(object: KubeObject, wanted: JsonObject): KubeObject {
  if (object.metadata.annotations?.[AUTOUPDATE] !== 'true' || wanted['aggregationRule']) return object;
  let result = object;
  for (const field of ['rules', 'subjects']) {
    const items = wanted[field];
    if (!Array.isArray(items)) continue;
    const present: readonly Json[] = Array.isArray(object[field]) ? object[field] : [];
    const missing = items.filter((item) => !present.some((each) => equal(each, item)));
    if (missing.length) result = { ...result, [field]: [...present, ...missing] };
  }
  return result;
}

const core = (kind: string, resource: string, name: string, rest: JsonObject, more: Partial<BootstrapObject> = {}): BootstrapObject => ({
  resource: `/${resource}`,
  apiVersion: 'v1',
  kind,
  name,
  rest,
  ...more,
});

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) =>
  core(
    'Namespace',
    'namespaces',
    name,
    { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
    {
      labels: { 'kubernetes.io/metadata.name': name },
    },
  ),
);

const priorityClass = (name: string, value: number, description: string): BootstrapObject => ({
  resource: 'scheduling.k8s.io/priorityclasses',
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  name,
  generation: 1,
  rest: { value, description, preemptionPolicy: 'PreemptLowerPriority' },
});

const priorityClasses = [
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  priorityClass('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
];

/** Priority among groups and, where it isn't 15, among the versions of a group. */
const API_PRIORITIES: Readonly<Record<string, readonly [group: number, version?: number]>> = {
  '': [18000, 1],
  apps: [17800],
  'events.k8s.io': [17750],
  'authentication.k8s.io': [17700],
  'authorization.k8s.io': [17600],
  autoscaling: [17500],
  batch: [17400],
  'certificates.k8s.io': [17300],
  'networking.k8s.io': [17200],
  policy: [17100],
  'rbac.authorization.k8s.io': [17000],
  'storage.k8s.io': [16800],
  'apiextensions.k8s.io': [16700],
  'admissionregistration.k8s.io': [16700],
  'scheduling.k8s.io': [16600],
  'coordination.k8s.io': [16500],
  'node.k8s.io': [16300],
  'discovery.k8s.io': [16200],
  'resource.k8s.io': [16200, 21],
  'flowcontrol.apiserver.k8s.io': [16100, 21],
};

/** One local APIService per group version that the release serves; the aggregation layer itself has none. */
function apiServices(version: string, nowIso: string): BootstrapObject[] {
  const served = new Map(builtInResources(version).map((item) => [`${item.version}.${item.group}`, item]));
  return [...served].flatMap(([name, { group, version: of }]) => {
    const [groupPriorityMinimum, versionPriority = 15] = API_PRIORITIES[group] ?? [];
    if (groupPriorityMinimum === undefined) return [];
    const condition = { type: 'Available', status: 'True', lastTransitionTime: nowIso, reason: 'Local', message: LOCAL };
    const priority = group === 'autoscaling' && of === 'v2' ? 30 : versionPriority;
    return [
      {
        resource: 'apiregistration.k8s.io/apiservices',
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        name,
        labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
        rest: {
          spec: { ...(group && { group }), version: of, groupPriorityMinimum, versionPriority: priority },
          status: { conditions: [condition] },
        },
      },
    ];
  });
}
const LOCAL = 'Local APIServices are always available';

/** Service, address and range of the API server inside the cluster. */
function serviceNetwork({ serviceCidr, fqdn }: ClusterRecord, minor: number, nowIso: string): BootstrapObject[] {
  const ip = firstAddress(serviceCidr);
  const service = core(
    'Service',
    'services',
    'kubernetes',
    {
      spec: {
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 443 }],
        clusterIP: ip,
        clusterIPs: [ip],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: [ip.includes(':') ? 'IPv6' : 'IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
      },
      status: { loadBalancer: {} },
    },
    { namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  );
  const endpoints = serverEndpoints(fqdn);
  // ServiceCIDR and IPAddress are stable since 1.33.
  if (minor < 33) return [service, ...endpoints];
  const network = { apiVersion: 'networking.k8s.io/v1' };
  const ready = {
    type: 'Ready',
    status: 'True',
    lastTransitionTime: nowIso,
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
  };
  return [
    service,
    ...endpoints,
    {
      ...network,
      resource: 'networking.k8s.io/servicecidrs',
      kind: 'ServiceCIDR',
      name: 'kubernetes',
      rest: { spec: { cidrs: [serviceCidr] }, status: { conditions: [ready] } },
    },
    {
      ...network,
      resource: 'networking.k8s.io/ipaddresses',
      kind: 'IPAddress',
      name: ip,
      labels: {
        'ipaddress.kubernetes.io/ip-family': ip.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
      rest: { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } } },
    },
  ];
}

/** Where the Service `kubernetes` leads: the API server's public address. */
function serverEndpoints(fqdn: string): BootstrapObject[] {
  const ip = publicAddress(fqdn);
  const port = { name: 'https', protocol: 'TCP', port: 443 };
  return [
    core(
      'Endpoints',
      'endpoints',
      'kubernetes',
      { subsets: [{ addresses: [{ ip }], ports: [port] }] },
      { namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    ),
    {
      resource: 'discovery.k8s.io/endpointslices',
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      name: 'kubernetes',
      namespace: 'default',
      generation: 1,
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
      rest: { addressType: 'IPv4', endpoints: [{ addresses: [ip], conditions: { ready: true } }], ports: [port] },
    },
  ];
}

/** The public address that a host name is taken to have: one of a range of Azure's (20.0.0.0/8), by the name's hash. */
function publicAddress(fqdn: string): string {
  const hash = fnv1a32(fqdn);
  return `20.${(hash >>> 16) & 0xff}.${(hash >>> 8) & 0xff}.${1 + ((hash & 0xff) % 254)}`;
}

/** The first usable address of a range, which Kubernetes gives to its own Service: "10.0.0.0/16" → "10.0.0.1". */
function firstAddress(cidr: string): string {
  const [address = ''] = cidr.split('/');
  if (address.includes(':')) return address.endsWith('::') ? `${address}1` : address.replace(/[^:]*$/, '1');
  const parts = address.split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join('.');
}

function configuration({ caCertificate }: ClusterRecord, nowIso: string): BootstrapObject[] {
  const at = { namespace: 'kube-system' };
  const tracking = core(
    'ConfigMap',
    'configmaps',
    'kube-apiserver-legacy-service-account-token-tracking',
    { data: { since: nowIso.slice(0, 10) } },
    at,
  );
  if (!caCertificate) return [tracking];
  return [
    core('ConfigMap', 'configmaps', 'extension-apiserver-authentication', { data: { 'client-ca-file': caCertificate } }, at),
    tracking,
  ];
}
