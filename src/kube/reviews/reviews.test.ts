import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../kernel/json.ts';
import { rbacEscalation } from '../authz/escalation.ts';
import { bootstrapCluster } from '../bootstrap/bootstrap.ts';
import type { Kind } from '../kind.ts';
import type { Claims, KubePorts } from '../pipeline/ports.ts';
import { testServer } from '../pipeline/testing.ts';

const base = (group: string, kind: string, resource: string, namespaced: boolean): Kind => ({
  group,
  kind,
  resource,
  namespaced,
  versions: [{ name: 'v1' }],
  generation: false,
});
const RBAC = 'rbac.authorization.k8s.io';
const kinds = [
  base('', 'Namespace', 'namespaces', false),
  base('', 'ConfigMap', 'configmaps', true),
  base('', 'Secret', 'secrets', true),
  base('', 'ServiceAccount', 'serviceaccounts', true),
  base(RBAC, 'Role', 'roles', true),
  base(RBAC, 'RoleBinding', 'rolebindings', true),
  base(RBAC, 'ClusterRole', 'clusterroles', false),
  base(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', false),
  base('flowcontrol.apiserver.k8s.io', 'FlowSchema', 'flowschemas', false),
  base('flowcontrol.apiserver.k8s.io', 'PriorityLevelConfiguration', 'prioritylevelconfigurations', false),
];

/** Tokens that say their claims: enough for all but the signature, which is the port's business. */
const openTokens: Partial<KubePorts> = {
  signServiceAccountToken: (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`,
  verifyServiceAccountToken: (token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims,
};

function server() {
  const it = testServer(kinds, { admission: [rbacEscalation], ports: openTokens });
  it.world.transact((tx) =>
    bootstrapCluster(tx, {
      ...it.cluster,
      fqdn: 'x',
      running: true,
      serviceCidr: '10.0.0.0/16',
      dnsServiceIp: '10.0.0.10',
      resourceId: '',
    }),
  );
  const post = async (path: string, body: unknown, headers: { readonly [name: string]: string } = {}) => {
    const { status, json } = await it.send({ method: 'POST', path, body, headers });
    return { status, json, body: json.status as JsonObject };
  };
  const as = (user: string) => ({ 'impersonate-user': user });
  return { ...it, post, as };
}

const ROLES = `/apis/${RBAC}/v1/namespaces/default`;
const reader = { metadata: { name: 'r' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'] }] };
const toBob = {
  metadata: { name: 'b' },
  subjects: [{ kind: 'User', name: 'bob', apiGroup: RBAC }],
  roleRef: { kind: 'Role', name: 'r', apiGroup: RBAC },
};
const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

test('a role grants what it names, where it is bound, and no more', async () => {
  const { send, post, as } = server();
  await post(`${ROLES}/roles`, reader);
  await post(`${ROLES}/rolebindings`, toBob);
  const get = async (path: string) => (await send({ path: `/api/v1/namespaces/${path}`, headers: as('bob') })).status;
  assert.equal(await get('default/configmaps/one'), 404);
  assert.equal(await get('default/configmaps/two'), 403);
  assert.equal(await get('default/configmaps'), 403);
  assert.equal(await get('kube-system/configmaps/one'), 403);
  assert.equal((await send({ path: '/healthz', headers: as('bob') })).status, 200);
  assert.equal((await send({ path: '/metrics', headers: as('bob') })).json.message, 'forbidden: User "bob" cannot get path "/metrics"');
});

test('access reviews say what and why', async () => {
  const { post, as } = server();
  await post(`${ROLES}/roles`, reader);
  await post(`${ROLES}/rolebindings`, toBob);
  const resourceAttributes = { namespace: 'default', verb: 'get', resource: 'configmaps', name: 'one' };
  const review = await post(`${AUTHORIZATION}/subjectaccessreviews`, { spec: { user: 'bob', resourceAttributes } });
  assert.equal(review.status, 201);
  assert.deepEqual(review.body, { allowed: true, reason: 'RBAC: allowed by RoleBinding "b/default" of Role "r" to User "bob"' });
  const self = await post(
    `${AUTHORIZATION}/selfsubjectaccessreviews`,
    { spec: { resourceAttributes: { ...resourceAttributes, verb: 'list' } } },
    as('bob'),
  );
  assert.deepEqual(self.body, { allowed: false });
  const rules = await post(`${AUTHORIZATION}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } }, as('bob'));
  assert.ok((rules.body.resourceRules as JsonObject[]).some((rule) => JSON.stringify(rule.resourceNames) === '["one"]'));
  const both = await post(`${AUTHORIZATION}/selfsubjectaccessreviews`, { spec: {} });
  assert.equal(both.status, 422);
});

