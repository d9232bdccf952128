import type { Lease } from '../../../gen/kubernetes-types.ts';
import { collectionName } from '../../kernel/store.ts';
import { type Kind, kindClass } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { leaseRenewTime } from '../core/node-heartbeat.ts';
import { defaults, present } from '../defaulting.ts';
import { leaseFaults } from './validation.ts';

const NODE_LEASES = 'kube-node-lease';
const NODES = kindClass({ group: '', resource: 'nodes' });

export const lease: Kind = {
  group: 'coordination.k8s.io',
  kind: 'Lease',
  resource: 'leases',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  default: defaults({ spec: present() }),
  /** A healthy node's lease is as fresh as its kubelet would keep it; nobody writes it every ten seconds. */
  computed(object: Lease, { reader, scope, nowMs }) {
    const { name, namespace, creationTimestamp } = object.metadata;
    if (namespace !== NODE_LEASES) return object;
    const node = reader.get<KubeObject>(collectionName(NODES, scope), name)?.value;
    const renewTime = leaseRenewTime(node, creationTimestamp, nowMs);
    if (!renewTime || renewTime <= (object.spec.renewTime ?? '')) return object;
    return { ...object, spec: { ...object.spec, renewTime } };
  },
  validate: (object: Lease) => leaseFaults(object),
  columns: [nameColumn, column<Lease>('Holder', 'Who holds the lease.', (o) => o.spec.holderIdentity ?? ''), ageColumn],
};
