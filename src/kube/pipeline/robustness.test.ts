import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kind } from '../kind.ts';
import { type Sent, testServer } from './testing.ts';

const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
};
const MAPS = '/api/v1/namespaces/n/configmaps';

/** Pieces that mean something somewhere, so that nonsense gets past the first check. */
const word = fc.constantFrom(
  'api',
  'apis',
  'v1',
  'namespaces',
  'n',
  'configmaps',
  'm',
  'status',
  'scale',
  'watch',
  'apps',
  '%2F',
  '%zz',
  '..',
  '',
  'x'.repeat(300),
);
const path = fc.array(word, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`);
const parameter = fc.tuple(
  fc.constantFrom(
    'watch',
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'labelSelector',
    'fieldSelector',
    'dryRun',
    'force',
    'fieldManager',
    'fieldValidation',
    'sendInitialEvents',
    'propagationPolicy',
  ),
  fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('true', '0', '1', '-1', 'All', 'a=b', 'a in (b', '!', 'metadata.name=m', '99999999999999999999', 'Exact'),
  ),
);
const search = fc.array(parameter, { maxLength: 4 }).map((list) => new URLSearchParams(list).toString());
const contentType = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
);
const body = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 50 }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([Buffer.from('k8s\0'), bytes])),
  fc.json({ maxDepth: 2 }).map((data) => `{"metadata":{"name":"m"},"data":${data}}`),
  fc.constantFrom(
    '[{"op":"add","path":"/data/x","value":"y"}]',
    '[{"op":"move","from":"/a","path":"/a/b"}]',
    '{"$patch":"delete"}',
    '{"metadata":null}',
    '{"metadata":{"name":7}}',
  ),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW'),
  path: fc
    .tuple(fc.oneof(path, fc.constantFrom(MAPS, `${MAPS}/m`, '/api/v1/configmaps')), search)
    .map(([at, query]) => (query ? `${at}?${query}` : at)),
  headers: fc.record({
    'content-type': contentType,
    accept: fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('*/*', 'application/yaml', 'application/vnd.kubernetes.protobuf')),
  }),
  body,
});

/** The two refusals that upstream itself words as a server's fault. */
const UPSTREAMS_OWN =
  /strconv\.ParseUint|resourceVersion should not be set|unable to find api field|failed to create typed patch object|expected a \[\]|unknown patch type/;

test('whatever is sent, the answer is one that kube-apiserver could give', async () => {
  const server = testServer([configMap]);
  await server.send({ method: 'POST', path: MAPS, body: { metadata: { name: 'm' }, data: { a: 'b' } } });
  await fc.assert(
    fc.asyncProperty(sent, async (request) => {
      const response = await server.respond(request);
      if (typeof response.body === 'function') return;
      const text = Buffer.from(response.body).toString();
      assert.ok(
        response.status < 500 || response.status === 501 || response.status === 504 || UPSTREAMS_OWN.test(text),
        `${response.status} ${text}`,
      );
      assert.ok(response.headers['audit-id']);
    }),
    { numRuns: 1500, seed: 7 },
  );
});
