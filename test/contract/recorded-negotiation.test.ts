import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { HttpResponse } from '../../src/kernel/http.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type Sent, type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';

/** What a real 1.36 answered to the ways in which clients ask: status, headers and, as far as it was written down, the body. */
const golden = new URL('../../../shared/data/kubernetes/negotiation-golden.txt', import.meta.url);
const skip = existsSync(golden) ? false : 'no recorded answers here';

const MAPS = '/api/v1/namespaces/t1/configmaps';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const accepting = (accept: string, path = MAPS): Sent => ({ path, headers: { accept } });

const REQUESTS: { readonly [name: string]: Sent } = {
  'list rv=0': { path: `${MAPS}?resourceVersion=0` },
  'list exact rv=1': { path: `${MAPS}?resourceVersion=1&resourceVersionMatch=Exact` },
  'limit rv=0': { path: `${MAPS}?resourceVersion=0&limit=1` },
  'pb list': accepting(PROTOBUF),
  'pb watch': accepting(`${PROTOBUF};stream=watch`, `${MAPS}?watch=true&timeoutSeconds=1`),
  'accept */*': accepting('*/*'),
  'accept yaml': accepting('application/yaml'),
  'accept cbor': accepting('application/cbor'),
  'table+nowatch obj': accepting(TABLE),
  'table includeObject=Object': accepting(TABLE, `${MAPS}?limit=1&includeObject=Object`),
  'table protobuf': accepting(TABLE.replace('json', 'vnd.kubernetes.protobuf')),
  pretty: { path: `${MAPS}?limit=1&pretty=true` },
  'pretty curl ua': { path: `${MAPS}?limit=1`, headers: { 'user-agent': 'curl/8.0' } },
  HEAD: { method: 'HEAD', path: MAPS },
  OPTIONS: { method: 'OPTIONS', path: MAPS },
  'POST list kind': { method: 'POST', path: MAPS, body: { apiVersion: 'v1', kind: 'List', items: [] } },
  'gzip list': { path: '/apis/rbac.authorization.k8s.io/v1/clusterroles', headers: { 'accept-encoding': 'gzip' } },
  'patch no ct': { method: 'PATCH', path: `${MAPS}/c`, body: {}, headers: { 'content-type': '' } },
  'smp ok': {
    method: 'PATCH',
    path: `${MAPS}/c`,
    body: { data: { z: '1' } },
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
  },
  generateName: { method: 'POST', path: MAPS, body: { metadata: { generateName: 'g-' }, data: { a: 'b' } }, headers: { 'user-agent': '' } },
  'dry run': { method: 'POST', path: `${MAPS}?dryRun=All`, body: { metadata: { name: 'dr' } } },
  livez: { path: '/livez' },
  'readyz verbose': { path: '/readyz?verbose' },
  metrics: { path: '/metrics' },
  logs: { path: '/logs' },
  oidc: { path: '/.well-known/openid-configuration' },
  jwks: { path: '/openid/v1/jwks' },
  root: { path: '/' },
  'apis/apps': { path: '/apis/apps' },
  version: { path: '/version' },
};

