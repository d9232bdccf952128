import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import type { BodyRequest } from './body.ts';
import { decodeBody } from './body.ts';
import type { FieldValidation } from './decode.ts';

const schemas = schemasFor('1.36');
const pod = { group: '', version: 'v1', kind: 'Pod' };
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };

function decode(body: unknown, options: Partial<BodyRequest> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return decodeBody({
    body: Buffer.from(text),
    contentType: 'application/json',
    expected: pod,
    lookup: (kind): Schema | undefined => schemas.ofKind(kind.group, kind.version, kind.kind),
    fieldValidation: 'Strict',
    version: '1.36',
    ...options,
  });
}
const messageOf = (body: unknown, options: Partial<BodyRequest> = {}): string => decode(body, options).error?.message ?? 'no error';

test('recorded errors: unknown fields are refused, warned of or ignored', (t) => {
  const golden = join(import.meta.dirname, '../../../../shared/data/kubernetes/errors.json');
  if (!existsSync(golden)) return t.skip('no recorded errors');
  const cases = JSON.parse(readFileSync(golden, 'utf8')) as {
    case: string;
    request: { b: unknown };
    warning?: string;
    body: { message: string };
  }[];
  const strict = cases.find((item) => item.case === 'pod unknown strict');
  assert.equal(messageOf(strict?.request.b), strict?.body.message);
  const warn = cases.find((item) => item.case === 'pod unknown warn');
  const decoded = decode(warn?.request.b, { fieldValidation: 'Warn' }).value;
  assert.equal(decoded?.warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', '), warn?.warning);
  assert.deepEqual(decode(warn?.request.b, { fieldValidation: 'Ignore' }).value?.warnings, []);
});

