import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Service } from '../../gen/kubernetes-types.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { deepFreeze, type JsonObject } from '../kernel/json.ts';
import { World } from '../kernel/world.ts';
import type { Cluster, NewObject } from '../kube/cluster.ts';
import { CLUSTERS } from '../kube/clusters.ts';
import { decodeValue } from '../kube/decode/decode.ts';
import type { KubeObject } from '../kube/object.ts';
import { indexesOf } from '../kube/registry/indexes.ts';
import { schemasFor } from '../kube/schema/schemas.ts';
import { StatusError } from '../kube/status.ts';
import { openCluster } from '../kube/write/open-cluster.ts';
import { deployment } from './apps/deployment.ts';
import { job } from './batch/job.ts';
import { configMap } from './core/configmap.ts';
import { pod } from './core/pod/pod.ts';
import { service } from './core/service.ts';
import { kinds } from './index.ts';
import { podDisruptionBudget } from './policy/poddisruptionbudget.ts';
import { roleBinding } from './rbac.authorization.k8s.io/rolebinding.ts';
import { csiDriver } from './storage.k8s.io/csidriver.ts';

/** A cluster of the declared kinds, without controllers and admission. */
function cluster(): <T>(work: (cluster: Cluster) => T) => T {
  const world = new World({
    name: 'test',
    seed: 's',
    indexes: indexesOf(kinds),
    controllers: [],
    journal: memoryJournal(),
    hostNowMs: Date.UTC(2026, 10, 21),
  });
  world.transact((tx) => tx.put(CLUSTERS, 'c', { scope: 'c', version: '1.36.2', serviceCidr: '10.0.0.0/16' }));
  return (work) => world.transact((tx) => work(openCluster(tx, 'c', '1.36.2', 'test', [])));
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

const named = (name: string, fields: JsonObject = {}): NewObject => ({ metadata: { name, namespace: 't1' }, ...fields });
const nginx = { containers: [{ name: 'c', image: 'nginx' }] };

describe('refusals of a real server', () => {
  const file = new URL('../../../shared/data/kubernetes/errors.json', import.meta.url);
  const recorded: readonly {
    readonly case: string;
    readonly request: { readonly b: NewObject };
    readonly body: { readonly message: string };
  }[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const cases = [
    ['pod no containers', pod],
    ['deploy selector mismatch', deployment],
    ['svc clusterIP taken', service],
    ['label value invalid', configMap],
  ] as const;
  for (const [name, kind] of cases) {
    const found = recorded.find((candidate) => candidate.case === name);
    test(name, { skip: found ? false : 'not recorded' }, () => {
      if (!found) return;
      const run = cluster();
      run((c) => c.create(service, named('kubernetes', { spec: { clusterIP: '10.0.0.1', ports: [{ port: 443 }] } })));
      const { metadata, ...rest } = found.request.b;
      assert.equal(
        refusal(() => run((c) => c.create(kind, { ...rest, metadata: { ...metadata, namespace: 't1' } }))),
        found.body.message,
      );
    });
  }
});

test('services never share an address or a node port, and give them back', () => {
  const run = cluster();
  const spec = { type: 'NodePort', ports: [{ port: 80 }] };
  const made = run((c) => Array.from({ length: 50 }, (_, i) => c.create<Service & KubeObject>(service, named(`s${i}`, { spec }))));
  const ips = made.map((object) => object.spec.clusterIP);
  const ports = made.map((object) => object.spec.ports?.[0]?.nodePort);
  assert.equal(new Set(ips).size, 50);
  assert.equal(new Set(ports).size, 50);
  const again = { type: 'NodePort', clusterIP: ips[0] ?? '', ports: [{ port: 80, nodePort: ports[0] ?? 0 }] };
  assert.match(
    refusal(() => run((c) => c.create(service, named('again', { spec: again })))),
    /spec\.clusterIPs: Invalid value: .*provided IP is already allocated, spec\.ports\[0\]\.nodePort: Invalid value: \d+: provided port is already allocated/,
  );
  run((c) => c.delete(service, 't1', 's0'));
  assert.equal(run((c) => c.create<Service & KubeObject>(service, named('again', { spec: again }))).spec.clusterIP, ips[0]);
});

test('an update without allocated fields keeps them; a changed address is refused', () => {
  const run = cluster();
  const made = run((c) =>
    deepFreeze(c.create<Service & KubeObject>(service, named('s', { spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } }))),
  );
  const bare = { ...made, spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { a: 'b' } } };
  const updated = run((c) => c.update<Service & KubeObject>(service, bare as unknown as Service & KubeObject));
  assert.deepEqual([updated.spec.clusterIP, updated.spec.ports], [made.spec.clusterIP, made.spec.ports]);
  const moved = { ...updated, spec: { ...updated.spec, clusterIP: '10.0.200.1' } };
  assert.match(
    refusal(() => run((c) => c.update(service, moved as unknown as KubeObject))),
    /may not change once set/,
  );
});