/** How much of a body is the same by nature: up to where a server speaks of itself (see docs/differences.md). */
const COMMON: { readonly [name: string]: RegExp } = {
  'readyz verbose': /^(\[\+\](ping|log) ok\n){2}/,
  metrics: /^# HELP /,
  oidc: /^\{"issuer":"/,
  jwks: /^\{"keys":\[\{"use":"sig","kty":"RSA","kid":"/,
  version: /^[\s\S]*"gitVersion": "v1\.36\.2",\n/,
  // Up to the first length, which depends on what is stored; the envelope of the object in a frame of a watch.
  'pb list': /^6b3873000a130a027631120d436f6e6669674d61704c69737412/,
  'pb watch': /0a0541444445441.*6b3873000a0f0a0276311209436f6e6669674d617012/,
};

interface Recorded {
  readonly name: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly lengthBytes: number;
  readonly body: string;
}

const readGolden = (): Recorded[] =>
  readFileSync(golden, 'utf8')
    .split(/^--- /m)
    .slice(1)
    .map((text) => {
      const [head = '', ...body] = text.replace(/\n$/, '').split('\n');
      const [, name = '', status, contentType = '', encoding = '', length, cache = ''] =
        /^(.*): (\d+) ct=(.*?) ce=(.*?) len=(\d+) cc=(.*?) ?$/.exec(head) ?? assert.fail(head);
      const headers = { 'content-type': contentType, 'content-encoding': encoding, 'cache-control': cache };
      return { name, status: Number(status), headers, lengthBytes: Number(length), body: body.join('\n').replaceAll('\\n', '\n') };
    });

async function prepared(): Promise<TestServer> {
  const keys = [{ use: 'sig', kty: 'RSA', kid: 'k', alg: 'RS256', n: 'n', e: 'AQAB' }];
  const server = testServer(servedKinds, { admission: builtInAdmission, ports: { serviceAccountKeys: () => ({ keys }) } });
  server.bootstrap();
  const post = async (path: string, body: unknown) => {
    const { status, text } = await server.send({ method: 'POST', path, body, headers: { 'user-agent': 'oracle/1' } });
    assert.equal(status, 201, text);
  };
  await post('/api/v1/namespaces', { metadata: { name: 't1' } });
  await post(MAPS, { metadata: { name: 'c' }, data: { a: 'b' } });
  await server.send({ ...(REQUESTS['smp ok'] as Sent), headers: { 'content-type': 'application/strategic-merge-patch+json' } });
  await post(MAPS, { metadata: { name: 'd' }, data: { a: 'b' } });
  return server;
}

/** A body without what is each object's own. */
const comparable = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uid')
    .replaceAll(/"resourceVersion": ?"\d+"/g, '"resourceVersion":"own"')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time')
    .replaceAll(/"continue": ?"\w+"/g, '"continue":"own"')
    .replaceAll(/"g-\w{5}"/g, '"g-own"')
    // Quoted in YAML here, plain there: the same key.
    .replaceAll('".":', '.:')
    // In words of our own, as no client shows them.
    .replaceAll(/"description":"[^"]*"?/g, '"description":own')
    // The recording does not tell a line's end from one inside a text.
    .replaceAll('\\n', '\n');

function bytesOf({ body }: HttpResponse): Buffer {
  if (typeof body !== 'function') return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  body({ write: (chunk) => chunks.push(chunk) > 0, end: () => {}, onClose: () => {} });
  return Buffer.concat(chunks);
}

describe('recorded negotiation', { skip }, () => {
  for (const { name, status, headers, lengthBytes, body } of skip ? [] : readGolden()) {
    test(name, async () => {
      const sent = REQUESTS[name] ?? assert.fail('a request of that name');
      const answer = await (await prepared()).respond(sent);
      assert.equal(answer.status, status);
      for (const [header, value] of Object.entries(headers)) assert.equal(answer.headers[header] ?? '', value, header);
      const bytes = bytesOf(answer);
      const isHex = /^[0-9a-f]{20,}$/.test(body);
      const text = isHex ? bytes.toString('hex') : bytes.toString();
      const common = COMMON[name];
      if (common) {
        const [expected = assert.fail('the pattern is of the recording')] = common.exec(body) ?? [];
        assert.match(text, common);
        if (!isHex) assert.ok(text.startsWith(expected));
        return;
      }
      const isWhole = Buffer.byteLength(body) >= lengthBytes;
      // The end of a recording that was cut short may be half of something that is each object's own.
      const expected = comparable(isWhole ? body : body.slice(0, -40));
      const actual = comparable(text);
      assert.equal(isWhole ? actual : actual.slice(0, expected.length), expected);
    });
  }
});