test('type errors read as those of sigs.k8s.io/json', () => {
  const prefix = 'Deployment in version "v1" cannot be handled as a Deployment: ';
  const cases: [unknown, string][] = [
    [{ spec: { replicas: 'x' } }, 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [{ spec: { replicas: 1.5 } }, 'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [
      { spec: { template: { spec: { containers: { name: 'c' } } } } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      { spec: { template: { spec: { restartPolicy: 1 } } } },
      'json: cannot unmarshal number into Go struct field PodSpec.spec.template.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [{ metadata: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
    [{ metadata: [] }, 'json: cannot unmarshal array into Go struct field Deployment.metadata of type v1.ObjectMeta'],
    [
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ];
  for (const [body, message] of cases) assert.equal(messageOf(body, { expected: deployment }), prefix + message);
});

test('own unmarshallers refuse with their own words, before remembered type errors', () => {
  const body = { spec: { hostNetwork: 'x', containers: [{ resources: { limits: { cpu: 'a lot' } } }] } };
  assert.match(messageOf(body), /^Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '/);
  const port = { spec: { ports: [{ targetPort: true }] } };
  assert.match(
    messageOf(port, { expected: { group: '', version: 'v1', kind: 'Service' } }),
    /json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32$/,
  );
});

test('malformed bodies are summarized', () => {
  const head = 'the object provided is unrecognized (must be of type Pod): ';
  const cases: [string, string][] = [
    ['', `${head}couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`],
    ['{"a":1', `${head}couldn't get version/kind; json parse error: unexpected end of JSON input ({"a":1)`],
    ['{"a" 1}', `${head}couldn't get version/kind; json parse error: invalid character '1' after object key ({"a" 1})`],
    [
      '{"a":1,}',
      `${head}couldn't get version/kind; json parse error: invalid character '}' looking for beginning of object key string ({"a":1,})`,
    ],
    ['{"a":01}', `${head}couldn't get version/kind; json parse error: invalid character '1' after object key:value pair ({"a":01})`],
    ['nope', `${head}couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u') (6e6f7065)`],
  ];
  for (const [body, message] of cases) assert.equal(messageOf(body), message);
  assert.match(messageOf('[1]'), /json: cannot unmarshal array into Go value of type struct \{ APIVersion string/);
});

test('duplicate and unknown fields are reported in the order of the text, once', () => {
  const text = '{"spec":{"foo":1,"hostname":"a","hostname":"b","containers":[{"name":"c","bar":{"x":1,"x":2},"name":"d","bar":3}]}}';
  const message = messageOf(text);
  const faults = ['unknown field "spec.foo"', 'duplicate field "spec.hostname"', 'unknown field "spec.containers[0].bar"'];
  assert.equal(
    message,
    `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${faults.join(', ')}, duplicate field "spec.containers[0].name"`,
  );
  const odd = '{"metadata":{"annotations":{"a\\"b" : "x\\": y","c":":8080","a\\"b":"z"}}}';
  assert.match(messageOf(odd), /strict decoding error: duplicate field "metadata.annotations.a\\"b"$/);
  assert.equal(messageOf('{"metadata":{"annotations":{"a":"\\"b\\":1","c":":8080"}}}'), 'no error');
});

test('values come out as Go would encode them', () => {
  const body = {
    metadata: { name: 'x', labels: {}, creationTimestamp: null, deletionTimestamp: '2026-01-01T01:00:00+01:00' },
    spec: {
      hostNetwork: false,
      terminationGracePeriodSeconds: 0,
      nodeName: '',
      volumes: [],
      containers: [{ name: 'c', args: [null, 'b'], resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }, { name: 'd' }],
      bogus: 1,
    },
  };
  assert.deepEqual(decode(body, { fieldValidation: 'Ignore' }).value?.value, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        { name: 'c', args: ['', 'b'], resources: { limits: { cpu: '500m', memory: '1Gi' } } },
        { name: 'd', resources: {} },
      ],
    },
    status: {},
  });
});

test('nesting without end is refused', () => {
  const expected = { group: 'apps', version: 'v1', kind: 'ControllerRevision' };
  const text = `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  assert.match(messageOf(text, { expected }), /exceeded max depth/);
});

test('another kind than the path expects is refused', () => {
  const expected = { group: '', version: 'v1', kind: 'ConfigMap' };
  const cases: [unknown, string][] = [
    [
      { apiVersion: 'v1', kind: 'List', items: [] },
      'List in version "v1" cannot be handled as a ConfigMap: converting (v1.List) to (core.ConfigMap): unknown conversion',
    ],
    [
      { apiVersion: 'v9', kind: 'ConfigMap' },
      'ConfigMap in version "v9" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
  ];
  for (const [body, message] of cases) assert.equal(messageOf(body, { expected }), message);
  const scaler = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' };
  assert.equal(
    messageOf(scaler, { expected: { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' } }),
    'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
  );
});

test('YAML bodies have YAML 1.1 semantics', () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations: {when: "no"}\nspec:\n  hostNetwork: yes\n  hostname: 2001-01-01\n  containers:\n  - &c {name: c, ports: [{containerPort: 0x50}]}\n';
  const decoded = decode(text, { contentType: 'application/yaml' });
  assert.deepEqual(decoded.value?.value['spec'], {
    hostNetwork: true,
    hostname: '2001-01-01',
    containers: [{ name: 'c', ports: [{ containerPort: 80 }], resources: {} }],
  });
  assert.match(messageOf('a: b: c', { contentType: 'application/yaml' }), /^the object provided is unrecognized .*: yaml: line 1: /);
  assert.match(
    messageOf('metadata:\n  name: x\n  name: z\n', { contentType: 'application/yaml' }),
    /strict decoding error: yaml: unmarshal errors:\n {2}line 3: key "name" already set in map$/,
  );
});

test('media types', () => {
  assert.deepEqual(decode('x', { contentType: 'text/plain' }).error, {
    status: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });
  assert.ok(decode({ metadata: { name: 'x' } }, { contentType: '' }).value);
  const modes: FieldValidation[] = ['Ignore', 'Warn', 'Strict'];
  for (const fieldValidation of modes)
    assert.ok(decode({ spec: {} }, { contentType: 'application/json; charset=utf-8', fieldValidation }).value);
});

/** Go writes null for lists and times that were never set; here lists are empty and times absent. */
function assertServed(actual: unknown, recorded: unknown, path: string): void {
  if (recorded === null) assert.ok(actual === undefined || JSON.stringify(actual) === '[]', path);
  else if (typeof recorded !== 'object') assert.equal(actual, recorded, path);
  else {
    const names = Object.entries(recorded).flatMap(([name, item]) => (item === null ? [] : [name]));
    const extra = Object.keys(actual as object).filter((name) => !(name in recorded));
    assert.deepEqual(extra, [], path);
    for (const name of names)
      assertServed((actual as Record<string, unknown>)[name], (recorded as Record<string, unknown>)[name], `${path}.${name}`);
  }
}

test('recorded defaulted objects pass unchanged', (t) => {
  const folder = join(import.meta.dirname, '../../../../shared/data/kubernetes/defaults');
  if (!existsSync(folder)) return t.skip('no recorded objects');
  for (const name of readdirSync(folder)) {
    const object = (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { body: { apiVersion: string; kind: string } }).body;
    const [version, group] = object.apiVersion.split('/').reverse();
    const decoded = decode(object, { expected: { group: group ?? '', version: version ?? '', kind: object.kind } });
    assert.equal(decoded.error, undefined, name);
    assertServed(decoded.value?.value, object, name);
  }
});
