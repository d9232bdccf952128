import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';

/** Objects as a real 1.36 answered their creation: what was sent is created here, and the answers are the same, field by field. */
const folder = new URL('../../../shared/data/kubernetes/defaults/', import.meta.url);
const skip = existsSync(folder) ? false : 'no recorded objects here';

/** What was sent to the server that answered the recorded object, without apiVersion, kind and namespace. */
const sent: { readonly [file: string]: JsonObject } = {
  configmap: { data: { a: 'b' } },
  crd: {
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  },
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

/** Recordings that are no stored objects: recorded-reviews.test.ts has them. */
const ELSEWHERE = ['sa-token', 'sar', 'ssrr'];

async function prepared(): Promise<TestServer> {
  const server = testServer(servedKinds, { admission: builtInAdmission });
  server.bootstrap();
  await server.create('/api/v1/namespaces', { metadata: { name: 't1' } });
  await server.create('/api/v1/namespaces/t1/serviceaccounts', { metadata: { name: 'default' } });
  return server;
}

/** Each cluster's own: when and under which revision it was written, addresses and ports that were free, the ends of generated names. */
const OWN: { readonly [field: string]: RegExp } = {
  uid: /^[0-9a-f-]{36}$/,
  resourceVersion: /^\d+$/,
  creationTimestamp: /Z$/,
  time: /Z$/,
  lastPhaseTransitionTime: /Z$/,
  clusterIP: /^\d+\.\d+\.\d+\.\d+$/,
  nodePort: /^3[0-2]\d{3}$/,
};
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

/** An object with what is each cluster's own left out where it is well formed. */
function comparable(object: unknown): unknown {
  const replace = (key: string, value: unknown): unknown => {
    if (key === 'sources' && Array.isArray(value))
      // Put in by the recorded server's distribution.
      return value.filter(({ configMap }) => configMap?.name !== 'openshift-service-ca.crt');
    if (key === 'clusterIPs' && Array.isArray(value)) return value.map((each) => (ADDRESS.test(each) ? 'own' : each));
    if (key === 'name' && typeof value === 'string') return value.replace(/^(kube-api-access-)[a-z0-9]{5}$/, '$1own');
    return OWN[key]?.test(String(value)) ? 'own' : value;
  };
  // Jobs carry their uid in labels.
  const { uid } = (object as { metadata: { uid: string } }).metadata;
  return JSON.parse(JSON.stringify(object, replace).replaceAll(uid, 'own'));
}

describe('objects that a real server answered', { skip }, () => {
  test('each has its request here', () => {
    const names = readdirSync(folder).map((file) => file.replace('.json', ''));
    assert.deepEqual(names.sort(), [...Object.keys(sent), ...ELSEWHERE].sort());
  });

  for (const [file, fields] of Object.entries(sent)) {
    test(file, async () => {
      const recorded = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
      const { apiVersion, kind, metadata } = recorded.body;
      const declared = servedKinds.find(
        ({ kind: name, group, versions }) =>
          name === kind && versions.some(({ name: version }) => apiVersion === (group ? `${group}/${version}` : version)),
      );
      assert.ok(declared, kind);
      const root = declared.group === '' ? '/api/v1' : `/apis/${apiVersion}`;
      const place = declared.namespaced ? `/namespaces/${metadata.namespace}` : '';
      const server = await prepared();
      const { status, json } = await server.send({
        method: 'POST',
        path: `${root}${place}/${declared.resource}`,
        headers: { 'user-agent': 'oracle/1' },
        body: { apiVersion, kind, metadata: { name: metadata.name }, ...fields },
      });
      assert.equal(status, recorded.status, JSON.stringify(json));
      assert.deepEqual(comparable(json), comparable(recorded.body));
    });
  }
});