test('a job finds its pods by its uid', () => {
  const run = cluster();
  const spec = { template: { spec: { ...nginx, restartPolicy: 'Never' } } };
  const made = run((c) => c.create(job, named('j', { spec })));
  assert.deepEqual((made.spec as JsonObject).selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': made.metadata.uid } });
  assert.equal(made.metadata.labels?.['job-name'], 'j');
});

test('a disruption budget says one thing, and a binding keeps its role', () => {
  const run = cluster();
  assert.match(
    refusal(() => run((c) => c.create(podDisruptionBudget, named('p', { spec: { minAvailable: 1, maxUnavailable: 1 } })))),
    /minAvailable and maxUnavailable cannot be both set/,
  );
  const bound = run((c) =>
    c.create(roleBinding, named('b', { roleRef: { kind: 'Role', name: 'a' }, subjects: [{ kind: 'User', name: 'u' }] })),
  );
  assert.match(
    refusal(() => run((c) => c.update(roleBinding, { ...bound, roleRef: { ...(bound.roleRef as JsonObject), name: 'other' } }))),
    /cannot change roleRef/,
  );
});

test('a deployment has a new generation with new annotations, but not with new labels', () => {
  const run = cluster();
  const spec = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: nginx } };
  const made = run((c) => deepFreeze(c.create(deployment, named('d', { spec }))));
  const changed = (metadata: Partial<KubeObject['metadata']>) =>
    run((c) => c.update(deployment, { ...made, metadata: { ...made.metadata, ...metadata } })).metadata.generation;
  assert.equal(changed({ labels: { l: 'v' } }), 1);
  assert.equal(changed({ annotations: { n: 'v' } }), 2);
});

test('a CSI driver has no generation before its first change', () => {
  const run = cluster();
  const made = run((c) => deepFreeze(c.create(csiDriver, { metadata: { name: 'd' }, spec: {} })));
  assert.equal(made.metadata.generation, undefined);
  const changed = run((c) => c.update(csiDriver, { ...made, spec: { ...(made.spec as JsonObject), podInfoOnMount: true } }));
  assert.equal(changed.metadata.generation, 1);
});

test('what a client leaves out and Go writes as empty gets its default', () => {
  const run = cluster();
  const bindingSchema = schemasFor('1.36').ofKind('rbac.authorization.k8s.io', 'v1', 'RoleBinding') ?? assert.fail();
  const decoded = decodeValue({ roleRef: { kind: 'Role', name: 'a' } }, bindingSchema, 'Ignore').value?.value as JsonObject;
  const bound = run((c) => c.create(roleBinding, named('b', { roleRef: decoded.roleRef ?? null })));
  assert.deepEqual(bound.roleRef, { kind: 'Role', name: 'a', apiGroup: 'rbac.authorization.k8s.io' });
});
