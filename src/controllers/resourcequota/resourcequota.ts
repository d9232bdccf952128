import type { Pod, ResourceQuota } from '../../../gen/kubernetes-types.ts';
import type { Watch } from '../../kernel/controller.ts';
import { scopeOf } from '../../kernel/store.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { resourceQuota } from '../../kinds/core/resourcequota.ts';
import { storedKinds } from '../../kinds/index.ts';
import { quotaUsed } from '../../kube/admission/quota/usage.ts';
import { type Kind, kindClass } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { type ClusterController, keysOf, onKind, splitKey } from '../cluster-controller.ts';

/** Tells in their status what quotas have used. Models kubernetes pkg/controller/resourcequota. */
export const resourceQuotaController: ClusterController = {
  name: 'resourcequota',
  watches: [onKind(resourceQuota), ...storedKinds.filter((kind) => kind.namespaced && kind !== resourceQuota).map(onUse)],
  reconcile(cluster, name, namespace) {
    const quota = cluster.get<ResourceQuota>(resourceQuota, namespace, name);
    if (!quota || quota.metadata.deletionTimestamp) return;
    const status = { ...(quota.spec.hard && { hard: quota.spec.hard }), used: quotaUsed(cluster, quota) };
    cluster.updateStatus<ResourceQuota>(resourceQuota, { ...quota, status });
  },
};

/** The quotas of a namespace, when one of its objects comes, goes or changes in what it uses. */
function onUse(kind: Kind): Watch {
  return {
    class: kindClass(kind),
    targets(change, reader) {
      // Collections of a kind's class hold objects of that kind only.
      const before = change.previous?.value as KubeObject | undefined;
      const after = change.entry?.value as KubeObject | undefined;
      if (before && after && before.spec === after.spec && (kind !== pod || isLive(before) === isLive(after))) return [];
      return keysOf(reader, resourceQuota, scopeOf(change.collection), splitKey(change.key).namespace);
    },
  };
}

const isLive = (object: KubeObject): boolean => {
  const { phase } = (object as unknown as Pod).status ?? {}; // asked for pods alone
  return phase !== 'Succeeded' && phase !== 'Failed' && !object.metadata.deletionTimestamp;
};
