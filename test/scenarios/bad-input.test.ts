import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { Agent } from 'node:https';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import { TENANT_ID } from '../../src/entra/seed.ts';
import { Arm, clusterBody, clusterPath, groupPath, poolPath, subscription } from './support/arm.ts';
import { type Answer, type Json, ProxyAgent, send } from './support/http.ts';
import { Service } from './support/service.ts';

/** What one bad request is answered with: status and the code (reason, error) in the shape of its door. */
type Case = readonly [what: string, method: string, path: string, expected: readonly [status: number, code: string], more?: More];
interface More {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type Call = (method: string, path: string, more: More) => Promise<Answer>;

const TEN_MB = 'x'.repeat(10 * 2 ** 20);
const API = '?api-version=2024-11-01';
const AKS = '?api-version=2026-04-01';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** The code that an answer carries, in the shape of its door; fails when it has another shape. */
type Shape = (answer: Answer) => string;
const azureShape: Shape = ({ body }) => {
  assert.equal(typeof body?.error?.message, 'string', 'no Azure-shaped error');
  return body.error.code;
};
const kubernetesShape: Shape = ({ status, body }) => {
  assert.equal(body?.kind, 'Status', 'no Status');
  assert.equal(body.status, 'Failure');
  assert.equal(body.code, status);
  assert.equal(typeof body.message, 'string');
  return body.reason;
};
const entraShape: Shape = ({ body }) => {
  assert.match(body?.error_description, /^AADSTS\d+: /, 'no Entra-shaped error');
  return body.error;
};
const adminShape: Shape = ({ body }) => {
  assert.equal(typeof body?.error, 'string');
  return '';
};

/** Sends all of them; fails with a list of those that were not answered as expected, or after which the connection was of no use. */
async function expectRefusals(cases: readonly Case[], call: Call, shape: Shape, good: () => Promise<Answer>): Promise<void> {
  const wrong: string[] = [];
  for (const [what, method, path, [status, code], more = {}] of cases) {
    try {
      const answer = await call(method, path, more);
      const said = `${answer.status} ${answer.text.slice(0, 300)}`;
      assert.equal(answer.status, status, said);
      assert.doesNotMatch(answer.text, /\.[tj]s:\d+|node:internal|\n\s+at |undefined|\[object /, said);
      if (method !== 'HEAD') assert.equal(shape(answer), code, said);
      assert.equal((await good()).status, 200);
    } catch (error) {
      wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  assert.deepEqual(wrong, []);
}

/** One connection for everything, so that a request which spoils it is found out. */
const oneConnection = (service: Service): Agent => new Agent({ keepAlive: true, maxSockets: 1, ca: service.ca });

interface Tokens {
  readonly foreign: string;
  readonly expired: string;
  readonly otherIssuer: string;
  readonly otherAudience: string;
  readonly early: string;
}

/** Variations of a good token; all but the foreign one are signed with our own key. */
async function spoiled(service: Service, token: string): Promise<Tokens> {
  const claims = decodeJwt(token);
  const header = decodeProtectedHeader(token);
  const key = await service.installation.certificates.tokenKey('entra');
  const now = Math.floor(Date.now() / 1000);
  const sign = (more: JWTPayload): Promise<string> => key.sign({ ...claims, ...more });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    foreign: await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'RS256' }).sign(privateKey),
    expired: await sign({ nbf: now - 7200, iat: now - 7200, exp: now - 3600 }),
    otherIssuer: await sign({ iss: 'https://sts.windows.net/00000000-0000-0000-0000-000000000009/' }),
    otherAudience: await sign({ aud: 'https://vault.azure.net' }),
    early: await sign({ nbf: now + 3600 }),
  };
}

const vnet = `${groupPath('rg')}/providers/Microsoft.Network/virtualNetworks/vnet1`;
const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;

const armCases: readonly Case[] = [
  ['malformed JSON', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent'], { body: '{"location":' }],
  ['an array for a body', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent'], { body: '[]' }],
  ['no body', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent']],
  ['bytes that are no text', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent'], { body: Buffer.from([0xff, 0xfe, 0x00]) }],
  ['endless nesting', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent'], { body: `{"a":${deep}}` }],
  ['a location that is no text', 'PUT', `${groupPath('x')}${API}`, [400, 'InvalidRequestContent'], { body: { location: 7 } }],
  [
    'tags that are no object',
    'PUT',
    `${groupPath('x')}${API}`,
    [400, 'InvalidRequestContent'],
    { body: { location: 'eastus2', tags: [1] } },
  ],
  ['no location', 'PUT', `${groupPath('x')}${API}`, [400, 'LocationRequired'], { body: {} }],
  [
    'a group name that ends with a period',
    'PUT',
    `${groupPath('x.')}${API}`,
    [400, 'InvalidResourceName'],
    { body: { location: 'eastus2' } },
  ],
  [
    'properties that are text',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'InvalidRequestContent'],
    { body: { location: 'eastus2', properties: 'x' } },
  ],
  [
    'pools that are no list',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'UnmarshalError'],
    { body: clusterBody({ agentPoolProfiles: 'x' }) },
  ],
  [
    'a pool that is no object',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'UnmarshalError'],
    { body: clusterBody({ agentPoolProfiles: [7] }) },
  ],
  ['a count that is text', 'PUT', `${clusterPath('rg', 'c')}${AKS}`, [400, 'UnmarshalError'], { body: clusterBody({}, { count: 'many' }) }],
  ['half a node', 'PUT', `${clusterPath('rg', 'c')}${AKS}`, [400, 'InvalidParameter'], { body: clusterBody({}, { count: 1.5 }) }],
  [
    'a version that is a number',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'UnmarshalError'],
    { body: clusterBody({ kubernetesVersion: 1.35 }) },
  ],
  [
    'an identity of no known type',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'InvalidIdentityType'],
    { body: { ...clusterBody(), identity: { type: 'x' } } },
  ],
  [
    'a service range that is none',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'InvalidParameter'],
    { body: clusterBody({ networkProfile: { serviceCidr: 'x' } }) },
  ],
  [
    'a pod range that is none',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'InvalidParameter'],
    { body: clusterBody({ networkProfile: { podCidr: '10.0.0.0/99' } }) },
  ],
  [
    'a DNS address outside the services',
    'PUT',
    `${clusterPath('rg', 'c')}${AKS}`,
    [400, 'DnsServiceIpOutOfServiceCidr'],
    { body: clusterBody({ networkProfile: { dnsServiceIP: '10.9.9.9' } }) },
  ],
  [
    'another name in the body',
    'PUT',
    `${groupPath('x')}${API}`,
    [400, 'InvalidRequestContent'],
    { body: { name: 'y', location: 'eastus2' } },
  ],
  ['a missing group', 'GET', `${groupPath('none')}${API}`, [404, 'ResourceGroupNotFound']],
  ['a missing cluster', 'GET', `${clusterPath('rg', 'none')}${AKS}`, [404, 'ResourceNotFound']],
  ['a cluster in a missing group', 'PUT', `${clusterPath('none', 'c')}${AKS}`, [404, 'ResourceGroupNotFound'], { body: clusterBody() }],
  [
    'a pool of a missing cluster',
    'PUT',
    `${poolPath('rg', 'none', 'p')}${AKS}`,
    [404, 'ParentResourceNotFound'],
    { body: { properties: {} } },
  ],
  ['credentials of a missing cluster', 'POST', `${clusterPath('rg', 'none')}/listClusterUserCredential${AKS}`, [404, 'ResourceNotFound']],
  [
    'a missing subscription',
    'GET',
    `/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups${API}`,
    [404, 'SubscriptionNotFound'],
  ],
  [
    'a subnet with a missing security group',
    'PUT',
    `${vnet}${API}`,
    [400, 'InvalidResourceReference'],
    {
      body: {
        location: 'eastus2',
        properties: {
          addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
          subnets: [
            {
              name: 's',
              properties: {
                addressPrefix: '10.0.0.0/24',
                networkSecurityGroup: { id: vnet.replace(/virtualNetworks.*/, 'networkSecurityGroups/none') },
              },
            },
          ],
        },
      },
    },
  ],
  ['a wrong method', 'POST', `${groupPath('rg')}${API}`, [405, 'MethodNotAllowed']],
  ['a method nobody knows', 'PROPFIND', `${groupPath('rg')}${API}`, [405, 'MethodNotAllowed']],
  ['no api-version', 'GET', groupPath('rg'), [400, 'MissingApiVersionParameter']],
  ['an api-version that is none', 'GET', `${groupPath('rg')}?api-version=tomorrow`, [400, 'InvalidApiVersionParameter']],
  ['an unknown namespace', 'GET', `${groupPath('rg')}/providers/Contoso.Widgets/things/x${API}`, [404, 'InvalidResourceNamespace']],
  ['a type not built', 'PUT', `${groupPath('rg')}/providers/Microsoft.Web/sites/x${API}`, [501, 'NotImplemented'], { body: {} }],
  ['a broken escape in the path', 'GET', `${subscription}/resourceGroups/%zz${API}`, [404, 'ResourceGroupNotFound']],
  ['a null character in the path', 'GET', `${subscription}/resourceGroups/a%00b${API}`, [404, 'ResourceGroupNotFound']],
  ['a path that leads nowhere', 'GET', `/tenants/x/y${API}`, [404, 'NotFound']],
  ['a filter that is none', 'GET', `${subscription}/resources${API}&$filter=%27`, [400, 'InvalidFilterInQueryString']],
  [
    'an etag that never was',
    'PUT',
    `${groupPath('rg')}${API}`,
    [412, 'PreconditionFailed'],
    { body: { location: 'eastus2' }, headers: { 'if-match': '"x"' } },
  ],
  ['a body of 10 MB', 'PUT', `${groupPath('x')}${API}`, [413, 'RequestContentTooLarge'], { body: `{"tags":{"a":"${TEN_MB}"}}` }],
  [
    'an operation that never was',
    'GET',
    `${subscription}/providers/Microsoft.ContainerService/locations/eastus2/operations/x${AKS}`,
    [404, 'NotFound'],
  ],
  ['HEAD of a missing group', 'HEAD', `${groupPath('none')}${API}`, [404, '']],
];

