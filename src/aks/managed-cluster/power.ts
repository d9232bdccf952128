import { isMoving, saveResource, startOperation } from '../../arm/estate.ts';
import { stageMs } from '../../arm/profile.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Action, ActionContext, ActionResult } from '../../arm/resource-type.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { MANAGED_CLUSTERS } from '../names.ts';
import { busy } from './busy.ts';
import { objectAt, textAt } from './given.ts';

export type Power = 'Running' | 'Stopped';

/** What stopping or starting a cluster takes (aks-facts-scaling-upgrades §7.10). */
const POWER_MS = 180_000;

/** The state that a cluster is in, or on its way to. */
export function clusterPower({ provisioningState, observed }: Resource): Power {
  if (provisioningState === 'Stopping') return 'Stopped';
  return provisioningState !== 'Starting' && isStopped({ observed }) ? 'Stopped' : 'Running';
}

/** The state that a pool is to be in: a stopped cluster's pools are stopped with it, and come back as they were asked for. */
export const poolPower = (cluster: Resource, pool: Resource): Power =>
  clusterPower(cluster) === 'Stopped' || textAt(objectAt(pool.desired, 'powerState'), 'code') === 'Stopped' ? 'Stopped' : 'Running';

export const isStopped = ({ observed }: Pick<Resource, 'observed'>): boolean =>
  textAt(objectAt(observed, 'powerState'), 'code') === 'Stopped';

/** A stopped cluster can be started and deleted, nothing else. Nothing for clusters that run. */
export function refuseWhenStopped(cluster: Resource | undefined): FieldError[] {
  if (!cluster || !isStopped(cluster)) return [];
  const detail = `Operation is not allowed because managed cluster ${cluster.name} is stopped. Only start and delete operations can be performed on a stopped cluster.`;
  return [{ ...invalid('powerState', 'Stopped', detail), code: 'OperationNotAllowed' }];
}

/** `start` and `stop`: the cluster's controller brings it there. */
export const powerActions: readonly Action[] = [action('stop', 'Stopped', 'Stopping'), action('start', 'Running', 'Starting')];

function action(path: string, wanted: Power, moving: string): Action {
  return {
    method: 'POST',
    path,
    permission: `${MANAGED_CLUSTERS}/${path}/action`,
    run: (context) => move(context, wanted, moving),
  };
}

function move({ resource, transact }: ActionContext, wanted: Power, provisioningState: string): ActionResult {
  if (isMoving(resource)) throw busy(resource);
  if (clusterPower(resource) === wanted) return { status: 204 };
  const operation = transact((tx) => {
    const durationMs = stageMs(tx, POWER_MS, tx.random);
    const started = startOperation(tx, { verb: 'update', resource: resource.id, endedBy: 'controller', durationMs });
    saveResource(tx, { ...resource, provisioningState, operation: started.id });
    return started;
  });
  return { status: 202, operation };
}
