import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultsOf } from '../../defaulting.ts';
import { podDefaults } from './defaults.ts';

test('images are pulled again by the tag latest alone, said or meant', () => {
  const policyOf = (image: string): unknown => {
    const metadata = { name: 'p', uid: 'u', creationTimestamp: '' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image }] } };
    const { spec } = defaultsOf(podDefaults)(pod) as unknown as { spec: { containers: { imagePullPolicy: string }[] } };
    return spec.containers[0]?.imagePullPolicy;
  };
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const image of [
    'nginx',
    'a/b-c__d.e',
    'nginx:latest',
    'localhost/x',
    'Registry.local:5000/a/b',
    '[::1]:5000/a',
    'mcr.microsoft.com/x',
  ])
    assert.equal(policyOf(image), 'Always', image);
  // What is no reference has no tag.
  for (const image of [
    'nginx:1',
    'r:5000/a:1',
    `nginx@${digest}`,
    `nginx:latest1`,
    'Nginx',
    'a b',
    '../a',
    '-1',
    'a//b',
    'x'.repeat(300),
    '-h.io/a',
  ])
    assert.equal(policyOf(image), 'IfNotPresent', image);
});
