import { apiService } from '../../kinds/apiregistration.k8s.io/apiservice.ts';
import { daemonSet } from '../../kinds/apps/daemonset.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { service } from '../../kinds/core/service.ts';
import { serviceAccount } from '../../kinds/core/serviceaccount.ts';
import { clusterRole } from '../../kinds/rbac.authorization.k8s.io/clusterrole.ts';
import { csiDriver } from '../../kinds/storage.k8s.io/csidriver.ts';
import { storageClass } from '../../kinds/storage.k8s.io/storageclass.ts';
import type { Cluster, NewObject } from '../../kube/cluster.ts';
import { clusterRecord } from '../../kube/clusters.ts';
import type { Kind } from '../../kube/kind.ts';
import { csiDrivers, storageClasses, systemConfigMaps } from './system-objects.ts';
import { type SystemWorkload, systemWorkloads } from './workload-table.ts';

const NAMESPACE = 'kube-system';

/** Puts into kube-system what AKS runs there (aks-facts-nodes §3.5). Creates what is missing, leaves what is there. */
export function ensureSystemWorkloads(cluster: Cluster): void {
  const ensure = (kind: Kind, object: NewObject): void => {
    const { name = '', namespace } = object.metadata;
    if (!cluster.get(kind, namespace, name)) cluster.create(kind, object);
  };
  for (const object of storageClasses) ensure(storageClass, object);
  for (const object of csiDrivers) ensure(csiDriver, object);
  for (const object of systemConfigMaps(clusterRecord(cluster.tx, cluster.scope)?.podCidr ?? '')) ensure(configMap, object);
  for (const workload of systemWorkloads) {
    if (workload.serviceAccount) ensure(serviceAccount, { metadata: { name: workload.serviceAccount, namespace: NAMESPACE } });
    ensure(workload.kind === 'DaemonSet' ? daemonSet : deployment, workloadObject(workload));
  }
  const dnsIp = clusterRecord(cluster.tx, cluster.scope)?.dnsServiceIp;
  if (dnsIp) ensure(service, dnsService(dnsIp));
  ensure(service, metricsService);
  ensureMetricsApi(cluster, ensure);
}

const CRITICAL = [{ key: 'CriticalAddonsOnly', operator: 'Exists' }];
const PREFERS_SYSTEM = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, preference: { matchExpressions: [{ key: 'kubernetes.azure.com/mode', operator: 'In', values: ['system'] }] } },
    ],
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'kubernetes.azure.com/cluster', operator: 'Exists' },
            { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] },
            { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
          ],
        },
      ],
    },
  },
};

function workloadObject(workload: SystemWorkload): NewObject {
  const { name, kind, labels } = workload;
  const isDaemon = kind === 'DaemonSet';
  const managed = { 'addonmanager.kubernetes.io/mode': 'Reconcile', 'kubernetes.azure.com/managedby': 'aks' };
  const template = {
    metadata: { labels: { ...labels, 'kubernetes.azure.com/managedby': 'aks' } },
    spec: {
      priorityClassName: isDaemon ? 'system-node-critical' : 'system-cluster-critical',
      ...(workload.serviceAccount && { serviceAccountName: workload.serviceAccount }),
      ...(workload.hostNetwork && { hostNetwork: true }),
      tolerations: isDaemon
        ? [...CRITICAL, { operator: 'Exists', effect: 'NoExecute' }, { operator: 'Exists', effect: 'NoSchedule' }]
        : CRITICAL,
      affinity: isDaemon
        ? {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: PREFERS_SYSTEM.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution,
            },
          }
        : PREFERS_SYSTEM,
      containers: workload.containers.map(({ name: container, image, requests, limits, ports }) => ({
        name: container,
        image,
        ...(ports && { ports }),
        resources: { requests, ...(limits && { limits }) },
      })),
    },
  };
  return {
    metadata: { name, namespace: NAMESPACE, labels: { ...labels, ...managed } },
    spec: {
      ...(!isDaemon && { replicas: workload.replicas ?? 1 }),
      selector: { matchLabels: labels },
      template,
      ...(isDaemon && { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } } }),
    },
  };
}

const dnsService = (clusterIP: string): NewObject => ({
  metadata: {
    name: 'kube-dns',
    namespace: NAMESPACE,
    labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
  },
  spec: {
    clusterIP,
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
    ],
  },
});

const metricsService: NewObject = {
  metadata: {
    name: 'metrics-server',
    namespace: NAMESPACE,
    labels: { 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'Metrics-server' },
  },
  spec: { selector: { 'k8s-app': 'metrics-server' }, ports: [{ port: 443, protocol: 'TCP', targetPort: 4443 }] },
};

/** The API that metrics-server adds, available at once, and the role by which whoever may view may also see metrics. */
function ensureMetricsApi(cluster: Cluster, ensure: (kind: Kind, object: NewObject) => void): void {
  ensure(clusterRole, metricsReader);
  if (cluster.get(apiService, undefined, METRICS_API)) return;
  const created = cluster.create(apiService, metricsApi);
  const lastTransitionTime = created.metadata.creationTimestamp;
  const condition = { type: 'Available', status: 'True', lastTransitionTime, reason: 'Passed', message: 'all checks passed' };
  cluster.updateStatus(apiService, { ...created, status: { conditions: [condition] } });
}

const METRICS_API = 'v1beta1.metrics.k8s.io';

const metricsApi: NewObject = {
  metadata: {
    name: METRICS_API,
    labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile', 'kubernetes.io/cluster-service': 'true' },
  },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name: 'metrics-server', namespace: NAMESPACE },
  },
};

const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';

const metricsReader: NewObject = {
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: { 'k8s-app': 'metrics-server', ...Object.fromEntries(['view', 'edit', 'admin'].map((role) => [AGGREGATE_TO + role, 'true'])) },
  },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};