test('ARM: every bad request gets Azure’s code in Azure’s shape, and the connection lives on', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service, 'endpoint');
  await arm.createGroup();
  const agent = oneConnection(service);
  t.after(() => agent.destroy());
  const call: Call = (method, path, { body, headers }) =>
    send(service.origin + path, {
      agent,
      method,
      headers: { authorization: `Bearer ${arm.token}`, ...headers },
      ...(body !== undefined && { body }),
    });
  await expectRefusals(armCases, call, azureShape, () => call('GET', `${groupPath('rg')}${API}`, {}));
  const unknown = await call('PUT', `${groupPath('odd')}${API}`, { body: { location: 'eastus2', wings: 2, properties: { tail: true } } });
  assert.equal(unknown.status, 201, unknown.text);
  assert.deepEqual(service.errors, []);
});

test('ARM, Graph and Kubernetes turn away tokens that are foreign, expired, early or for somebody else', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service, 'endpoint');
  await arm.createCluster('rg', 'demo', clusterBody({ aadProfile: { managed: true, enableAzureRBAC: false } }, { count: 1 }));
  const { fqdn } = (await arm.get(clusterPath('rg', 'demo'))).properties;
  const agent = oneConnection(service);
  const kube = service.proxied();
  t.after(() => agent.destroy());
  const { foreign, expired, otherIssuer, otherAudience, early } = await spoiled(service, arm.token);
  const armCall = (authorization: string | undefined): Promise<Answer> =>
    send(`${service.origin}${groupPath('rg')}${API}`, { agent, headers: authorization === undefined ? {} : { authorization } });
  const expected: readonly [string | undefined, string][] = [
    [undefined, 'AuthenticationFailed'],
    ['Basic eDp5', 'AuthenticationFailedInvalidHeader'],
    ['Bearer', 'AuthenticationFailedInvalidHeader'],
    ['Bearer x', 'InvalidAuthenticationToken'],
    [`Bearer ${'x'.repeat(10_000)}`, 'InvalidAuthenticationToken'],
    [`Bearer ${foreign}`, 'InvalidAuthenticationToken'],
    [`Bearer ${arm.token.slice(0, -9)}AAAAAAAAA`, 'InvalidAuthenticationToken'],
    [`Bearer ${expired}`, 'ExpiredAuthenticationToken'],
    [`Bearer ${otherIssuer}`, 'InvalidAuthenticationTokenTenant'],
    [`Bearer ${otherAudience}`, 'InvalidAuthenticationTokenAudience'],
    [`Bearer ${early}`, 'InvalidAuthenticationToken'],
  ];
  for (const [authorization, code] of expected) {
    const answer = await armCall(authorization);
    assert.equal(answer.status, 401, authorization);
    assert.equal(azureShape(answer), code, authorization);
    assert.match(String(answer.headers['www-authenticate']), /^Bearer authorization_uri="https:/);
    const graph = await send(`${service.origin}/v1.0/users`, { agent, headers: authorization ? { authorization } : {} });
    assert.equal(graph.status, 401, `Graph: ${authorization} ${graph.text}`);
    assert.equal(azureShape(graph), 'InvalidAuthenticationToken');
    const nodes = await send(`https://${fqdn}/api/v1/nodes`, {
      agent: kubeAgent(service, await caOf(arm)),
      headers: authorization ? { authorization } : {},
    });
    // No credentials at all make an anonymous user, whom RBAC refuses.
    const anonymous = authorization === undefined || authorization.startsWith('Basic') || authorization === 'Bearer';
    assert.ok(anonymous ? [401, 403].includes(nodes.status) : nodes.status === 401, `Kubernetes: ${authorization} ${nodes.text}`);
    kubernetesShape(nodes);
  }
  assert.equal((await armCall(`Bearer ${arm.token}`)).status, 200);
  kube.destroy();
  assert.deepEqual(service.errors, []);
});

