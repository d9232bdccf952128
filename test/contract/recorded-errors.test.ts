import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';

/** Answers that a real kube-apiserver 1.36 gave to bad and doubtful requests, reproduced message by message. */
const golden = new URL('../../../shared/data/kubernetes/errors.json', import.meta.url);
const skip = existsSync(golden) ? false : 'no recorded answers here';

interface Case {
  readonly case: string;
  readonly request: { readonly m: string; readonly p: string; readonly b?: unknown; readonly h?: { readonly [name: string]: string } };
  readonly status: number;
  readonly warning?: string;
  readonly body: JsonObject;
}

/** Cases that need what is not built (docs/differences.md). */
const NOT_BUILT: ReadonlySet<string> = new Set(['VAP deny', 'log no node', 'exec plain GET']);

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

async function prepared(): Promise<TestServer> {
  const server = testServer(kinds, { admission: builtInAdmission });
  server.bootstrap();
  for (const name of ['t1', 't2']) await server.create('/api/v1/namespaces', { metadata: { name } });
  await server.create('/api/v1/namespaces/t1/serviceaccounts', { metadata: { name: 'default' } });
  await server.create('/apis/apps/v1/namespaces/t1/deployments', {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  });
  return server;
}

const OWN = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'time']);

/** A body without what is each object's own. Volumes of tokens have generated names, and one source that a distribution adds. */
const comparable = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (key, value) => {
      if (key === 'sources')
        return value.filter(({ configMap }: { configMap?: JsonObject }) => configMap?.name !== 'openshift-service-ca.crt');
      if (OWN.has(key) && typeof value === 'string') return 'own';
      // Requests without a user agent are told apart by no name; these came from a test.
      if (key === 'manager') return 'own';
      return typeof value === 'string' ? value.replace(/^(kube-api-access-)[a-z0-9]{5}$/, '$1own') : value;
    }),
  );

test('recorded answers', { skip }, async (t) => {
  const cases = JSON.parse(readFileSync(golden, 'utf8')) as Case[];
  const server = await prepared();
  for (const item of cases) {
    if (NOT_BUILT.has(item.case)) continue;
    if (item.case === 'create in terminating ns') await server.send({ method: 'DELETE', path: '/api/v1/namespaces/t2' });
    if (item.case === 'psa deny pod') {
      await server.send({ method: 'POST', path: '/api/v1/namespaces/t3/serviceaccounts', body: { metadata: { name: 'default' } } });
    }
    await t.test(item.case, async () => {
      const { m, p, h } = item.request;
      // The recording is cut short.
      const b = item.case === 'metadata too large' ? { metadata: { name: 'x', annotations: { a: 'x'.repeat(300_000) } } } : item.request.b;
      const answer = await server.send({ method: m, path: p, ...(b !== undefined && { body: b }), ...(h && { headers: h }) });
      assert.equal(answer.status, item.status, answer.text);
      if (item.case !== 'deprecated api warning') assert.deepEqual(comparable(answer.json), comparable(item.body));
      if (item.warning) assert.equal(answer.headers.warning, item.warning);
    });
  }
});
