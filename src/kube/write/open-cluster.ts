import { equal } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { Cluster } from '../cluster.ts';
import { clusterRecord } from '../clusters.ts';
import { collectionOf, type Kind, type User } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { StatusError } from '../status.ts';
import type { WriteContext } from './context.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { recordEvent } from './event.ts';
import { updateObject } from './update.ts';

const CONTROLLERS: User = { name: 'system:kube-controller-manager', groups: ['system:masters', 'system:authenticated'] };

/** Opens a cluster that is there and running, else undefined. `component` names the writer in its events ("deployment-controller"). */
export type OpenRunning = (tx: Transaction, scope: string, component?: string) => Cluster | undefined;

/** The synchronous door to clusters for controllers (see Cluster). */
export const runningClusters =
  (admission: readonly AdmissionPlugin[]): OpenRunning =>
  (tx, scope, component = 'kube-controller-manager') => {
    const record = clusterRecord(tx, scope);
    return record?.running ? openCluster(tx, scope, record.version, component, admission) : undefined;
  };

/** Opens a cluster of that Kubernetes version ("1.36.2") whether it runs or not, e.g. to set it up. */
export const openCluster = (
  tx: Transaction,
  scope: string,
  version: string,
  component: string,
  admission: readonly AdmissionPlugin[],
): Cluster =>
  clusterOf({
    tx,
    scope,
    version,
    user: CONTROLLERS,
    manager: managerOf(component),
    source: component,
    dryRun: false,
    admission,
    warn: () => {},
  });

/** Field manager of a component: the binary that it is part of upstream. */
const managerOf = (component: string): string =>
  component === 'default-scheduler' ? 'kube-scheduler' : component.endsWith('-controller') ? 'kube-controller-manager' : component;

function clusterOf(context: WriteContext): Cluster {
  const { tx, scope, version } = context;
  // The caller names the generated type of the kind that it asks for; the store only carries it.
  const values = <T>(entries: readonly { readonly value: unknown }[]) => entries.map(({ value }) => value as T);
  let refused = 0;
  return {
    tx,
    scope,
    version,
    get: <T extends KubeObject>(kind: Kind, namespace: string | undefined, name: string) =>
      tx.get<T>(collectionOf(kind, scope), objectKey(kind.namespaced ? namespace : undefined, name))?.value,
    list: <T extends KubeObject>(kind: Kind, namespace?: string) =>
      values<T>(tx.list(collectionOf(kind, scope), namespace === undefined ? {} : { prefix: `${namespace}/` })),
    indexed: <T extends KubeObject>(kind: Kind, index: string, key: string) => values<T>(tx.indexed(collectionOf(kind, scope), index, key)),
    create: <T extends KubeObject>(kind: Kind, object: Parameters<Cluster['create']>[1]) => {
      try {
        return createObject(context, kind, object).object as T;
      } catch (error) {
        if (error instanceof StatusError) refused++;
        throw error;
      }
    },
    get refused() {
      return refused;
    },
    update: <T extends KubeObject>(kind: Kind, object: T, subresource = '') =>
      updateObject(context, kind, object, { subresource }).object as T,
    updateStatus: <T extends KubeObject>(kind: Kind, object: T) => {
      const { namespace, name } = object.metadata;
      const stored = tx.get<T>(collectionOf(kind, scope), objectKey(kind.namespaced ? namespace : undefined, name))?.value;
      // Most reconciles find nothing to say: that is told from the status alone, before anything is prepared or tracked.
      if (stored && stored.metadata === object.metadata && equal(stored.status, object.status)) return stored;
      return updateObject(context, kind, object, { subresource: 'status' }).object as T;
    },
    delete: (kind, namespace, name, options = {}) => {
      deleteObject(context, kind, kind.namespaced ? namespace : undefined, name, options);
    },
    event: (about, type, reason, message) => recordEvent(context, about, type, reason, message),
  };
}
