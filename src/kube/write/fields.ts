import { setOf } from '../apply/field-set.ts';
import { managedFieldsOf, recordUpdate, withManagedFields } from '../apply/record-update.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import { storedApiVersion, type WriteContext } from './context.ts';

const RESET = { spec: setOf(['f:spec']), status: setOf(['f:status']) } as const;

/**
 * Part of an object that nobody comes to own by writing to a path: the server drops it there, or (the status of nodes that are
 * registered) keeps it without saying so. Models rest.ResetFieldsStrategy.
 */
export function droppedPart(kind: Kind, subresource: string): 'spec' | 'status' | undefined {
  if (subresource === 'status') return 'spec';
  return subresource === '' && kind.status ? 'status' : undefined;
}

/** Schema of the shape in which a kind is stored; undefined for kinds that the release does not know. */
export function storedSchema(kind: Kind, version: string): Schema | undefined {
  const { group } = kind.storedAs ?? kind;
  return schemasFor(version).ofKind(group, kind.versions[0]?.name ?? '', kind.kind);
}

/** Records in managedFields which fields this write set. Before mutating admission, whose changes nobody owns. */
export function trackFields(
  context: WriteContext,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
): KubeObject {
  const schema = context.door?.schema ?? storedSchema(kind, context.version);
  if (!schema) return object;
  const shape = context.door?.version.fromStored ?? ((value: KubeObject) => value);
  const dropped = droppedPart(kind, subresource);
  const tracked = recordUpdate({
    manager: context.manager,
    apiVersion: context.door?.apiVersion ?? storedApiVersion(kind),
    subresource,
    nowIso: context.tx.nowIso,
    schema,
    live: previous && shape(previous),
    next: shape(object),
    ...(dropped && { resetFields: RESET[dropped] }),
  });
  const managedFields = managedFieldsOf(tracked);
  // Entries of managedFields as recordUpdate writes them.
  return withManagedFields(object, managedFields) as KubeObject;
}
