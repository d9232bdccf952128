import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { servedKinds } from '../kinds/index.ts';
import type { AuditEvent } from '../kube/pipeline/ports.ts';
import { testServer } from '../kube/pipeline/testing.ts';
import { AuditLog, auditLine } from './audit-log.ts';

const MAPS = '/api/v1/namespaces/d/limitranges';

/** What a server reports of a namespace, an object in it, and a secret. */
async function reported(): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  const { send, watch } = testServer(servedKinds, { ports: { audit: (event) => events.push(event) } });
  await send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'd' } } });
  await send({
    method: 'POST',
    path: MAPS,
    body: { metadata: { name: 'm' }, spec: { limits: [] } },
    headers: { 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' },
  });
  await send({ path: `${MAPS}/m`, headers: { accept: 'application/vnd.kubernetes.protobuf' } });
  await send({ method: 'POST', path: '/api/v1/namespaces/d/secrets', body: { metadata: { name: 's' }, stringData: { a: 'hidden' } } });
  await send({ path: MAPS, headers: { authorization: 'Bearer none' } });
  (await watch({ path: `${MAPS}?watch=true` })).close();
  return events;
}

test('an event says who did what, and why it was allowed', async () => {
  const [, made, , , refused, watched] = (await reported()).map((event) => auditLine(event, 'Metadata'));
  const { auditID, requestReceivedTimestamp, stageTimestamp, ...rest } = made ?? {};
  assert.ok(auditID && stageTimestamp);
  assert.deepEqual(rest, {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: MAPS,
    verb: 'create',
    user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    impersonatedUser: { username: 'jane', groups: ['system:masters', 'system:authenticated'] },
    sourceIPs: ['127.0.0.1'],
    userAgent: 'test/v1',
    objectRef: { resource: 'limitranges', apiVersion: 'v1', namespace: 'd' },
    responseStatus: { metadata: {}, code: 201 },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  });
  assert.match(String(requestReceivedTimestamp), /^2026-11-21T\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.deepEqual(refused?.['responseStatus'], { metadata: {}, code: 401 });
  assert.equal(watched?.['stage'], 'ResponseStarted');
});

test('with bodies, but never those of secrets', async () => {
  const [, made, got, secret] = (await reported()).map((event) => auditLine(event, 'RequestResponse'));
  assert.equal(made?.['level'], 'RequestResponse');
  assert.deepEqual(made?.['requestObject'], { metadata: { name: 'm' }, spec: { limits: [] } });
  for (const line of [made, got]) assert.match(JSON.stringify(line?.['responseObject']), /"name":"m"/);
  assert.equal(secret?.['level'], 'Metadata');
  assert.doesNotMatch(JSON.stringify(secret), /hidden/);
});

test('lines go to one file per cluster, which makes way for a new one when it is large', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-audit-'));
  try {
    const log = new AuditLog(folder, 'Metadata', 2_000);
    const events = await reported();
    for (let i = 0; i < 10; i++) {
      for (const event of events) log.write(event);
      log.flush();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const files = readdirSync(folder);
    assert.equal(files.filter((name) => /^c1-\d{4}-.*\.log$/.test(name)).length, 5);
    for (const name of files) {
      for (const line of readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')) {
        if (line) assert.equal((JSON.parse(line) as { kind: string }).kind, 'Event');
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
