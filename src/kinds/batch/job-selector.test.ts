import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../../gen/kubernetes-types.ts';
import { withGeneratedSelector, withTemplateLabels } from './job-selector.ts';

const job = (labels?: { readonly [key: string]: string }, own?: { readonly [key: string]: string }): Job =>
  ({
    metadata: { name: 'j', uid: 'u', ...(own && { labels: own }) },
    spec: { template: { metadata: labels && { labels }, spec: { containers: [] } } },
  }) as unknown as Job; // of the fields that these rules read

test('a job finds its pods by labels of its own', () => {
  const { spec } = withGeneratedSelector(job({ a: 'b' }));
  assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
  assert.deepEqual(spec.template.metadata?.labels, {
    'batch.kubernetes.io/controller-uid': 'u',
    'batch.kubernetes.io/job-name': 'j',
    'controller-uid': 'u',
    'job-name': 'j',
    a: 'b',
  });
});

test('it has the labels of its template as they were sent, or the generated ones where none were', () => {
  const labelsOf = (object: Job) => Object.keys(withGeneratedSelector(withTemplateLabels(object)).metadata.labels ?? {});
  assert.deepEqual(labelsOf(job({ a: 'b' })), ['a']);
  assert.deepEqual(labelsOf(job({ a: 'b' }, { c: 'd' })), ['c']);
  assert.equal(labelsOf(job()).length, 4);
});
