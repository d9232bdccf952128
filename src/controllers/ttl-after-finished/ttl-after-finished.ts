import type { Job } from '../../../gen/kubernetes-types.ts';
import { job as jobKind } from '../../kinds/batch/job.ts';
import { type ClusterController, onKind } from '../cluster-controller.ts';

/** Deletes jobs ttlSecondsAfterFinished after their end. Models kubernetes pkg/controller/ttlafterfinished. */
export const ttlAfterFinishedController: ClusterController = {
  name: 'ttl-after-finished',
  watches: [onKind(jobKind)],
  reconcile(cluster, name, namespace) {
    const job = cluster.get<Job>(jobKind, namespace, name);
    const ttlSeconds = job?.spec.ttlSecondsAfterFinished;
    if (!job || ttlSeconds === undefined || job.metadata.deletionTimestamp) return undefined;
    const end = job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
    if (!end?.lastTransitionTime) return undefined;
    const leftMs = Date.parse(end.lastTransitionTime) + ttlSeconds * 1000 - cluster.tx.nowMs;
    if (leftMs > 0) return { againMs: leftMs };
    cluster.delete(jobKind, namespace, name, { propagationPolicy: 'Foreground', uid: job.metadata.uid });
    return undefined;
  },
};
