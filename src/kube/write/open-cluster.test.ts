import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalid } from '../../kernel/field-error.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import { deepFreeze } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import type { Cluster } from '../cluster.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { indexesOf } from '../registry/indexes.ts';
import { StatusError } from '../status.ts';
import { openCluster } from './open-cluster.ts';

const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
};
const events: Kind = { ...configMap, kind: 'Event', resource: 'events' };
const web: Kind = {
  group: 'apps',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  default: (object) => ('replicas' in (object.spec as object) ? object : { ...object, spec: { ...(object.spec as object), replicas: 1 } }),
  validate: (object) =>
    (object.spec as { replicas: number }).replicas < 0 ? [invalid('spec.replicas', -1, 'must be greater than or equal to 0')] : [],
};
const pod: Kind = {
  ...configMap,
  kind: 'Pod',
  resource: 'pods',
  gracePeriodSeconds: (_, requested) => requested ?? 30,
};

function world() {
  const host = Date.UTC(2026, 10, 21);
  const it = new World({
    name: 'test',
    seed: 's',
    indexes: indexesOf([configMap, events, web, pod]),
    controllers: [],
    journal: memoryJournal(),
    hostNowMs: host,
  });
  return { it, run: <T>(work: (cluster: Cluster) => T) => it.transact((tx) => work(openCluster(tx, 'c', '1.36.2', 'test', []))) };
}

const refusal = (work: () => unknown): StatusError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
};

const deployment = (name: string, spec: object = {}) => ({ metadata: { name, namespace: 'n' }, spec });

test('create defaults, fills metadata and refuses a taken name', () => {
  const { run } = world();
  const made = run((c) => c.create(web, deployment('a')));
  assert.equal(made.apiVersion, 'apps/v1');
  assert.deepEqual(made.spec, { replicas: 1 });
  assert.equal(made.metadata.generation, 1);
  assert.match(made.metadata.uid, /^[0-9a-f-]{36}$/);
  assert.equal(made.metadata.creationTimestamp, '2026-11-21T00:00:00Z');
  const taken = refusal(() => run((c) => c.create(web, deployment('a'))));
  assert.deepEqual([taken.code, taken.message], [409, 'deployments.apps "a" already exists']);
});

