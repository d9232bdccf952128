import type { Pod, PodCondition } from '../../../../gen/kubernetes-types.ts';
import { equal } from '../../../kernel/json.ts';
import type { Kind } from '../../../kube/kind.ts';
import { controllerOf } from '../../../kube/object.ts';
import { defaultsOf } from '../../defaulting.ts';
import { indexBy, orphans, selectable } from '../../selectable.ts';
import { podColumns } from './columns.ts';
import { podDefaults } from './defaults.ts';
import { qosClass } from './qos.ts';
import { podRequests } from './requests.ts';
import { podFaults } from './validate-spec.ts';
import { podStatusFaults } from './validate-status.ts';
import { podUpdateFaults } from './validate-update.ts';
import { podNameWarnings, podWarnings } from './warnings.ts';

/** A pod with scheduling gates says at once why nobody schedules it. */
const gatedCondition: PodCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

const ONE = { pods: 1 };

/** Quality of service follows from the spec: who does not know it leaves it out. */
function withFormerQuality(object: Pod, { status }: Pod): Pod {
  const qosClass = status?.qosClass;
  return !qosClass || object.status?.qosClass ? object : { ...object, status: { ...object.status, qosClass } };
}

/** Who owns a pod is not told with its status. */
function withFormerOwners(object: Pod, { metadata: { ownerReferences: former } }: Pod): Pod {
  const { ownerReferences, ...metadata } = object.metadata;
  return equal(ownerReferences, former) ? object : { ...object, metadata: former ? { ...metadata, ownerReferences: former } : metadata };
}

export const pod: Kind = {
  group: '',
  kind: 'Pod',
  resource: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  returnsDeleted: true,
  status: true,
  selectableFields: selectable({
    'spec.nodeName': '',
    'spec.restartPolicy': '',
    'spec.schedulerName': '',
    'spec.serviceAccountName': '',
    'spec.hostNetwork': 'false',
    'status.phase': '',
    'status.podIP': '',
    'status.nominatedNodeName': '',
  }),
  indexes: {
    node: indexBy<Pod>(({ spec }) => (spec.nodeName ? [spec.nodeName] : [])),
    /** Pods that are not bound, all under "". */
    unbound: indexBy<Pod>(({ spec }) => (spec.nodeName ? [] : [''])),
    /** By namespace and label, as "namespace/key=value": what selectors with one exact value look up. */
    label: indexBy<Pod>(({ metadata }) =>
      Object.entries(metadata.labels ?? {}).map(([key, value]) => `${metadata.namespace}/${key}=${value}`),
    ),
    orphan: orphans,
    /** By controller and node, as "uid@node", while they run or are to run: how the pods of one controller are spread. */
    spread: indexBy<Pod>((object) => {
      const phase = object.status?.phase;
      if (!object.spec.nodeName || object.metadata.deletionTimestamp || phase === 'Succeeded' || phase === 'Failed') return [];
      const owner = controllerOf(object);
      return owner ? [`${owner.uid}@${object.spec.nodeName}`] : [];
    }),
    /** Assigned pods whose priority is not that of most pods, all under "": what preemption may have to think of. */
    ranked: indexBy<Pod>(({ spec }) => (spec.nodeName && spec.priority ? [''] : [])),
    /** Waiting pods for which others make room on a node, all under "". */
    nominated: indexBy<Pod>(({ spec, status }) => (!spec.nodeName && status?.nominatedNodeName ? [''] : [])),
    /** By the address that they hold: pods of the host's network and finished ones hold none. */
    address: indexBy<Pod>(({ spec, status }) =>
      status?.podIP && !spec.hostNetwork && status.phase !== 'Succeeded' && status.phase !== 'Failed' ? [status.podIP] : [],
    ),
    /** By the claims that they use, as "namespace/claim". */
    claim: indexBy<Pod>(({ spec, metadata }) =>
      (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
        persistentVolumeClaim || ephemeral
          ? [`${metadata.namespace}/${persistentVolumeClaim?.claimName ?? `${metadata.name}-${name}`}`]
          : [],
      ),
    ),
    /** Pods whose required anti-affinity concerns pods that come later, all under "". */
    antiAffine: indexBy<Pod>(({ spec }) =>
      spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length ? [''] : [],
    ),
  },
  // A kind's totals are only ever given objects of that kind.
  totals: { node: (object) => podRequests(object as unknown as Pod), spread: () => ONE },
  gracePeriodSeconds(object: Pod, requested) {
    const { nodeName, terminationGracePeriodSeconds = 0 } = object.spec;
    const phase = object.status?.phase;
    if (!nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
    const seconds = requested ?? terminationGracePeriodSeconds;
    // A negative period means the shortest that is still graceful.
    return seconds < 0 ? 1 : seconds;
  },
  default: defaultsOf(podDefaults),
  prepareForCreate(object: Pod, { nowIso }) {
    const gated = (object.spec.schedulingGates?.length ?? 0) > 0;
    return {
      ...object,
      status: {
        phase: 'Pending',
        ...(gated && { conditions: [{ ...gatedCondition, lastTransitionTime: nowIso }] }),
        qosClass: qosClass(object),
      },
    };
  },
  prepareForStatusUpdate: (object: Pod, previous: Pod) => withFormerOwners(withFormerQuality(object, previous), previous),
  validate: (object: Pod) => podFaults(object),
  validateUpdate: (object: Pod, previous: Pod) => [...podFaults(object), ...podUpdateFaults(object, previous)],
  validateStatusUpdate: (object: Pod, previous: Pod) => podStatusFaults(object, previous),
  warnings: ({ metadata, spec }: Pod) => [
    ...podNameWarnings(metadata.name),
    ...podWarnings('spec', spec, 'metadata', metadata.annotations),
  ],
  columns: podColumns,
};
