import { replicationController as kind } from '../../kinds/core/replicationcontroller.ts';
import { replicator } from '../replicaset/replicaset.ts';

/**
 * Keeps as many pods as a ReplicationController asks for: a ReplicaSet whose selector is a plain map of labels.
 * Models kubernetes pkg/controller/replication, which wraps the other controller likewise.
 */
export const replicationControllerController = replicator('replicationcontroller', kind, ({ spec }) => selectors(spec.selector));

const known = new WeakMap<object, object>();

/** The same LabelSelector for the same stored map, so that it is parsed once. */
function selectors(matchLabels: object): object {
  const selector = known.get(matchLabels) ?? { matchLabels };
  known.set(matchLabels, selector);
  return selector;
}