test('nobody grants more than they have', async () => {
  const { post, as } = server();
  await post(`${ROLES}/roles`, {
    metadata: { name: 'rbac' },
    rules: [{ verbs: ['*'], apiGroups: [RBAC], resources: ['roles'], resourceNames: [] }],
  });
  await post(`${ROLES}/rolebindings`, { ...toBob, roleRef: { ...toBob.roleRef, name: 'rbac' } });
  const own = await post(
    `${ROLES}/roles`,
    { metadata: { name: 'a' }, rules: [{ verbs: ['get'], apiGroups: [RBAC], resources: ['roles'] }] },
    as('bob'),
  );
  assert.equal(own.status, 201);
  await post(`${ROLES}/roles`, { metadata: { name: 'creator' }, rules: [{ verbs: ['create'], apiGroups: [RBAC], resources: ['roles'] }] });
  const binding = {
    ...toBob,
    metadata: { name: 'c' },
    subjects: [{ kind: 'User', name: 'eve', apiGroup: RBAC }],
    roleRef: { ...toBob.roleRef, name: 'creator' },
  };
  await post(`${ROLES}/rolebindings`, binding);
  const more = await post(
    `${ROLES}/roles`,
    { metadata: { name: 'x' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }] },
    as('eve'),
  );
  assert.equal(more.status, 403);
  assert.match(
    String(more.json.message),
    /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]\}$/,
  );
});

test('service account tokens authenticate while the account exists', async () => {
  const { send, post } = server();
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await post(accounts, { metadata: { name: 's' } });
  const request = await post(`${accounts}/s/token`, { spec: { expirationSeconds: 3600 } });
  assert.equal(request.status, 201);
  const token = String(request.body.token);
  const review = await post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
  const user = review.body.user as { username: string; groups: string[] };
  assert.deepEqual([review.body.authenticated, user.username], [true, 'system:serviceaccount:default:s']);
  assert.deepEqual(user.groups, ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated']);
  const whoAmI = await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, { authorization: `Bearer ${token}` });
  assert.equal((whoAmI.body.userInfo as { username: string }).username, 'system:serviceaccount:default:s');
  assert.equal((await post(`${accounts}/s/token`, { spec: { expirationSeconds: 5 } })).status, 422);
  await send({ method: 'DELETE', path: `${accounts}/s` });
  assert.equal((await send({ path: accounts, headers: { authorization: `Bearer ${token}` } })).status, 401);
});

test('every answer names its flow schema and priority level', async () => {
  const { send, as } = server();
  const uid = async (resource: string, name: string) =>
    ((await send({ path: `/apis/flowcontrol.apiserver.k8s.io/v1/${resource}/${name}` })).json.metadata as { uid: string }).uid;
  const admin = await send({ path: '/api/v1/namespaces' });
  assert.equal(admin.headers['x-kubernetes-pf-flowschema-uid'], await uid('flowschemas', 'exempt'));
  const bob = await send({ path: '/api/v1/namespaces', headers: as('bob') });
  assert.equal(bob.headers['x-kubernetes-pf-flowschema-uid'], await uid('flowschemas', 'global-default'));
  assert.equal(bob.headers['x-kubernetes-pf-prioritylevel-uid'], await uid('prioritylevelconfigurations', 'global-default'));
});
