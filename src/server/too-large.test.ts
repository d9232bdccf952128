import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest } from '../kernel/http.ts';
import { tooLarge } from './too-large.ts';

const answerTo = (host: string) => {
  const { status, body } = tooLarge({ host } as HttpRequest); // all that it looks at
  return { status, body: JSON.parse(String(body)) };
};

test('a body that is too large is answered in the shape of its host', () => {
  const kube = answerTo('demo-x.hcp.eastus2.azmk8s.io');
  assert.deepEqual([kube.status, kube.body.kind, kube.body.code, kube.body.reason], [413, 'Status', 413, 'RequestEntityTooLarge']);
  const arm = answerTo('management.azure.com');
  assert.deepEqual([arm.status, arm.body.error.code], [413, 'RequestContentTooLarge']);
});
