import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HttpResponse } from '../../src/kernel/http.ts';
import { Random } from '../../src/kernel/random.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import { type Sent, type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';
import { registryOf, type ServedResource } from '../../src/kube/registry/registry.ts';
import { anyRequest } from './support/requests.ts';

const VERSION = '1.36.2';
const REQUESTS = 4_000;
/** What kube-apiserver itself answers with 500: revisions that are no numbers, configurations and directives that fit no schema. */
const UPSTREAM_500 =
  /^(failed to create typed patch object|resourceVersion: Invalid value|resourceVersion should not be set|unknown patch type|unable to find api field in struct|expected a |list element types|map: .* does not contain declared merge key|cannot merge lists|merging lists|no elements in any)/;
/** Texts that stand in place of a Status: paths that are served by nobody, and pages that are no objects. */
const PLAIN = /^404 page not found\n$|^\[[+-]\]|ok|^# HELP|Not Found/;

const registry = registryOf(servedKinds, VERSION);
const resources = registry.facts
  .map(({ group, version, resource }) => registry.resource(group, version, resource))
  .filter((resource): resource is ServedResource => resource !== undefined);

async function server(): Promise<TestServer> {
  const made = testServer(servedKinds, { admission: builtInAdmission, version: VERSION });
  await made.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'default' } } });
  await made.send({ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: { metadata: { name: 'default' } } });
  return made;
}

/** Answers of streams are started and closed again; their headers are all that is looked at. */
function textOf(response: HttpResponse): string | undefined {
  const { body } = response;
  if (typeof body !== 'function') return typeof body === 'string' ? body : Buffer.from(body).toString();
  let close = () => {};
  body({
    write: () => true,
    end: () => {},
    onClose: (listener) => {
      close = listener;
    },
  });
  close();
  return undefined;
}

function check(sent: Sent, response: HttpResponse, what: string): void {
  const { status, headers } = response;
  const text = textOf(response);
  assert.ok(status >= 200 && status < 600, what);
  if (text === undefined || status < 400 || sent.method === 'HEAD') return;
  if (!(headers['content-type'] ?? '').startsWith('application/json')) {
    assert.match(text, PLAIN, what);
    return;
  }
  const body = JSON.parse(text) as { kind?: string; code?: number; message?: string; reason?: string };
  assert.deepEqual([body.kind, body.code], ['Status', status], what);
  if (status === 500) assert.ok(body.reason === undefined && UPSTREAM_500.test(body.message ?? ''), `${what}: ${text}`);
}

const describe = (seed: string, index: number, { method, path, headers, body }: Sent): string =>
  `seed ${seed}, request ${index}: ${method} ${path.slice(0, 300)} ${JSON.stringify(headers)} ${body instanceof Uint8Array ? Buffer.from(body).toString('latin1').slice(0, 1500) : ''}`;

async function storm(to: TestServer, seed: string, requests: number): Promise<Map<number, number>> {
  const random = new Random(seed);
  const statuses = new Map<number, number>();
  for (let i = 0; i < requests; i++) {
    const sent = anyRequest(random, resources);
    const what = describe(seed, i, sent);
    let response: HttpResponse;
    try {
      response = await to.respond(sent);
    } catch (error) {
      throw new Error(`rejected: ${what}`, { cause: error });
    }
    check(sent, response, what);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  }
  return statuses;
}

test('whatever comes, the answer is an object or a Status, never a 500', async () => {
  const statuses = await storm(await server(), 'storm', REQUESTS);
  // The storm must get past the first checks, else it proves nothing.
  for (const status of [200, 201, 400, 404, 405, 409, 415, 422]) assert.ok((statuses.get(status) ?? 0) > 0, `no ${status} at all`);
  assert.ok((statuses.get(201) ?? 0) > REQUESTS / 50, 'many requests are valid');
});

test('the same seed gives the same world', async () => {
  const digests = [];
  for (let run = 0; run < 2; run++) {
    const one = await server();
    await storm(one, 'replay', REQUESTS / 8);
    digests.push(one.world.store.digest());
  }
  assert.equal(digests[0], digests[1]);
});

test('refused requests leave nothing behind in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // what the flag gives
  const to = await server();
  const refuse = async (round: number) => {
    for (let i = 0; i < 1_000; i++) {
      const unique = `u${round}-${i}-${'x'.repeat(200)}`;
      await to.send({ path: `/apis/${unique}/v1/${unique}` });
      await to.send({ path: `/${unique}` });
      await to.send({ path: `/api/v1/pods?labelSelector=${unique}%20in%20(`, headers: { accept: `application/${unique}` } });
      await to.send({
        method: 'POST',
        path: '/api/v1/namespaces/default/configmaps',
        body: { metadata: { name: `${unique}!` }, data: { key: unique } },
      });
      await to.send({ path: '/api/v1/pods', headers: { authorization: `Bearer ${unique}` } });
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  await refuse(0);
  const before = await refuse(1);
  const growthBytes = (await refuse(2)) - before;
  assert.ok(growthBytes < 600_000, `${growthBytes} bytes more after 5,000 refused requests`);
});
