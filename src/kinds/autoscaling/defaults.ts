import type { Json } from '../../kernel/json.ts';
import { defaults, fields, present } from '../defaulting.ts';

// Models kubernetes pkg/apis/autoscaling/v2/defaults.go.

const CPU_AT_80_PERCENT = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

const scaleUp = present(
  fields({
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  }),
);

const scaleDown = present(fields({ selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }));

export const autoscalerDefaults = defaults({
  spec: fields({
    minReplicas: 1,
    metrics: (metrics: Json | undefined) => (Array.isArray(metrics) && metrics.length > 0 ? metrics : CPU_AT_80_PERCENT),
    behavior: fields({ scaleUp, scaleDown }),
  }),
});
