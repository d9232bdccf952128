import type { CSIDriver, StorageClass, VolumeAttachment, VolumeAttributesClass } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { type Faults, immutable, messages, oneOf } from '../faults.ts';

// Models kubernetes pkg/apis/storage/validation.

const MAX_PARAMETERS = 512;

export function storageClassFaults(object: StorageClass): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!object.provisioner) out.push(required('provisioner'));
  else messages('provisioner', object.provisioner, qualifiedName(object.provisioner.toLowerCase()), out);
  const keys = Object.keys(object.parameters ?? {});
  if (keys.length > MAX_PARAMETERS)
    out.push({ kind: 'tooLong', path: 'parameters', detail: `may not be more than ${MAX_PARAMETERS} bytes` });
  if (keys.includes('')) out.push(invalid('parameters', '', 'field can not be empty.'));
  oneOf('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain'], false, out);
  oneOf('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], true, out);
  topologyFaults('allowedTopologies', object.allowedTopologies, out);
  return out;
}

function topologyFaults(path: string, topologies: StorageClass['allowedTopologies'] = [], out: Faults): void {
  const earlier: Json[] = [];
  topologies.forEach(({ matchLabelExpressions = [] }, i) => {
    const at = `${path}[${i}].matchLabelExpressions`;
    const terms: { [key: string]: readonly string[] } = {};
    matchLabelExpressions.forEach(({ key = '', values = [] }, j) => {
      if (values.length === 0) out.push(required(`${at}[${j}].values`));
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) out.push(duplicate(`${at}[${j}].values[${k}]`, value));
      });
      messages(`${at}[${j}].key`, key, qualifiedName(key), out);
      if (Object.hasOwn(terms, key)) out.push(duplicate(`${at}[${j}].key`, key));
      terms[key] = values.toSorted();
    });
    if (earlier.some((other) => equal(other, terms))) out.push(duplicate(at, ''));
    earlier.push(terms);
  });
}

export function storageClassUpdateFaults(object: StorageClass, previous: StorageClass): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const)
    if (!equal(object[field], previous[field])) out.push(forbidden(field, `updates to ${field} are forbidden.`));
  immutable('volumeBindingMode', object.volumeBindingMode, previous.volumeBindingMode, out);
  return out;
}

export function attachmentFaults({ spec }: VolumeAttachment): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!spec.attacher) out.push(required('spec.attacher'));
  const { inlineVolumeSpec, persistentVolumeName } = spec.source ?? {};
  if (!inlineVolumeSpec && !persistentVolumeName)
    out.push(required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
  if (inlineVolumeSpec && persistentVolumeName)
    out.push(forbidden('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
  if (!spec.nodeName) out.push(required('spec.nodeName'));
  return out;
}

export const attachmentUpdateFaults = ({ spec }: VolumeAttachment, { spec: previous }: VolumeAttachment): readonly FieldError[] =>
  // Specs are plain JSON.
  equal(spec as unknown as Json, previous as unknown as Json) ? [] : [invalid('spec', spec, 'field is immutable')];

export function driverFaults({ spec }: CSIDriver): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const field of ['attachRequired', 'podInfoOnMount', 'storageCapacity'] as const)
    if (spec[field] === undefined) out.push(required(`spec.${field}`));
  oneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], false, out);
  spec.volumeLifecycleModes?.forEach((mode) => {
    oneOf('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent'], true, out);
  });
  return out;
}

export function driverUpdateFaults({ spec }: CSIDriver, { spec: previous }: CSIDriver): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const field of ['attachRequired', 'volumeLifecycleModes'] as const) immutable(`spec.${field}`, spec[field], previous[field], out);
  return out;
}

export function attributesClassUpdateFaults(object: VolumeAttributesClass, previous: VolumeAttributesClass): readonly FieldError[] {
  const out: FieldError[] = [];
  if (object.driverName !== previous.driverName) out.push(forbidden('driverName', 'updates to driverName are forbidden.'));
  if (!equal(object.parameters, previous.parameters)) out.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  return out;
}
