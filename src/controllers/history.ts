import type { ControllerRevision, PodTemplateSpec } from '../../gen/kubernetes-types.ts';
import type { Json } from '../kernel/json.ts';
import { controllerRevision } from '../kinds/apps/controllerrevision.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { KubeObject } from '../kube/object.ts';
import { controllerRef } from './pod-control.ts';
import { sorted, templateHash } from './template-hash.ts';

/** What a set has rolled out and may go back to, oldest first. */
export const revisionsOf = (cluster: Cluster, owner: KubeObject): ControllerRevision[] =>
  cluster.indexed<ControllerRevision>(controllerRevision, 'owner', owner.metadata.uid).sort((a, b) => a.revision - b.revision);

/**
 * The revision of the set's present template. One that was rolled out before gets the newest number again.
 * Models kubernetes pkg/controller/history.
 */
export function presentRevision(
  cluster: Cluster,
  owner: KubeObject,
  template: PodTemplateSpec,
  labels: (hash: string) => Readonly<Record<string, string>>,
): ControllerRevision {
  const hash = templateHash(template);
  const name = `${owner.metadata.name}-${hash}`;
  const existing = revisionsOf(cluster, owner);
  const newest = existing.at(-1);
  const found = existing.find((each) => each.metadata.name === name);
  const revision = (newest?.revision ?? 0) + 1;
  if (found) return found === newest ? found : cluster.update<ControllerRevision>(controllerRevision, { ...found, revision });
  return cluster.create<ControllerRevision>(controllerRevision, {
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? '',
      labels: labels(hash),
      // Among them the change's cause, which `kubectl rollout history` shows.
      ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    // Clients compare the bytes of it with those that Go makes of the set.
    data: { spec: { template: sorted({ ...template, $patch: 'replace' } as unknown as Json) } },
    revision,
  });
}

/** The template that a revision holds. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  // `presentRevision` alone writes what sets keep as their revisions.
  const { $patch: _, ...template } =
    (data as { spec: { template: PodTemplateSpec & { $patch?: string } } } | undefined)?.spec.template ?? {};
  return 'spec' in template ? template : undefined;
}

/** Forgets the oldest revisions beyond the limit that nobody uses. `isUsed` is asked with the revision's name. */
export function truncateHistory(
  cluster: Cluster,
  owner: KubeObject,
  limit: number,
  isUsed: (revision: ControllerRevision) => boolean,
): void {
  const idle = revisionsOf(cluster, owner).filter((revision) => !isUsed(revision));
  for (const { metadata } of idle.slice(0, Math.max(idle.length - limit, 0)))
    cluster.delete(controllerRevision, metadata.namespace, metadata.name);
}
