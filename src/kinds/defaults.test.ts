import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { JsonObject } from '../kernel/json.ts';
import { decodeValue } from '../kube/decode/decode.ts';
import type { Kind, KindContext } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { schemasFor } from '../kube/schema/schemas.ts';
import { kinds } from './index.ts';

const folder = new URL('../../../shared/data/kubernetes/defaults/', import.meta.url);

/** What was sent to the server that answered the recorded object, without apiVersion, kind and namespace. */
const sent: { readonly [file: string]: JsonObject } = {
  configmap: { data: { a: 'b' } },
  cronjob: {
    spec: {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'b' }] } } } },
    },
  },
  endpointslice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] },
  'event-v1': {
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'c',
    reportingInstance: 'i',
    action: 'a',
    reason: 'R',
    regarding: { kind: 'Pod', namespace: 't1', name: 'p' },
    note: 'm',
    type: 'Normal',
  },
  hpa: {
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    },
  },
  ingress: {
    spec: {
      rules: [
        { host: 'h', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } },
      ],
    },
  },
  ingressclass: { spec: { controller: 'x/y' } },
  job: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'b' }] } } } },
  lease: { spec: { holderIdentity: 'x', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' } },
  netpol: { spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] } },
  node: { status: { capacity: { cpu: '4', memory: '8Gi', pods: '110' } } },
  ns: {},
  pdb: { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } },
  pod: {
    spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } } }] },
  },
  'pod-limits': {
    spec: {
      volumes: [
        { name: 'e' },
        { name: 'c', configMap: { name: 'x' } },
        { name: 's', secret: { secretName: 'x' } },
        { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { name: 'h', hostPath: { path: '/x' } },
        { name: 'pr', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      ],
      containers: [{ name: 'c', image: 'nginx:1.2', resources: { limits: { cpu: '1', memory: '1Gi' } } }],
    },
  },
  priorityclass: { value: 10 },
  pv: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
  pvc: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  role: { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
  rolebinding: { subjects: [{ kind: 'User', name: 'u' }], roleRef: { kind: 'Role', name: 'r' } },
  sa: {},
  'svc-clusterip': { spec: { ports: [{ port: 80 }], selector: { a: 'b' } } },
  'svc-external': { spec: { type: 'ExternalName', externalName: 'x.y' } },
  'svc-headless': { spec: { clusterIP: 'None', ports: [{ port: 80 }], selector: { a: 'b' } } },
  'svc-lb': {
    spec: {
      type: 'LoadBalancer',
      selector: { a: 'b' },
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    },
  },
  'svc-nodeport': { spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80 }] } },
  'vap-binding': { spec: { policyName: 'v', validationActions: ['Deny'] } },
};

/** Fields that admission or allocation fill in after defaulting, removed from the recorded object. */
const filledLater: { readonly [file: string]: readonly string[] } = {
  pod: [
    'spec.volumes',
    'spec.containers.0.volumeMounts',
    'spec.serviceAccountName',
    'spec.serviceAccount',
    'spec.tolerations',
    'spec.priority',
    'spec.preemptionPolicy',
  ],
  'pod-limits': [
    'spec.volumes.6',
    'spec.containers.0.volumeMounts',
    'spec.serviceAccountName',
    'spec.serviceAccount',
    'spec.tolerations',
    'spec.priority',
    'spec.preemptionPolicy',
  ],
  node: ['spec.taints'],
  pv: ['metadata.finalizers'],
  pvc: ['metadata.finalizers'],
  'svc-clusterip': ['spec.clusterIP', 'spec.clusterIPs', 'spec.ipFamilies', 'spec.ipFamilyPolicy'],
  'svc-headless': ['spec.clusterIPs', 'spec.ipFamilies', 'spec.ipFamilyPolicy'],
  'svc-lb': [
    'spec.clusterIP',
    'spec.clusterIPs',
    'spec.ipFamilies',
    'spec.ipFamilyPolicy',
    'spec.ports.0.nodePort',
    'spec.ports.1.nodePort',
  ],
  'svc-nodeport': ['spec.clusterIP', 'spec.clusterIPs', 'spec.ipFamilies', 'spec.ipFamilyPolicy', 'spec.ports.0.nodePort'],
};

type Draft = { [key: string]: Draft };

function remove(object: Draft, path: string): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const owner = steps.reduce((value, step) => value[step] as Draft, object);
  if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else delete owner[last];
}

const context = (nowIso: string): KindContext => ({
  scope: '',
  version: '1.36',
  nowIso,
  nowMs: Date.parse(nowIso),
  get reader(): never {
    throw new Error('no rule of defaulting reads other objects');
  },
});

function create(kind: Kind, object: KubeObject, now: KindContext): KubeObject {
  const defaulted = kind.default?.(object, now) ?? object;
  const prepared = kind.prepareForCreate?.(defaulted, now) ?? defaulted;
  return kind.default?.(prepared, now) ?? prepared;
}

describe('defaults of a real server', { skip: existsSync(folder) ? false : 'no recorded objects' }, () => {
  for (const [file, fields] of Object.entries(sent)) {
    test(file, () => {
      const { body } = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
      const [group, version] = body.apiVersion.includes('/') ? body.apiVersion.split('/') : ['', body.apiVersion];
      const kind = kinds.find((candidate) => candidate.group === group && candidate.kind === body.kind);
      assert.ok(kind, `${group}/${body.kind} is not declared`);
      for (const path of filledLater[file] ?? []) remove(body, path);
      const { name, namespace, uid, creationTimestamp } = body.metadata;
      const metadata = { name, ...(namespace && { namespace }), uid, creationTimestamp };
      const served = kind.versions.find((candidate) => candidate.name === version);
      const schema = schemasFor('1.36').ofKind(group, version, body.kind) ?? assert.fail('no schema');
      const sentObject = { apiVersion: body.apiVersion, kind: body.kind, metadata, ...fields };
      // Decoding an object of a kind gives an object of that kind.
      const input = decodeValue(sentObject, schema, 'Strict').value?.value as KubeObject;
      const stored = create(kind, served?.toStored?.(input) ?? input, context(creationTimestamp));
      const shown = served?.fromStored?.(stored) ?? stored;
      const { managedFields, resourceVersion, generation, ...expectedMetadata } = body.metadata;
      assert.deepEqual(shown, { ...body, metadata: expectedMetadata });
      assert.equal(kind.generation !== false, generation === 1, 'generation');
    });
  }
});
