import type { Change } from '../../kernel/collection.ts';
import type { Target, Watch } from '../../kernel/controller.ts';
import { type Reader, scopeOf } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { type ClusterRecord, clusterRecord } from '../../kube/clusters.ts';
import { kindClass } from '../../kube/kind.ts';

/** ARM targets that a changed node of a cluster concerns: an operation is over only when its nodes are there. */
export const onNodes = (keys: (record: ClusterRecord, reader: Reader) => readonly string[]): Watch => ({
  class: kindClass(nodeKind),
  targets(change: Change, reader): readonly Target[] {
    const record = clusterRecord(reader, scopeOf(change.collection));
    return record ? keys(record, reader).map((key) => ({ scope: '', key })) : [];
  },
});
