import type { V2HorizontalPodAutoscaler } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { countFaults } from '../status-validation.ts';
import { autoscalerDefaults } from './defaults.ts';
import { withCurrentMetrics } from './measure.ts';
import { metricsText } from './metrics-text.ts';
import { autoscalerFaults } from './validation.ts';
import { fromVersion1, toVersion1 } from './version1.ts';

export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v2' }, { name: 'v1', toStored: fromVersion1, fromStored: toVersion1 }],
  status: true,
  generation: false,
  default: autoscalerDefaults,
  prepareForCreate: (object) => ({ ...object, status: { desiredReplicas: 0, currentMetrics: null } }),
  computed: (object, { reader, scope, nowMs }) => withCurrentMetrics(object, reader, scope, nowMs),
  validate: (object: V2HorizontalPodAutoscaler) => autoscalerFaults(object),
  validateStatusUpdate({ status }: V2HorizontalPodAutoscaler) {
    const faults: FieldError[] = [];
    countFaults(status, ['currentReplicas', 'desiredReplicas'], faults);
    return faults;
  },
  columns: [
    nameColumn,
    column<V2HorizontalPodAutoscaler>(
      'Reference',
      'What is scaled.',
      ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
    ),
    column<V2HorizontalPodAutoscaler>('Targets', 'Present and desired value of each metric.', metricsText),
    column<V2HorizontalPodAutoscaler>('MinPods', 'Pods that there are at least.', (o) => String(o.spec.minReplicas ?? '<unset>')),
    column<V2HorizontalPodAutoscaler>('MaxPods', 'Pods that there are at most.', (o) => o.spec.maxReplicas),
    column<V2HorizontalPodAutoscaler>('Replicas', 'Pods that there are.', (o) => o.status?.currentReplicas ?? 0),
    ageColumn,
  ],
};
