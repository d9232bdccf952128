import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { bootstrapCluster } from '../../src/kube/bootstrap/bootstrap.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';

/** Answers that a real kube-apiserver 1.36 gave to bad requests, reproduced message by message. */
const golden = new URL('../../../shared/data/kubernetes/errors.json', import.meta.url);
const skip = existsSync(golden) ? false : 'no recorded answers here';

interface Case {
  readonly case: string;
  readonly request: { readonly m: string; readonly p: string; readonly b?: unknown; readonly h?: { readonly [name: string]: string } };
  readonly status: number;
  readonly warning?: string;
  readonly body: JsonObject;
}

/** Cases that need what other suites prove, or what is not built. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'VAP deny', // admission policies
  'deprecated api warning', // statuses of components that do not exist here
  'log no node', // streams
  'exec plain GET',
  'metadata too large', // the recording is cut short
]);

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

async function prepared(): Promise<TestServer> {
  const server = testServer(kinds, { admission: builtInAdmission });
  const { cluster } = server;
  server.world.transact((tx) =>
    bootstrapCluster(tx, { ...cluster, fqdn: 'x', running: true, serviceCidr: '10.0.0.0/16', dnsServiceIp: '10.0.0.10', resourceId: '' }),
  );
  const post = async (path: string, body: unknown) => {
    const { status, text } = await server.send({ method: 'POST', path, body });
    assert.equal(status, 201, text);
  };
  for (const name of ['t1', 't2']) await post('/api/v1/namespaces', { metadata: { name } });
  await post('/api/v1/namespaces/t1/serviceaccounts', { metadata: { name: 'default' } });
  await post('/apis/apps/v1/namespaces/t1/deployments', {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  });
  return server;
}

test('recorded refusals', { skip }, async (t) => {
  const cases = JSON.parse(readFileSync(golden, 'utf8')) as Case[];
  const server = await prepared();
  for (const item of cases) {
    if (ELSEWHERE.has(item.case)) continue;
    if (item.case === 'create in terminating ns') await server.send({ method: 'DELETE', path: '/api/v1/namespaces/t2' });
    if (item.case === 'psa deny pod') {
      await server.send({ method: 'POST', path: '/api/v1/namespaces/t3/serviceaccounts', body: { metadata: { name: 'default' } } });
    }
    await t.test(item.case, async () => {
      const { m, p, b, h } = item.request;
      const answer = await server.send({ method: m, path: p, ...(b !== undefined && { body: b }), ...(h && { headers: h }) });
      assert.equal(answer.status, item.status, answer.text);
      if (item.status >= 400) assert.deepEqual(answer.json, item.body);
      if (item.warning) assert.equal(answer.headers.warning, item.warning);
    });
  }
});
