import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { WriteContext } from './context.ts';

/** Records in managedFields which fields this write set. */
export function trackFields(
  _context: WriteContext,
  _kind: Kind,
  object: KubeObject,
  _previous: KubeObject | undefined,
  _subresource: string,
): KubeObject {
  return object;
}
