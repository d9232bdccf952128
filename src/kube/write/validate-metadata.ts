import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import type { Kind } from '../kind.ts';
import { nameIsSubdomain } from '../names/dns.ts';
import { qualifiedName, validateAnnotations, validateLabels } from '../names/labels.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';

/** Faults of a new object's metadata. Models apimachinery validation.ValidateObjectMeta. */
export function validateMetadata(object: KubeObject, kind: Kind): FieldError[] {
  const meta = object.metadata;
  const rule = kind.nameRule ?? nameIsSubdomain;
  const faults: FieldError[] = [];
  if (meta.generateName) {
    for (const fault of rule(meta.generateName, true)) faults.push(invalid('metadata.generateName', meta.generateName, fault));
  }
  if (!meta.name) faults.push(required('metadata.name', 'name or generateName is required'));
  else for (const fault of rule(meta.name, false)) faults.push(invalid('metadata.name', meta.name, fault));
  faults.push(...commonFaults(meta));
  return faults;
}

/** Faults of an update's metadata besides those of `validateMetadata`. */
export function validateMetadataUpdate(object: KubeObject, previous: KubeObject): FieldError[] {
  const after = object.metadata;
  const before = previous.metadata;
  const faults: FieldError[] = [];
  if (before.deletionTimestamp && !equal(after.finalizers, before.finalizers)) {
    const added = (after.finalizers ?? []).filter((name) => !before.finalizers?.includes(name));
    const list = added.map((name) => JSON.stringify(name)).join(', ');
    const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
    if (added.length) faults.push(forbidden('metadata.finalizers', detail));
  }
  return [...faults, ...commonFaults(after)];
}

function commonFaults(meta: ObjectMeta): FieldError[] {
  const faults = [...validateLabels(meta.labels, 'metadata.labels')];
  if (meta.annotations) faults.push(...validateAnnotations(meta.annotations, 'metadata.annotations'));
  if (meta.ownerReferences) faults.push(...ownerFaults(meta));
  if (meta.finalizers) faults.push(...finalizerFaults(meta));
  return faults;
}

function ownerFaults({ ownerReferences = [] }: ObjectMeta): FieldError[] {
  const faults: FieldError[] = [];
  let controller: string | undefined;
  // Upstream does not tell which reference it is.
  const path = 'metadata.ownerReferences';
  ownerReferences.forEach((owner) => {
    if (!owner.apiVersion) faults.push(invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    for (const field of ['kind', 'name', 'uid'] as const) {
      if (!owner[field]) faults.push(invalid(`${path}.${field}`, owner[field] ?? '', 'must not be empty'));
    }
    if (!owner.controller) return;
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.kind}/${owner.name}`;
    if (controller !== undefined) faults.push(invalid(path, ownerReferences, detail));
    controller = `${owner.kind}/${owner.name}`;
  });
  return faults;
}

const BARE_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function finalizerFaults({ finalizers = [] }: ObjectMeta): FieldError[] {
  const faults: FieldError[] = [];
  const path = 'metadata.finalizers';
  for (const [i, name] of finalizers.entries()) {
    for (const fault of qualifiedName(name)) faults.push(invalid(path, name, fault));
    if (!name.includes('/') && !BARE_FINALIZERS.has(name)) {
      faults.push(invalid(`${path}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'));
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    faults.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return faults;
}
