import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemonSet } from '../kinds/apps/daemonset.ts';
import { statefulSet } from '../kinds/apps/statefulset.ts';
import { cronJob } from '../kinds/batch/cronjob.ts';
import { job } from '../kinds/batch/job.ts';
import { service } from '../kinds/core/service.ts';
import { storedKinds } from '../kinds/index.ts';
import { bootstrapCluster } from '../kube/bootstrap/bootstrap.ts';
import { CLUSTERS, type ClusterRecord } from '../kube/clusters.ts';
import { decodeValue } from '../kube/decode/decode.ts';
import { kindClass } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { schemasFor } from '../kube/schema/schemas.ts';
import { container, Scenario, template } from './testing.ts';

/** A cluster with some of everything, ten minutes old. */
function busyCluster(version: string): Scenario {
  const s = new Scenario({ nodes: 2, version });
  s.world.transact((tx) => bootstrapCluster(tx, tx.get<ClusterRecord>(CLUSTERS, 'c')?.value as ClusterRecord)); // the scenario's own
  const labels = { app: 'd' };
  const body = { selector: { matchLabels: labels }, template: template(labels) };
  const once = (command: string) => ({ spec: { restartPolicy: 'Never', containers: [container({ command: ['sh', '-c', command] })] } });
  s.deployment('web', { replicas: 2 });
  s.create(daemonSet, { metadata: { name: 'd' }, spec: body });
  s.create(statefulSet, { metadata: { name: 'st' }, spec: { ...body, serviceName: 'x', replicas: 2 } });
  s.create(job, { metadata: { name: 'j' }, spec: { template: once('exit 1') } });
  s.create(cronJob, { metadata: { name: 'cj' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once('true') } } } });
  s.create(service, { metadata: { name: 'svc' }, spec: { selector: labels, ports: [{ port: 80 }] } });
  s.patch(daemonSet, 'd', { template: template(labels, { containers: [container({ image: 'nginx:2' })] }) });
  return s.after('10m');
}

for (const version of ['1.33.1', '1.34.1', '1.35.1', '1.36.2']) {
  test(`everything that is stored in a cluster of ${version} is of types that it serves`, () => {
    const s = busyCluster(version);
    const schemas = schemasFor(version);
    let count = 0;
    for (const kind of storedKinds) {
      for (const { value } of s.world.reader.list<KubeObject>(`${kindClass(kind)}@c`)) {
        const schema = schemas.ofKind(kind.group, kind.versions[0]?.name ?? '', kind.kind);
        assert.ok(schema, `${kind.kind} is of a later version`);
        // Stored objects are JSON.
        const { error } = decodeValue(value as never, schema, 'Strict');
        assert.equal(error, undefined, `${kind.kind} ${value.metadata.name}: ${JSON.stringify(error)}`);
        count++;
      }
    }
    assert.ok(count > 150, `${count} objects`);
  });
}