async function caOf(arm: Arm): Promise<string> {
  const text = await arm.kubeconfig();
  return Buffer.from(/certificate-authority-data: (\S+)/.exec(text)?.[1] ?? '', 'base64').toString();
}
const kubeAgent = (service: Service, ca: string): Agent =>
  new ProxyAgent(service.installation.proxyUrl('default'), { ca, keepAlive: false });

const TOKEN = `/${TENANT_ID}/oauth2/v2.0/token`;
const text = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const entraCases: readonly Case[] = [
  ['no grant type', 'POST', TOKEN, [400, 'invalid_request'], { body: 'x=y', headers: form }],
  ['an unknown grant type', 'POST', TOKEN, [400, 'unsupported_grant_type'], { body: 'grant_type=magic&client_id=x', headers: form }],
  [
    'an unknown client',
    'POST',
    TOKEN,
    [400, 'unauthorized_client'],
    {
      body: text({
        grant_type: 'client_credentials',
        client_id: '00000000-0000-0000-0000-00000000000f',
        client_secret: 'x',
        scope: 'https://management.azure.com/.default',
      }),
      headers: form,
    },
  ],
  [
    'an unknown tenant',
    'POST',
    '/00000000-0000-0000-0000-00000000000f/oauth2/v2.0/token',
    [400, 'invalid_request'],
    { body: 'grant_type=password', headers: form },
  ],
  ['JSON for a form', 'POST', TOKEN, [400, 'invalid_request'], { body: '{"grant_type":"password"}' }],
  ['a wrong method', 'GET', TOKEN, [405, 'invalid_request']],
  ['a broken escape', 'POST', TOKEN, [400, 'invalid_request'], { body: '%zz=%', headers: form }],
  [
    'a refresh token of nobody',
    'POST',
    TOKEN,
    [400, 'invalid_grant'],
    {
      body: text({
        grant_type: 'refresh_token',
        client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        refresh_token: 'x',
        scope: 'https://management.azure.com/.default',
      }),
      headers: form,
    },
  ],
  [
    'a device code of nobody',
    'POST',
    TOKEN,
    [400, 'bad_verification_code'],
    {
      body: text({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        device_code: 'x',
      }),
      headers: form,
    },
  ],
];

