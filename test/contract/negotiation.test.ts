import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';

/** Statuses, content types and bodies that were recorded of a real 1.36 for the ways in which clients ask (negotiation-golden.txt). */
const MAPS = '/api/v1/namespaces/default/configmaps';

async function prepared() {
  const server = testServer(kinds, { admission: builtInAdmission });
  await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'default' } } });
  for (const name of ['c', 'd']) await server.send({ method: 'POST', path: MAPS, body: { metadata: { name }, data: { a: 'b', z: '1' } } });
  return server;
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

const CASES: readonly (readonly [
  string,
  { path?: string; method?: string; accept?: string; agent?: string; body?: unknown },
  number,
  string,
  RegExp,
])[] = [
  [
    'list at rv 0',
    { path: `${MAPS}?resourceVersion=0` },
    200,
    'application/json',
    /^\{"kind":"ConfigMapList","apiVersion":"v1","metadata":\{"resourceVersion":"\d+"\},"items":\[\{"metadata":\{"name":"c","namespace":"default"/,
  ],
  ['a limit at rv 0 is ignored', { path: `${MAPS}?resourceVersion=0&limit=1` }, 200, 'application/json', /"name":"c".*"name":"d"/],
  [
    'exact list before anything',
    { path: `${MAPS}?resourceVersion=1&resourceVersionMatch=Exact` },
    200,
    'application/json',
    /^\{"kind":"ConfigMapList","apiVersion":"v1","metadata":\{"resourceVersion":"1"\},"items":\[\]\}\n$/,
  ],
  ['protobuf list', { accept: 'application/vnd.kubernetes.protobuf' }, 200, 'application/vnd.kubernetes.protobuf', /^k8s\0/],
  ['anything', { accept: '*/*' }, 200, 'application/json', /^\{"kind":"ConfigMapList"/],
  [
    'YAML',
    { accept: 'application/yaml' },
    200,
    'application/yaml',
    /^apiVersion: v1\nitems:\n- data:\n {4}a: b\n {4}z: "1"\n {2}metadata:\n {4}creationTimestamp: "/,
  ],
  [
    'CBOR',
    { accept: 'application/cbor' },
    406,
    'application/json',
    /^\{\n {2}"kind": "Status",[\s\S]*"message": "406: Not Acceptable\\n\\nAvailable representations: application\/json, application\/yaml/,
  ],
  [
    'table',
    { accept: TABLE },
    200,
    'application/json',
    /^\{"kind":"Table","apiVersion":"meta.k8s.io\/v1","metadata":\{"resourceVersion":"\d+"\},"columnDefinitions":\[\{"name":"Name","type":"string","format":"name","description":"/,
  ],
  ['table page', { path: `${MAPS}?limit=1`, accept: TABLE }, 200, 'application/json', /"remainingItemCount":1\},"columnDefinitions"/],
  [
    'table in protobuf',
    { accept: TABLE.replace('json', 'vnd.kubernetes.protobuf') },
    406,
    'application/json',
    /"message": "only the following media types are accepted: application\/json, application\/yaml, application\/vnd.kubernetes.protobuf"/,
  ],
  ['pretty', { path: `${MAPS}?pretty=true` }, 200, 'application/json', /^\{\n {2}"kind": "ConfigMapList",\n {2}"apiVersion": "v1",\n/],
  ['curl', { agent: 'curl/8.0' }, 200, 'application/json', /^\{\n {2}"kind": "ConfigMapList",\n/],
  ['HEAD', { method: 'HEAD' }, 405, 'application/json', /^$/],
  [
    'OPTIONS',
    { method: 'OPTIONS' },
    405,
    'application/json',
    /^\{"kind":"Status","apiVersion":"v1","metadata":\{\},"status":"Failure","message":"the server does not allow this method on the requested resource","reason":"MethodNotAllowed","details":\{\},"code":405\}\n$/,
  ],
  [
    'a list posted',
    { method: 'POST', body: { apiVersion: 'v1', kind: 'List', items: [] } },
    400,
    'application/json',
    /"message":"List in version \\"v1\\" cannot be handled as a ConfigMap: converting \(v1.List\) to \(core.ConfigMap\): unknown conversion"/,
  ],
  [
    'patch without type',
    { method: 'PATCH', path: `${MAPS}/c`, body: {} },
    415,
    'application/json',
    /^\{"kind":"Status","apiVersion":"v1","metadata":\{\},"status":"Failure","message":"415: Unsupported Media Type","reason":"UnsupportedMediaType","details":\{\},"code":415\}\n$/,
  ],
  [
    'dry run',
    { method: 'POST', path: `${MAPS}?dryRun=All`, body: { metadata: { name: 'dr' } } },
    201,
    'application/json',
    /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"dr","namespace":"default","uid":"[^"]*","creationTimestamp":"[^"]*"\}\}\n$/,
  ],
  ['liveness', { path: '/livez' }, 200, 'text/plain; charset=utf-8', /^ok$/],
  ['readiness in full', { path: '/readyz?verbose' }, 200, 'text/plain; charset=utf-8', /^\[\+\]ping ok\n\[\+\]log ok\n/],
  [
    'one group',
    { path: '/apis/apps' },
    200,
    'application/json',
    /^\{"kind":"APIGroup","apiVersion":"v1","name":"apps","versions":\[\{"groupVersion":"apps\/v1","version":"v1"\}\],"preferredVersion"/,
  ],
  [
    'version',
    { path: '/version' },
    200,
    'application/json',
    /^\{\n {2}"major": "1",\n {2}"minor": "36",\n {2}"emulationMajor": "1",\n {2}"emulationMinor": "36",\n {2}"minCompatibilityMajor": "1",\n {2}"minCompatibilityMinor": "35",\n {2}"gitVersion": "v1.36.2",\n/,
  ],
];

for (const [name, { path = MAPS, method = 'GET', accept, agent, body }, status, contentType, expected] of CASES) {
  test(name, async () => {
    const { send } = await prepared();
    const headers = { ...(accept && { accept }), ...(agent && { 'user-agent': agent }) };
    const answer = await send({ method, path, headers, ...(body !== undefined && { body }) });
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers['content-type'], contentType);
    assert.match(answer.text, expected);
    assert.equal(answer.headers['cache-control'], 'no-cache, private');
  });
}
