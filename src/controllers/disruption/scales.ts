import type { Deployment, Pod, ReplicaSet, ReplicationController, StatefulSet } from '../../../gen/kubernetes-types.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import { statefulSet } from '../../kinds/apps/statefulset.ts';
import { replicationController } from '../../kinds/core/replicationcontroller.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { controllerOf } from '../../kube/object.ts';

/** How many pods the controllers of these pods want, each controller once; a ReplicaSet speaks for its Deployment. */
export function scalesOf(cluster: Cluster, pods: readonly Pod[]): { readonly total: number; readonly unmanaged: boolean } {
  const sizes = new Map<string, number>();
  let unmanaged = false;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner && sizes.has(owner.uid)) continue;
    const scale = owner && scaleOf(cluster, pod.metadata.namespace ?? '', owner.kind, owner.name);
    if (owner && scale) {
      sizes.set(owner.uid, 0);
      sizes.set(scale.uid, scale.replicas);
    } else unmanaged = true;
  }
  return { total: [...sizes.values()].reduce((sum, size) => sum + size, 0), unmanaged };
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

function scaleOf(cluster: Cluster, namespace: string, kind: string, name: string): Scale | undefined {
  switch (kind) {
    case 'ReplicaSet': {
      const set = cluster.get<ReplicaSet>(replicaSet, namespace, name);
      const owner = set && controllerOf(set);
      if (owner?.kind === 'Deployment') return found(cluster.get<Deployment>(deployment, namespace, owner.name));
      return found(set);
    }
    case 'StatefulSet':
      return found(cluster.get<StatefulSet>(statefulSet, namespace, name));
    case 'ReplicationController':
      return found(cluster.get<ReplicationController>(replicationController, namespace, name));
    default:
      return undefined;
  }
}

const found = (object: Deployment | ReplicaSet | StatefulSet | ReplicationController | undefined): Scale | undefined =>
  object && { uid: object.metadata.uid, replicas: object.spec.replicas ?? 1 };