const adminCases = (token: string): readonly Case[] => {
  const headers = { authorization: `Bearer ${token}` };
  const clock = '/slipway/v1/worlds/default/clock';
  return [
    ['no token', 'GET', '/slipway/v1/status', [401, '']],
    ['a wrong token', 'GET', '/slipway/v1/status', [401, ''], { headers: { authorization: 'Bearer x' } }],
    ['an unknown call', 'GET', '/slipway/v1/nothing', [404, ''], { headers }],
    ['a wrong method', 'DELETE', '/slipway/v1/status', [405, ''], { headers }],
    ['a world that is not', 'GET', '/slipway/v1/worlds/none/clock', [404, ''], { headers }],
    ['a broken escape', 'GET', '/slipway/v1/worlds/%zz/clock', [400, ''], { headers }],
    ['malformed JSON', 'POST', clock, [400, ''], { headers, body: '{' }],
    ['an array', 'POST', clock, [400, ''], { headers, body: '[]' }],
    ['a rate that is text', 'POST', clock, [400, ''], { headers, body: { rate: 'fast' } }],
    ['a negative rate', 'POST', clock, [400, ''], { headers, body: { rate: -1 } }],
    ['time that goes back', 'POST', clock, [400, ''], { headers, body: { advanceMs: -1 } }],
    ['a jump beyond the calendar', 'POST', clock, [400, ''], { headers, body: { advanceMs: 1e300 } }],
    ['a name that is a path', 'POST', '/slipway/v1/worlds/default/fork', [400, ''], { headers, body: { name: '../x' } }],
    ['no name', 'POST', '/slipway/v1/worlds/default/fork', [400, ''], { headers, body: {} }],
    ['a fork of the same name', 'POST', '/slipway/v1/worlds/default/fork', [409, ''], { headers, body: { name: 'default' } }],
    ['deleting the default world', 'DELETE', '/slipway/v1/worlds/default', [409, ''], { headers }],
    ['saving what keeps nothing', 'POST', '/slipway/v1/worlds/default/save', [409, ''], { headers, body: { name: 's' } }],
  ];
};

