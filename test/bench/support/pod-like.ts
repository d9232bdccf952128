import type { Json } from '../../../src/kernel/json.ts';

/** A pod as a cluster stores it after its start: about 2.7 KB of JSON, with the parts that pods of one owner share shared. */
export function podLike(index: number): Json {
  const name = `web-6d4cf56db6-${index.toString(36).padStart(5, '0')}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: 'web-6d4cf56db6-',
      namespace: 'default',
      uid: `8c1f7a52-3d3e-4d0a-9b7e-${index.toString(16).padStart(12, '0')}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: template.labels,
      ownerReferences: template.ownerReferences,
      managedFields: template.managedFields,
    },
    spec: { ...template.spec, nodeName: nodeName(index) },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      hostIP: '10.224.0.4',
      podIP: `10.244.${(index >> 8) & 255}.${index & 255}`,
      startTime: '2026-01-01T00:00:01Z',
      conditions: template.conditions,
      containerStatuses: [
        {
          name: 'web',
          image: 'docker.io/library/nginx:1.27',
          imageID: 'docker.io/library/nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000',
          containerID: `containerd://${index.toString(16).padStart(64, '0')}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: '2026-01-01T00:00:02Z' } },
          lastState: {},
        },
      ],
    },
  };
}

const nodeName = (index: number) => `aks-nodepool1-12345678-vmss${(index % 100).toString(36).padStart(6, '0')}`;

/** The node of a `podLike`, as an index of the store would file it. */
export function nodeOf(pod: Json): string {
  const { spec } = pod as { readonly spec: { readonly nodeName: string } }; // podLike made it
  return spec.nodeName;
}

const mount = { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
const template = {
  labels: { app: 'web', 'pod-template-hash': '6d4cf56db6' },
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web-6d4cf56db6',
      uid: '0b7e6f0e-9d0f-4c39-8a52-0e5c4bb6a1c5',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
  managedFields: [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} }, 'f:ownerReferences': {} },
        'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:ports': {}, 'f:resources': {} } } },
      },
    },
  ],
  spec: {
    containers: [
      {
        name: 'web',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        volumeMounts: [mount],
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    volumes: [
      {
        name: 'kube-api-access',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
      },
    ],
  },
  conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: '2026-01-01T00:00:02Z',
  })),
};
