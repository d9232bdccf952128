import type { FieldError } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import type { AdmissionRequest, Operation } from '../admission/plugin.ts';
import type { Kind, KindContext } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { schemasFor } from '../schema/schemas.ts';
import { invalid } from '../status.ts';
import type { WriteContext } from './context.ts';

/** The request that admission sees for this write. */
export const admissionRequest = (
  context: WriteContext,
  kind: Kind,
  operation: Operation,
  subresource: string,
  object: KubeObject | undefined,
  previous: KubeObject | undefined,
): AdmissionRequest => ({
  operation,
  kind,
  subresource,
  namespace: (object ?? previous)?.metadata.namespace,
  name: (object ?? previous)?.metadata.name ?? '',
  ...(object && { object }),
  ...(previous && { previous }),
  user: context.user,
  dryRun: context.dryRun,
});

export function refuseFaults(kind: Kind, name: string, faults: readonly FieldError[]): void {
  if (faults.length > 0) throw invalid(kind, name, faults);
}

/** Allocates what must be unique, once the object is valid. */
export function allocate(
  context: WriteContext,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  api: KindContext,
): KubeObject {
  const outcome = kind.allocate?.(object, previous, api, context.tx.random);
  if (!outcome) return object;
  if (outcome.error) throw invalid(kind, object.metadata.name, outcome.error);
  return outcome.value ?? object;
}

export function warnAll(context: WriteContext, kind: Kind, object: KubeObject, api: KindContext): void {
  if (kind.warnings) for (const text of kind.warnings(object, api)) context.warn(text);
}

/** The object with another status, last as in Go's structs; undefined leaves the empty one that Go writes, or none. */
export function withStatus(kind: Kind, version: string, object: KubeObject, status: KubeObject['status'] | undefined): KubeObject {
  const value = status ?? emptyStatus(kind, version);
  if (object.status === value) return object;
  const { status: _, ...rest } = object;
  return (value === undefined ? rest : { ...rest, status: value }) as KubeObject; // apiVersion, kind and metadata are in rest
}

function emptyStatus(kind: Kind, version: string): KubeObject['status'] | undefined {
  const stored = kind.versions[0]?.name ?? '';
  const field = schemasFor(version).ofKind(kind.group, stored, kind.kind)?.properties?.get('status');
  return field?.presence === 'write' ? (field.zero ?? {}) : undefined;
}

const METADATA_AND_STATUS: ReadonlySet<string> = new Set(['metadata', 'status', 'apiVersion', 'kind']);

/** Whether a write to this path makes a new generation. A binding never does; metadata counts on the object itself alone. */
export function isNewGeneration(kind: Kind, object: KubeObject, previous: KubeObject, subresource: string): boolean {
  const { generation } = kind;
  if (generation === false || generation === 'first' || subresource === 'binding') return false;
  if (specChanged(kind, object, previous)) return true;
  if ((generation !== 'annotations' && generation !== 'labels') || subresource !== '') return false;
  return !equal(object.metadata[generation], previous.metadata[generation]);
}

/** Whether anything but metadata and status changed. */
function specChanged(kind: Kind, object: KubeObject, previous: KubeObject): boolean {
  const differs = (key: string) => !METADATA_AND_STATUS.has(key) && !equal(object[key], previous[key]);
  if (!kind.status && 'status' in object && !equal(object.status, previous.status)) return true;
  return Object.keys(object).some(differs) || Object.keys(previous).some((key) => !(key in object) && differs(key));
}
