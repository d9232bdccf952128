import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { servedKinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';

/** What is answered and not stored, as a real 1.36 answered it: reviews, tokens, component statuses. */
const folder = new URL('../../../shared/data/kubernetes/', import.meta.url);
const skip = existsSync(folder) ? false : 'no recorded answers here';
const recorded = (path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/t1';

async function prepared(): Promise<TestServer> {
  const server = testServer(servedKinds, { admission: builtInAdmission, ports: { signServiceAccountToken: () => 'signed' } });
  server.bootstrap();
  for (const [path, body] of [
    ['/api/v1/namespaces', { metadata: { name: 't1' } }],
    ['/api/v1/namespaces/t1/serviceaccounts', { metadata: { name: 's' } }],
    [`${RBAC}/roles`, { metadata: { name: 'r' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
    [
      `${RBAC}/rolebindings`,
      {
        metadata: { name: 'r' },
        subjects: [{ kind: 'User', name: 'u' }],
        roleRef: { kind: 'Role', name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
      },
    ],
  ] as const) {
    const { status, text } = await server.send({ method: 'POST', path, body });
    assert.equal(status, 201, text);
  }
  return server;
}

const asOracle = { 'user-agent': 'oracle/1' };
const OWN = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'time', 'expirationTimestamp', 'token']);
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item: unknown) => (OWN.has(key) ? undefined : item)));

test('SubjectAccessReview', { skip }, async () => {
  const { send } = await prepared();
  const { body } = recorded('defaults/sar.json');
  const answer = await send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec: body.spec },
    headers: asOracle,
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(comparable(answer.json), comparable(body));
});

test('SelfSubjectRulesReview', { skip }, async () => {
  const { send } = await prepared();
  const { body } = recorded('defaults/ssrr.json');
  const answer = await send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: { spec: { namespace: 't1' } },
  });
  assert.equal(answer.status, 201);
  const { status } = answer.json as unknown as { status: { resourceRules: object[]; nonResourceRules: object[] } };
  const texts = new Set([...status.resourceRules, ...status.nonResourceRules].map((rule) => JSON.stringify(rule)));
  const expected = [...body.status.resourceRules, ...body.status.nonResourceRules].map((rule: object) => JSON.stringify(rule));
  // The rule on issuer documents is one that the recorded server's distribution adds.
  for (const rule of expected.filter((text) => !text.includes('"/.well-known"'))) assert.ok(texts.has(rule), rule);
});

test('TokenRequest', { skip }, async () => {
  const { send } = await prepared();
  const { body } = recorded('defaults/sa-token.json');
  const { audiences, expirationSeconds } = body.spec;
  const answer = await send({
    method: 'POST',
    path: '/api/v1/namespaces/t1/serviceaccounts/s/token',
    body: { spec: { audiences, expirationSeconds } },
    headers: asOracle,
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(comparable(answer.json), comparable(body));
});

test('component statuses', { skip }, async () => {
  const { send } = await prepared();
  const golden = recorded('bootstrap/api__v1__componentstatuses.json');
  // The recorded server ran without scheduler and controllers; here they are part of it.
  const healthy = [{ type: 'Healthy', status: 'True', message: 'ok' }];
  const expected = { ...golden, items: golden.items.map((item: object) => ({ ...item, conditions: healthy })) };
  assert.deepEqual((await send({ path: '/api/v1/componentstatuses' })).json, expected);
  const one = await send({ path: '/api/v1/componentstatuses/etcd-0' });
  assert.deepEqual(one.json, { kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name: 'etcd-0' }, conditions: healthy });
  assert.equal(one.headers['warning'], '299 - "v1 ComponentStatus is deprecated in v1.19+"');
});
