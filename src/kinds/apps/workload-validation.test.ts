import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldError } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { cronJob } from '../batch/cronjob.ts';
import { job } from '../batch/job.ts';
import { pod } from '../core/pod/pod.ts';
import { context, objectOf } from '../testing.ts';
import { daemonSet } from './daemonset.ts';
import { deployment } from './deployment.ts';
import { replicaSet } from './replicaset.ts';
import { statefulSet } from './statefulset.ts';

const object = (kind: Kind, spec: JsonObject): KubeObject => {
  const defaulted = objectOf(kind, { spec });
  return kind.prepareForCreate?.(defaulted, context) ?? defaulted;
};
const texts = (faults: readonly FieldError[] = []): string[] => faults.map(({ path, kind, detail }) => `${path}: ${kind}: ${detail}`);
const faultsOf = (kind: Kind, spec: JsonObject): string[] => texts(kind.validate?.(object(kind, spec), context));

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const selector = { matchLabels: { a: 'b' } };
const once = { spec: { ...template.spec, restartPolicy: 'Never' } };

test('what is right has no faults', () => {
  for (const kind of [deployment, replicaSet, daemonSet, statefulSet])
    assert.deepEqual(faultsOf(kind, { selector, template }), [], kind.kind);
  assert.deepEqual(faultsOf(job, { template: once }), []);
  assert.deepEqual(
    faultsOf(cronJob, { schedule: '*/5 * * * 1-5', timeZone: 'Europe/Berlin', jobTemplate: { spec: { template: once } } }),
    [],
  );
});

test('pods of a stateful set mount its claims; the names that they get as replicas are not looked at', () => {
  const mounted = { name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const stateful = { ...template, spec: { containers: [mounted], hostname: 'Not.Used', subdomain: 'Not.Used' } };
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  assert.deepEqual(faultsOf(statefulSet, { selector, template: stateful, volumeClaimTemplates: [claim] }), []);
  assert.deepEqual(faultsOf(statefulSet, { selector, template: stateful }), [
    'spec.template.spec.containers[0].volumeMounts[0].name: notFound: ',
  ]);
});

test('on the network of the host, ports of a template may leave the host port open; pods get the same', () => {
  const onHost = (port: JsonObject): JsonObject => ({
    ...template,
    spec: { hostNetwork: true, containers: [{ name: 'c', image: 'i', ports: [port] }] },
  });
  assert.deepEqual(faultsOf(daemonSet, { selector, template: onHost({ containerPort: 53, protocol: 'UDP' }) }), []);
  assert.deepEqual(faultsOf(daemonSet, { selector, template: onHost({ containerPort: 53, hostPort: 54 }) }), [
    'spec.template.spec.containers[0].ports[0].hostPort: invalid: must match `containerPort` when `hostNetwork` is true',
  ]);
  const made = object(pod, onHost({ containerPort: 53 })['spec'] as JsonObject);
  assert.deepEqual(texts(pod.validate?.(made, context)), []);
  assert.match(JSON.stringify(made), /"hostPort":53/);
});

test('a selector must select the labels of the template, and never changes', () => {
  const wrong = object(deployment, { selector: { matchLabels: { q: 'r' } }, template });
  assert.deepEqual(deployment.validate?.(wrong, context), [
    { kind: 'invalid', path: 'spec.template.metadata.labels', value: { a: 'b' }, detail: '`selector` does not match template `labels`' },
  ]);
  const right = object(deployment, { selector, template });
  const changed = deployment.validateUpdate?.(wrong, right, context);
  assert.deepEqual(changed?.at(-1), {
    kind: 'invalid',
    path: 'spec.selector',
    value: { matchLabels: { q: 'r' } },
    detail: 'field is immutable',
  });
  assert.deepEqual(faultsOf(daemonSet, { selector: {}, template }), ['spec.selector: invalid: empty selector is invalid for daemonset']);
});

test('all faults of a deployment are told at once', () => {
  const bad = {
    replicas: -1,
    selector,
    strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } },
    minReadySeconds: 700,
    template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
  };
  assert.deepEqual(faultsOf(deployment, bad), [
    'spec.replicas: invalid: must be greater than or equal to 0',
    'spec.template.spec.restartPolicy: notSupported: supported values: "Always"',
    'spec.strategy.rollingUpdate.maxUnavailable: invalid: may not be 0 when `maxSurge` is 0',
    'spec.progressDeadlineSeconds: invalid: must be greater than minReadySeconds',
  ]);
});

test('a stateful set changes in few fields', () => {
  const before = object(statefulSet, { selector, template, serviceName: 'a' });
  assert.deepEqual(
    statefulSet.validateUpdate?.(object(statefulSet, { selector, template, serviceName: 'a', replicas: 3 }), before, context),
    [],
  );
  const [fault] = statefulSet.validateUpdate?.(object(statefulSet, { selector, template, serviceName: 'b' }), before, context) ?? [];
  assert.match(fault?.detail ?? '', /^updates to statefulset spec for fields other than 'replicas'/);
});

test('a job says why its pods cannot be, and does not change', () => {
  assert.deepEqual(faultsOf(job, { template, completionMode: 'Indexed', parallelism: 2 }), [
    'spec.completions: required: when completion mode is Indexed',
    'spec.template.spec.restartPolicy: required: valid values: "OnFailure", "Never"',
  ]);
  const before = object(job, { template: once });
  const after = object(job, { template: { ...once, metadata: { labels: { x: 'y' } } }, completions: 2 });
  assert.deepEqual(texts(job.validateUpdate?.(after, before, context)), [
    'spec.completions: invalid: field is immutable',
    'spec.template: invalid: field is immutable',
  ]);
});

test('schedules and time zones are checked', () => {
  const spec = (schedule: string, rest: JsonObject = {}): JsonObject => ({ schedule, jobTemplate: { spec: { template: once } }, ...rest });
  assert.deepEqual(faultsOf(cronJob, spec('x')), ['spec.schedule: invalid: expected exactly 5 fields, found 1: [x]']);
  assert.deepEqual(faultsOf(cronJob, spec('99 * * * *')), ['spec.schedule: invalid: end of range (99) above maximum (59): 99']);
  assert.deepEqual(faultsOf(cronJob, spec('a * * * *')), [
    'spec.schedule: invalid: failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax',
  ]);
  assert.deepEqual(faultsOf(cronJob, spec('@hourly', { timeZone: 'Mars/Olympus' })), [
    'spec.timeZone: invalid: unknown time zone Mars/Olympus',
  ]);
});
