import type { JsonObject } from '../../kernel/json.ts';
import type { Column, KindContext } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { column, nameColumn } from '../columns.ts';
import { sampleMs, WINDOW_MS } from './usage.ts';

const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Metrics of a stored object: its name and labels, when they were taken, and what was measured. */
export function metricsObject(kind: string, of: KubeObject, { nowMs, nowIso }: KindContext, measured: JsonObject): KubeObject {
  const { name, namespace, labels } = of.metadata;
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      name,
      ...(namespace && { namespace }),
      creationTimestamp: nowIso,
      ...(labels && { labels }),
      // Measurements are no objects of their own and have no uid.
    } as KubeObject['metadata'],
    timestamp: isoSeconds(sampleMs(nowMs)),
    window: `${WINDOW_MS / 1000}s`,
    ...measured,
  };
}

type Quantities = { readonly cpu: string; readonly memory: string };

/** Columns of both kinds. Source: metrics-server pkg/api/table.go. */
export const metricsColumns = <T extends { readonly window: string }>(usage: (object: T) => Quantities): readonly Column[] => [
  nameColumn,
  column<T>('cpu', 'Processor time in use, in cores.', (o) => usage(o).cpu, { format: 'quantity' }),
  column<T>('memory', 'Memory in use, in bytes.', (o) => usage(o).memory, { format: 'quantity' }),
  column<T>('Window', 'Time over which usage is averaged.', (o) => o.window, { format: 'duration' }),
];
