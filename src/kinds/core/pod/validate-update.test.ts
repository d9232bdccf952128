import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../../../../gen/kubernetes-types.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { podUpdateFaults } from './validate-update.ts';

type Change = { readonly spec?: JsonObject; readonly annotations?: JsonObject };
const container = { name: 'c', image: 'i' };

const pod = ({ spec = {}, annotations = {} }: Change): Pod =>
  ({
    metadata: { name: 'p', annotations },
    spec: { containers: [container], restartPolicy: 'Always', securityContext: {}, ...spec },
  }) as unknown as Pod; // of the fields that these rules read

const tolerance = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 };
const gated = { schedulingGates: [{ name: 'a/g' }] };
const terms = (...names: string[]): JsonObject => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: names.map((key) => ({ matchExpressions: key.split('+').map((k) => ({ key: k, operator: 'Exists' })) })),
      },
    },
  },
});
const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const FIXED = 'spec: forbidden: pod updates may not change fields other than `spec.containers[*].image`';

const cases: readonly (readonly [string, Change, Change, readonly string[]])[] = [
  ['images may change', {}, { spec: { containers: [{ ...container, image: 'j' }] } }, []],
  ['but not go', {}, { spec: { containers: [{ name: 'c' }] } }, ['spec.containers[0].image: required: ']],
  [
    'nor have blanks around them',
    {},
    { spec: { containers: [{ ...container, image: ' j' }] } },
    ['spec.containers[0].image: invalid: must not have leading or trailing whitespace'],
  ],
  [
    'containers neither come nor go',
    {},
    { spec: { initContainers: [container], restartPolicy: 'Never' } },
    ['spec.initContainers: forbidden: pod updates may not add or remove containers'],
  ],
  ['a deadline may come', {}, { spec: { activeDeadlineSeconds: 5 } }, []],
  ['and come nearer', { spec: { activeDeadlineSeconds: 5 } }, { spec: { activeDeadlineSeconds: 4 } }, []],
  [
    'but not move away',
    { spec: { activeDeadlineSeconds: 5 } },
    { spec: { activeDeadlineSeconds: 6, restartPolicy: 'Never' } },
    ['spec.activeDeadlineSeconds: invalid: must be less than or equal to previous value'],
  ],
  [
    'nor go',
    { spec: { activeDeadlineSeconds: 5 } },
    {},
    ['spec.activeDeadlineSeconds: invalid: must not update from a positive integer to nil value'],
  ],
  ['tolerations may come', {}, { spec: { tolerations: [tolerance] } }, []],
  ['and last longer', { spec: { tolerations: [tolerance] } }, { spec: { tolerations: [{ ...tolerance, tolerationSeconds: 9 }] } }, []],
  [
    'but not change otherwise',
    { spec: { tolerations: [tolerance] } },
    { spec: { tolerations: [{ ...tolerance, key: 'b' }] } },
    ['spec.tolerations: forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ],
  ['gates go', { spec: gated }, {}, []],
  [
    'and do not come',
    { spec: gated },
    { spec: { schedulingGates: [{ name: 'a/g' }, { name: 'h' }] } },
    ["spec.schedulingGates[1].name: forbidden: only deletion is allowed, but found new scheduling gate 'h'"],
  ],
  ['a gated pod may be told where to go', { spec: gated }, { spec: { ...gated, nodeSelector: { a: 'b' }, ...terms('x') } }, []],
  ['more narrowly', { spec: { ...gated, ...terms('x') } }, { spec: { ...gated, ...terms('x+y') } }, []],
  [
    'and not elsewhere',
    { spec: { ...gated, nodeSelector: { a: 'b' }, ...terms('x') } },
    { spec: { ...gated, nodeSelector: { a: 'c' }, ...terms('y') } },
    [
      'spec.nodeSelector: invalid: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      `${TERMS}[0]: invalid: only additions are allowed (no mutations or deletions)`,
    ],
  ],
  [
    'nor to more places',
    { spec: { ...gated, ...terms('x') } },
    { spec: { ...gated, ...terms('x', 'y') } },
    [`${TERMS}: invalid: no additions/deletions to non-empty NodeSelectorTerms list are allowed`],
  ],
  ['one that is not gated may not', {}, { spec: { nodeSelector: { a: 'b' } } }, [FIXED]],
  [
    'a negative time to stop may become the shortest',
    { spec: { terminationGracePeriodSeconds: -5 } },
    { spec: { terminationGracePeriodSeconds: 1 } },
    [],
  ],
  ['no other', { spec: { terminationGracePeriodSeconds: 30 } }, { spec: { terminationGracePeriodSeconds: 1 } }, [FIXED]],
  [
    'annotations that say what a pod is stay',
    { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'y' } },
    [
      'metadata.annotations[kubernetes.io/config.mirror]: forbidden: may not remove or update mirror pod annotation',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: forbidden: may not add AppArmor annotations',
    ],
  ],
];

describe('changes of pods', () => {
  for (const [name, before, after, expected] of cases)
    test(name, () => {
      const found = podUpdateFaults(pod(after), pod(before)).map(({ path, kind, detail }) => `${path}: ${kind}: ${detail}`);
      assert.deepEqual(
        found.map((text, i) => (text.startsWith(expected[i] ?? '\n') ? expected[i] : text)),
        expected,
      );
    });
});

test('what may not change is shown as it differs, as kubectl users know it', () => {
  const [fault] = podUpdateFaults(pod({ spec: { hostNetwork: true, containers: [{ ...container, image: 'j' }] } }), pod({}));
  assert.equal(
    fault?.detail.split('\n').slice(1).join('\n'),
    [
      '@@ -44,7 +44,7 @@',
      '  "AutomountServiceAccountToken": null,',
      '  "NodeName": "",',
      '  "SecurityContext": {',
      '-  "HostNetwork": false,',
      '+  "HostNetwork": true,',
      '   "HostPID": false,',
      '   "HostIPC": false,',
      '   "ShareProcessNamespace": null,',
      '',
    ].join('\n'),
  );
});