test('Entra and the administrators’ door refuse in their own shapes', async (t) => {
  const service = await Service.start(t);
  const agent = oneConnection(service);
  t.after(() => agent.destroy());
  const call: Call = (method, path, { body, headers }) =>
    send(service.origin + path, { agent, method, ...(headers && { headers }), ...(body !== undefined && { body }) });
  const healthy = (): Promise<Answer> => call('GET', '/healthz', {});
  await expectRefusals(entraCases, call, entraShape, healthy);
  const token = service.installation.home.secret('admin-token');
  await expectRefusals(adminCases(token), call, adminShape, healthy);
  const status = await call('GET', '/slipway/v1/status', { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual(
    status.body.worlds.map(({ name }: Json) => name),
    ['default'],
  );
  assert.deepEqual(service.errors, []);
});

const pods = '/api/v1/namespaces/default/pods';
const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const kubeCases: readonly Case[] = [
  ['malformed JSON', 'POST', pods, [400, 'BadRequest'], { body: '{"metadata":' }],
  ['an array', 'POST', pods, [400, 'BadRequest'], { body: '[]' }],
  ['no body', 'POST', pods, [400, 'BadRequest']],
  ['endless nesting', 'POST', pods, [400, 'BadRequest'], { body: `{"metadata":${deep}}` }],
  ['a wrong type', 'POST', pods, [400, 'BadRequest'], { body: { ...pod, spec: { containers: 'x' } } }],
  ['an unknown field, strictly', 'POST', `${pods}?fieldValidation=Strict`, [400, 'BadRequest'], { body: { ...pod, wings: 2 } }],
  ['another kind', 'POST', pods, [400, 'BadRequest'], { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'p' } } }],
  ['no containers', 'POST', pods, [422, 'Invalid'], { body: { metadata: { name: 'p' }, spec: {} } }],
  ['a name that is none', 'POST', pods, [422, 'Invalid'], { body: { ...pod, metadata: { name: 'P_' } } }],
  ['a missing namespace', 'POST', '/api/v1/namespaces/none/configmaps', [404, 'NotFound'], { body: { metadata: { name: 'c' } } }],
  ['a missing pod', 'GET', `${pods}/none`, [404, 'NotFound']],
  ['an unknown resource', 'GET', '/api/v1/namespaces/default/widgets', [404, 'NotFound']],
  ['a wrong method', 'POST', `${pods}/p`, [405, 'MethodNotAllowed'], { body: pod }],
  ['a selector that is none', 'GET', `${pods}?labelSelector=a%3D%3D%3Db`, [400, 'BadRequest']],
  ['a field selector that is none', 'GET', `${pods}?fieldSelector=wings%3D2`, [400, 'BadRequest']],
  ['a limit that is none', 'GET', `${pods}?limit=x`, [400, 'BadRequest']],
  ['a continue token that is none', 'GET', `${pods}?continue=x`, [400, 'BadRequest']],
  ['a content type that is none', 'POST', pods, [415, 'UnsupportedMediaType'], { body: 'x', headers: { 'content-type': 'text/html' } }],
  ['nothing that we have', 'GET', pods, [406, 'NotAcceptable'], { headers: { accept: 'image/png' } }],
  [
    'an unknown patch',
    'PATCH',
    '/api/v1/namespaces/default',
    [415, 'UnsupportedMediaType'],
    { body: '{}', headers: { 'content-type': 'application/x-patch' } },
  ],
  [
    'a JSON patch that does not fit',
    'PATCH',
    '/api/v1/namespaces/default',
    [422, 'Invalid'],
    {
      body: [{ op: 'remove', path: '/metadata/labels/none' }],
      headers: { 'content-type': 'application/json-patch+json' },
    },
  ],
  [
    'broken protobuf',
    'POST',
    pods,
    [400, 'BadRequest'],
    { body: Buffer.from('k8s\u0000\u00ff\u00ff'), headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } },
  ],
  [
    'a body of 10 MB',
    'POST',
    '/api/v1/namespaces/default/configmaps',
    [413, 'RequestEntityTooLarge'],
    { body: { metadata: { name: 'c' }, data: { a: TEN_MB } } },
  ],
  [
    'a stale resourceVersion',
    'PUT',
    '/api/v1/namespaces/default',
    [409, 'Conflict'],
    { body: { metadata: { name: 'default', resourceVersion: '1' } } },
  ],
];