test('generateName draws names from the world, and is the client’s to keep', () => {
  const { run } = world();
  const names = run((c) => [0, 1].map(() => c.create(configMap, { metadata: { generateName: 'g-', namespace: 'n' } }).metadata.name));
  for (const name of names) assert.match(name, /^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.notEqual(names[0], names[1]);
  const { generateName } = run((c) =>
    c.update(configMap, { ...c.list(configMap, 'n')[0], metadata: { name: names[0], namespace: 'n' } } as KubeObject),
  ).metadata;
  assert.equal(generateName, undefined);
});

test('faults of metadata and of the kind are reported together', () => {
  const { run } = world();
  const error = refusal(() =>
    run((c) => c.create(web, { metadata: { name: 'A_', namespace: 'n', labels: { a: 'b c' } }, spec: { replicas: -1 } })),
  );
  assert.equal(error.code, 422);
  assert.deepEqual(
    error.details?.causes?.map(({ field }) => field),
    ['metadata.name', 'metadata.labels', 'spec.replicas'],
  );
  assert.match(error.message, /^Deployment\.apps "A_" is invalid: \[metadata\.name: Invalid value: "A_": /);
});

test('update keeps status, counts generations of spec alone, and writes nothing when nothing changed', () => {
  const { it, run } = world();
  const made = run((c) => deepFreeze(c.create(web, deployment('a'))));
  const status = { readyReplicas: 1 };
  const ready = run((c) => c.updateStatus(web, { ...made, spec: { replicas: 9 }, status }));
  assert.deepEqual([ready.spec, ready.status, ready.metadata.generation], [{ replicas: 1 }, status, 1]);
  const scaled = run((c) => c.update(web, { ...made, spec: { replicas: 2 }, status: {} }));
  assert.deepEqual([scaled.spec, scaled.status, scaled.metadata.generation], [{ replicas: 2 }, status, 2]);
  const before = it.reader.revision;
  run((c) => c.update(web, { ...scaled }));
  assert.equal(it.reader.revision, before);
});

test('an object with finalizers goes when the last one does', () => {
  const { run } = world();
  run((c) => c.create(configMap, { metadata: { name: 'a', namespace: 'n', finalizers: ['x.io/y'] } }));
  run((c) => c.delete(configMap, 'n', 'a'));
  const marked = run((c) => c.get(configMap, 'n', 'a')) as KubeObject;
  assert.equal(marked.metadata.deletionTimestamp, '2026-11-21T00:00:00Z');
  const added = refusal(() =>
    run((c) => c.update(configMap, { ...marked, metadata: { ...marked.metadata, finalizers: ['x.io/y', 'x.io/z'] } })),
  );
  assert.equal(added.code, 422);
  run((c) => c.update(configMap, { ...marked, metadata: { ...marked.metadata, finalizers: [] } }));
  assert.equal(
    run((c) => c.get(configMap, 'n', 'a')),
    undefined,
  );
});

test('propagation policies leave their finalizer for the garbage collector', () => {
  const { run } = world();
  run((c) => c.create(web, deployment('a')));
  run((c) => c.delete(web, 'n', 'a', { propagationPolicy: 'Foreground' }));
  assert.deepEqual(run((c) => c.get(web, 'n', 'a'))?.metadata.finalizers, ['foregroundDeletion']);
  run((c) => c.delete(web, 'n', 'a', { propagationPolicy: 'Background' }));
  assert.equal(
    run((c) => c.get(web, 'n', 'a')),
    undefined,
  );
});

test('graceful deletion waits, may be shortened, and ends with grace 0', () => {
  const { it, run } = world();
  run((c) => c.create(pod, { metadata: { name: 'p', namespace: 'n' } }));
  const grace = () => run((c) => c.get(pod, 'n', 'p'))?.metadata;
  run((c) => c.delete(pod, 'n', 'p'));
  assert.deepEqual([grace()?.deletionGracePeriodSeconds, grace()?.deletionTimestamp], [30, '2026-11-21T00:00:30Z']);
  const before = it.reader.revision;
  run((c) => c.delete(pod, 'n', 'p', { gracePeriodSeconds: 60 }));
  assert.equal(it.reader.revision, before);
  run((c) => c.delete(pod, 'n', 'p', { gracePeriodSeconds: 5 }));
  assert.deepEqual([grace()?.deletionGracePeriodSeconds, grace()?.deletionTimestamp], [5, '2026-11-21T00:00:05Z']);
  run((c) => c.delete(pod, 'n', 'p', { gracePeriodSeconds: 0 }));
  assert.equal(grace(), undefined);
});

test('a foreign uid is a failed precondition, a missing object 404', () => {
  const { run } = world();
  run((c) => c.create(web, deployment('a')));
  assert.equal(refusal(() => run((c) => c.delete(web, 'n', 'a', { uid: 'other' }))).code, 409);
  assert.equal(refusal(() => run((c) => c.delete(web, 'n', 'b'))).message, 'deployments.apps "b" not found');
});

test('equal events are counted in one; they are listed in the order of time', () => {
  const { run } = world();
  const about = run((c) => c.create(web, deployment('a')));
  run((c) => {
    c.event(about, 'Normal', 'Scaled', 'to 2');
    c.event(about, 'Normal', 'Scaled', 'to 1');
    c.event(about, 'Normal', 'Scaled', 'to 0');
    c.event(about, 'Normal', 'Scaled', 'to 1');
  });
  assert.deepEqual(
    run((c) => c.list(events, 'n')).map(({ message, count }) => [message, count]),
    [
      ['to 2', 1],
      ['to 1', 2],
      ['to 0', 1],
    ],
  );
});
