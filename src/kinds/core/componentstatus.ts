import type { ComponentStatus } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { column, nameColumn } from '../columns.ts';

const healthy = ({ conditions }: ComponentStatus) => conditions?.find(({ type }) => type === 'Healthy');

function statusText(object: ComponentStatus): string {
  const condition = healthy(object);
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
}

/** The control plane's parts are this process, which answers. */
const statusOf = (name: string): KubeObject => ({
  kind: 'ComponentStatus',
  apiVersion: 'v1',
  // Upstream's have neither uid nor creation time.
  metadata: { name } as KubeObject['metadata'],
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
});

export const componentStatus: Kind = {
  group: '',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  versions: [{ name: 'v1', deprecation: 'v1 ComponentStatus is deprecated in v1.19+' }],
  verbs: ['get', 'list'],
  fixed: ['scheduler', 'controller-manager', 'etcd-0'].map(statusOf),
  columns: [
    nameColumn,
    column<ComponentStatus>('Status', 'Whether the component is healthy.', statusText),
    column<ComponentStatus>('Message', 'What the component says.', (o) => healthy(o)?.message ?? ''),
    column<ComponentStatus>('Error', 'What went wrong.', (o) => healthy(o)?.error ?? ''),
  ],
};