test('Kubernetes: every bad request gets a Status, and the connection lives on', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createCluster('rg', 'demo', clusterBody({}, { count: 1 }));
  const kube = await arm.kube();
  const call: Call = (method, path, { body, headers }) => kube.call(method, path, body, headers);
  await expectRefusals(kubeCases, call, kubernetesShape, () => kube.call('GET', '/readyz'));
  kube.close();
  assert.deepEqual(service.errors, []);
});

test('a proxy user with a wrong token or an unknown world gets 407; hosts that are not ours are refused offline', async (t) => {
  const service = await Service.start(t);
  const connect = (url: string, host: string): Promise<Answer> =>
    send(`https://${host}/`, { agent: new ProxyAgent(url, { ca: service.ca, keepAlive: false }) });
  const good = service.installation.proxyUrl('default');
  await assert.rejects(connect(good.replace(/:[^:@]*@/, ':wrong@'), 'management.azure.com'), /407/);
  await assert.rejects(connect(good.replace('default:', 'none:'), 'management.azure.com'), /407/);
  await assert.rejects(connect(good, 'example.org'), /the proxy answered: HTTP\/1.1 (403|502)/);
  assert.equal((await connect(good, 'management.azure.com')).status, 400);
});

test('odd headers are borne, and too many are answered', async (t) => {
  const service = await Service.start(t);
  const agent = oneConnection(service);
  t.after(() => agent.destroy());
  const get = (headers: Record<string, string>): Promise<Answer> => send(`${service.origin}/healthz`, { agent, headers });
  assert.equal((await get({ 'x-ms-client-request-id': 'a"b\\c', forwarded: 'for="' })).status < 500, true);
  assert.equal((await get({ cookie: 'a='.repeat(5000) })).status < 500, true);
  const flood = await send(`${service.origin}/healthz`, { agent: oneConnection(service), headers: { 'x-a': 'x'.repeat(80_000) } });
  assert.equal(flood.status, 431);
  assert.equal((await get({})).status, 200);
});
