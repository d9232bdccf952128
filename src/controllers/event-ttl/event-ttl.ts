import { event } from '../../kinds/core/event.ts';
import { type ClusterController, onObject } from '../cluster-controller.ts';

/** How long an event is kept after it was last written: kube-apiserver --event-ttl. */
const TTL_MS = 3_600_000;
/** Length of the spans that index "expiry" files events under: those of one go together, so that there is one timer per span. */
const SPAN_MS = 600_000;

/** Forgets events after an hour (up to ten minutes later). In upstream, etcd's leases do this. Keys: starts of spans in ms. */
export const eventTtlController: ClusterController = {
  name: 'event-ttl',
  watches: [onObject(event, (object) => event.indexes?.['expiry']?.(object) ?? [])],
  reconcile(cluster, span) {
    const leftMs = Number(span) + SPAN_MS + TTL_MS - cluster.tx.nowMs;
    if (leftMs > 0) return { againMs: leftMs };
    for (const { metadata } of cluster.indexed(event, 'expiry', span)) cluster.delete(event, metadata.namespace, metadata.name);
    return undefined;
  },
};
