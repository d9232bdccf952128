import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../../gen/kubernetes-types.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { jobUpdateFaults } from './job-update.ts';

const selector = { matchLabels: { a: 'b' } };
const labels = { a: 'b' };
const container = { name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' };
const pods = { restartPolicy: 'Never', dnsPolicy: 'ClusterFirst', containers: [container] };
const template = { metadata: { labels }, spec: pods };
const suspended = { suspend: true };
const needing = { ...pods, containers: [{ ...container, resources: { requests: { cpu: '2' } } }] };
const going = { metadata: { labels, annotations: { x: 'y' } }, spec: { ...pods, nodeSelector: { a: 'b' } } };
const zone = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } };

const job = (spec: JsonObject, status: JsonObject = {}): Job =>
  ({
    metadata: { name: 'j', uid: 'u' },
    spec: { manualSelector: true, parallelism: 1, completionMode: 'NonIndexed', selector, template, ...spec },
    status,
  }) as unknown as Job; // of the fields that these rules read

const immutable = (field: string): string => `spec.${field}: invalid: field is immutable`;

/** Before, after, the state of the job before, the faults, and the minor version. */
const cases: readonly (readonly [string, JsonObject, JsonObject, JsonObject, readonly string[], string?])[] = [
  ['parallelism changes', {}, { parallelism: 3 }, {}, []],
  ['completions do not', { completions: 2 }, { completions: 3 }, {}, [immutable('completions')]],
  [
    'but with the parallelism, of an indexed job',
    { completionMode: 'Indexed', completions: 2, parallelism: 2 },
    { completionMode: 'Indexed', completions: 3, parallelism: 3 },
    {},
    [],
  ],
  [
    'and not alone',
    { completionMode: 'Indexed', completions: 2, parallelism: 2 },
    { completionMode: 'Indexed', completions: 3, parallelism: 2 },
    {},
    ['spec.completions: invalid: can only be modified in tandem with spec.parallelism'],
  ],
  [
    'what pods are made of, and how they are counted, stays',
    {},
    { template: { ...template, spec: { ...pods, hostNetwork: true } }, completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 1 },
    {},
    [immutable('template'), immutable('completionMode'), immutable('backoffLimitPerIndex')],
  ],
  ['a suspended job may be told where its pods go', suspended, { ...suspended, template: going }, {}, []],
  ['one that runs may not', {}, { template: going }, {}, [immutable('template')]],
  [
    'nor one that has run, before 1.36',
    suspended,
    { ...suspended, template: going },
    { startTime: 't', conditions: [{ type: 'Suspended', status: 'True' }] },
    [immutable('template')],
    '1.35',
  ],
  [
    'which since then may',
    suspended,
    { ...suspended, template: going },
    { startTime: 't', conditions: [{ type: 'Suspended', status: 'True' }] },
    [],
  ],
  ['once its pods are gone', suspended, { ...suspended, template: going }, { active: 1 }, [immutable('template')]],
  [
    'of affinity, that to nodes alone',
    { ...suspended, template: { ...template, spec: { ...pods, affinity: { podAffinity: {} } } } },
    { ...suspended, template: { ...template, spec: { ...pods, affinity: { ...zone, podAffinity: {} } } } },
    {},
    [],
  ],
  [
    'not that to pods',
    suspended,
    { ...suspended, template: { ...template, spec: { ...pods, affinity: { ...zone, podAffinity: {} } } } },
    {},
    [immutable('template.spec')],
  ],
  ['what its containers need may change', suspended, { ...suspended, template: { ...template, spec: needing } }, {}, []],
  ['since 1.36', suspended, { ...suspended, template: { ...template, spec: needing } }, {}, [immutable('template')], '1.35'],
];

describe('changes of jobs', () => {
  for (const [name, before, after, status, expected, version = '1.36'] of cases)
    test(name, () => {
      const found = jobUpdateFaults(job(after, status), job(before, status), version);
      assert.deepEqual(
        found.map(({ path, kind, detail }) => `${path}: ${kind}: ${detail}`),
        expected,
      );
    });
});
