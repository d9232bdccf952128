import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type Sent, type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';
import { encodeEnvelope, encodeMessage } from '../../src/kube/protobuf/encode.ts';
import { schemasFor } from '../../src/kube/schema/schemas.ts';

/** Requests that kubectl sent to a logging server, replayed: each must be answered, and as kube-apiserver would. */
const VERSIONS = ['1.27', '1.30', '1.33', '1.36'];
const folder = new URL('../../../shared/data/kubernetes/', import.meta.url);
const skip = existsSync(folder) ? false : 'no recorded requests here';

interface Recorded {
  /** The command that sent it. */
  readonly command: string;
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
}

/** Streams into pods are tested elsewhere: they need an engine behind them. */
const isStream = (line: string): boolean => line.startsWith('UPGRADE ') || /\/pods\/[^/]+\/log\?/.test(line);

function readLog(version: string): Recorded[] {
  const requests: Recorded[] = [];
  let command = '';
  // The debugging pod's name ends in something random.
  const text = readFileSync(new URL(`kubectl-wire-${version}.log`, folder), 'utf8').replace(/node-debugger-n1-\w+/g, 'node-debugger');
  for (const line of text.split('\n')) {
    if (line.startsWith('### rc=') || line === '' || isStream(line)) continue;
    if (line.startsWith('### ')) {
      command = line.slice(4);
      continue;
    }
    const [target = '', accept, type, , agent, body] = line.split(' | ');
    const [method = '', path = ''] = target.split(' ');
    const headers = {
      accept: accept?.slice('Accept='.length) ?? '',
      'user-agent': agent?.slice('UA='.length) ?? '',
      ...(type && type !== 'CT=' && { 'content-type': type.slice('CT='.length) }),
    };
    requests.push({ command, method, path, headers, body: body?.replace(/^BODY\(\d+\)=/, '').replace(/\\n$/, '') });
  }
  return requests;
}

const labels = { app: 'ap' };
const deployment = (name: string, replicas: number): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ image: 'nginx', name: 'c' }] } },
  },
});

/** What the logged protobuf bodies, of which only the kind was written down, hold here. */
const PROTOBUF: { readonly [kind: string]: JsonObject } = {
  'v1/ConfigMap': { metadata: { name: 'cm1' }, data: { a: 'b' } },
  'v1/Pod': { metadata: { name: 'node-debugger' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } },
  'autoscaling/v1/HorizontalPodAutoscaler': {
    metadata: { name: 'ap' },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'ap', apiVersion: 'apps/v1' } },
  },
  'autoscaling/v2/HorizontalPodAutoscaler': {
    metadata: { name: 'ap' },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'ap', apiVersion: 'apps/v1' } },
  },
  'authorization.k8s.io/v1/SelfSubjectAccessReview': { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
  'authorization.k8s.io/v1/SelfSubjectRulesReview': { spec: { namespace: 'default' } },
  'authentication.k8s.io/v1/SelfSubjectReview': {},
  'authentication.k8s.io/v1/TokenRequest': { spec: { audiences: [] } },
};

function protobuf(name: string, path: string): Uint8Array {
  const [, group = '', version = '', kind = ''] = /^(?:(.*)\/)?([^/]+)\/([^/]+)$/.exec(name) ?? [];
  const sample = PROTOBUF[name];
  const schema = schemasFor('1.36').ofKind(group, version, kind);
  assert.ok(sample && schema?.name, `a sample of ${name}`);
  const named = path.includes('dryRun') ? { ...sample, metadata: { name: 'cm2' } } : sample;
  const message = encodeMessage(named, schema.name, '1.36');
  assert.ok(message);
  return encodeEnvelope(message, group ? `${group}/${version}` : version, kind);
}

/** Long bodies were cut off in the log; what they stand for goes in their place. */
function bodyOf({ method, path, headers, body }: Recorded): Sent['body'] {
  if (body === undefined) return undefined;
  const kind = /^<k8s-protobuf (.*)>$/.exec(body)?.[1];
  if (kind) return protobuf(kind, path);
  if (isJson(body)) return body;
  if (path.endsWith('/pods')) return PROTOBUF['v1/Pod'];
  if (headers['content-type'] === 'application/strategic-merge-patch+json') return { spec: { replicas: 2 } };
  if (method === 'PATCH') return { ...deployment('ap', 1), metadata: { name: 'ap', annotations: { note: 'x' } }, spec: {} };
  return deployment('ap', 1);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function prepared(version: string): Promise<TestServer> {
  const server = testServer(servedKinds, { admission: builtInAdmission, ports: { signServiceAccountToken: () => 'token' } });
  server.bootstrap();
  await server.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  await server.create('/api/v1/nodes', { metadata: { name: 'n1' } });
  await server.create('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'n1' }, spec: {} });
  await server.create('/api/v1/namespaces/default/pods', {
    metadata: { name: 'p1' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx' }] },
  });
  await server.create('/apis/apps/v1/namespaces/default/deployments', deployment('web', 1));
  // This kubectl could not check what it was to create: the logging server had no OpenAPI document of version 2.
  if (version === '1.27') await server.create('/apis/apps/v1/namespaces/default/deployments', deployment('ap', 1));
  return server;
}

const DEFAULT_STATUS: { readonly [method: string]: number } = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 200 };

/** Where the answer is not a plain success: command, request, status, and why. */
const OTHER: readonly (readonly [command: RegExp, request: RegExp, status: number])[] = [
  // A document is asked for by a hash that is not its own.
  [/./, /^GET \/openapi\/v3\/.*hash=AA/, 301],
  // Nothing is there yet.
  [/^apply -f d\.yaml/, /^GET .*\/deployments\/ap$/, 404],
  // Another manager has set other replicas.
  [/^apply --server-side -f/, /^PATCH .*fieldManager=kubectl&/, 409],
  [/^create --validate=strict/, /^POST/, 409],
  // The body names a revision of the logging server's.
  [/^replace/, /^PUT/, 409],
  // Evicted pods that no node holds are gone at once, and so is what was deleted.
  [/^drain/, /^GET .*\/pods\/(r1|node-debugger)$/, 404],
  [/^delete cm/, /^GET/, 404],
  [/^delete pod r1/, /^DELETE/, 404],
  // Versions that no release of today serves: kubectl 1.27 knows no other.
  [/^auth whoami/, /v1(alpha|beta)1/, 404],
];

for (const version of VERSIONS) {
  test(`requests of kubectl ${version}`, { skip }, async () => {
    const server = await prepared(version);
    const wrong: string[] = [];
    for (const request of readLog(version)) {
      const { command, method, headers } = request;
      const path = request.path.replace(/resourceVersion=\d{2,}&/, '');
      const body = bodyOf(request);
      const { status, body: answer } = await server.respond({ method, path, headers, ...(body !== undefined && { body }) });
      const expected = OTHER.find(([of, what]) => of.test(command) && what.test(`${method} ${path}`))?.[2] ?? DEFAULT_STATUS[method];
      if (status !== expected)
        wrong.push(
          `${command}: ${method} ${path} → ${status}, not ${expected}: ${typeof answer === 'function' ? '' : Buffer.from(answer)}`.slice(
            0,
            400,
          ),
        );
    }
    assert.deepEqual(wrong, []);
  });
}
