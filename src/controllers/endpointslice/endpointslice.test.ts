import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Endpoints, Node, Pod } from '../../../gen/kubernetes-types.ts';
import { endpoints } from '../../kinds/core/endpoints.ts';
import { node } from '../../kinds/core/node.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { service } from '../../kinds/core/service.ts';
import { endpointSlice } from '../../kinds/discovery.k8s.io/endpointslice.ts';
import { container, Scenario } from '../testing.ts';

function serve(s: Scenario, spec: object = {}): void {
  s.create(service, { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec } });
}
const web = (more = {}) => ({ containers: [container({ ports: [{ name: 'http', containerPort: 8080 }], ...more })] });
const probe = { readinessProbe: { initialDelaySeconds: 10, httpGet: { path: '/', port: 80 } } };
const slices = (s: Scenario): EndpointSlice[] => s.list<EndpointSlice>(endpointSlice);
const states = (s: Scenario) => slices(s).flatMap((slice) => (slice.endpoints ?? []).map((each) => each.conditions));

test('ready pods are published by name of their port, with node and zone', () => {
  const s = new Scenario();
  s.node('n', { labels: { 'topology.kubernetes.io/zone': 'eastus2-1' } });
  serve(s);
  s.deployment('web', { replicas: 2 }, web());
  const [slice] = slices(s);
  assert.deepEqual(slice?.ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
  assert.equal(slice?.endpoints?.length, 2);
  assert.deepEqual([slice?.endpoints?.[0]?.zone, slice?.endpoints?.[0]?.nodeName], ['eastus2-1', 'n']);
  const subset = s.get<Endpoints>(endpoints, 'web').subsets?.[0];
  assert.equal(subset?.addresses?.length, 2);
  assert.deepEqual(subset?.ports, [{ port: 8080, protocol: 'TCP' }]);
});

test('readiness and termination show in the conditions', () => {
  const s = new Scenario({ nodes: 1 });
  serve(s);
  s.deployment('web', { replicas: 1 }, web(probe));
  assert.deepEqual(states(s), [{ ready: false, serving: false, terminating: false }]);
  assert.equal(s.get<Endpoints>(endpoints, 'web').subsets?.[0]?.notReadyAddresses?.length, 1);
  s.after('10s');
  assert.deepEqual(states(s), [{ ready: true, serving: true, terminating: false }]);
  assert.equal(s.get<Endpoints>(endpoints, 'web').subsets?.[0]?.addresses?.length, 1);
  s.stopKubelet('node-0');
  s.delete(pod, s.pods()[0]?.metadata.name ?? '');
  assert.ok(states(s).some((each) => each?.terminating && !each.ready));
});

test('publishNotReadyAddresses publishes all, a headless service says so', () => {
  const s = new Scenario({ nodes: 1 });
  serve(s, { clusterIP: 'None', publishNotReadyAddresses: true });
  s.deployment('web', { replicas: 1 }, web(probe));
  assert.equal(states(s)[0]?.ready, true);
  assert.equal(slices(s)[0]?.metadata.labels?.['service.kubernetes.io/headless'], '');
});

test('slices hold 100 endpoints, and go with their service', () => {
  const s = new Scenario({ nodes: 3 });
  serve(s);
  s.deployment('web', { replicas: 250 }, web());
  assert.deepEqual(
    slices(s)
      .map((slice) => slice.endpoints?.length)
      .sort(),
    [100, 100, 50],
  );
  s.delete(service, 'web');
  assert.deepEqual([slices(s).length, s.list(endpoints).length], [0, 0]);
});

test('a service without pods keeps one empty slice; one without selector none', () => {
  const s = new Scenario();
  serve(s);
  s.create(service, { metadata: { name: 'external' }, spec: { ports: [{ port: 80 }] } });
  assert.equal(slices(s).length, 1);
  assert.deepEqual(slices(s)[0]?.endpoints ?? [], []);
});

test('a pod that changes its labels leaves the service', () => {
  const s = new Scenario({ nodes: 1 });
  serve(s);
  s.pod('p', web(), { labels: { app: 'web' } });
  assert.equal(states(s).length, 1);
  s.update<Pod>(pod, 'p', (object) => ({ ...object, metadata: { ...object.metadata, labels: { app: 'other' } } }));
  assert.equal(states(s).length, 0);
  assert.equal(s.get<Endpoints>(endpoints, 'web').subsets, undefined);
});

test('idle slices are not written again', () => {
  const s = new Scenario({ nodes: 1 });
  serve(s);
  s.deployment('web', { replicas: 2 }, web());
  const before = s.world.reader.revision;
  s.updateStatus<Node>(node, 'node-0', (object) => ({ ...object, status: { ...object.status, phase: 'Running' } }));
  assert.equal(s.world.reader.revision, before + 1);
});
