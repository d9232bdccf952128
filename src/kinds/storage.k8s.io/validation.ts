import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, required, tooLong } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { byteLength, dnsSubdomain } from '../../kube/names/dns.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { amountFaults } from '../core/pod/validate-resources.ts';
import { driverNameFaults } from '../core/volume-source-validation.ts';
import { type Faults, IMMUTABLE, immutable, messages, nonNegative, oneOf, requiredName, selectorFaults } from '../faults.ts';
import { internalForm } from '../internal-form.ts';

// Models kubernetes pkg/apis/storage/validation.

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

/** The name of what makes volumes. Upstream shows it in small letters. */
function provisionerFaults(path: string, name: string, out: Faults): void {
  requiredName(path, name.toLowerCase(), qualifiedName, out);
}

function parameterFaults(parameters: StorageClass['parameters'] = {}, isRequired: boolean, out: Faults): void {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return void out.push(tooLong('parameters', MAX_PARAMETERS));
  for (const [key] of entries) if (key === '') out.push(invalid('parameters', '', 'field can not be empty.'));
  const size = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (size > MAX_PARAMETER_BYTES) out.push(tooLong('parameters', MAX_PARAMETER_BYTES));
  if (isRequired && entries.length === 0) out.push(required('parameters', 'must contain at least one key/value pair'));
}

export function storageClassFaults(object: StorageClass): readonly FieldError[] {
  const out: FieldError[] = [];
  provisionerFaults('provisioner', object.provisioner ?? '', out);
  parameterFaults(object.parameters, false, out);
  if (object.reclaimPolicy !== '') oneOf('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain'], false, out);
  oneOf('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], false, out);
  topologyFaults('allowedTopologies', object.allowedTopologies, out);
  return out;
}

export function attributesClassFaults(object: VolumeAttributesClass): readonly FieldError[] {
  const out: FieldError[] = [];
  provisionerFaults('driverName', object.driverName ?? '', out);
  parameterFaults(object.parameters, true, out);
  return out;
}

function topologyFaults(path: string, topologies: StorageClass['allowedTopologies'] = [], out: Faults): void {
  // Upstream begins with as many that ask for nothing.
  const earlier: Json[] = topologies.map(() => ({}));
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
    for (const other of earlier) if (equal(other, terms)) out.push(duplicate(at, ''));
    earlier.push(terms);
  });
}

export function storageClassUpdateFaults(object: StorageClass, previous: StorageClass): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
    immutable(field, object[field], previous[field], out);
  return out;
}

export function attachmentFaults({ spec }: VolumeAttachment): readonly FieldError[] {
  const out: FieldError[] = [];
  driverNameFaults('spec.attacher', spec.attacher, out);
  const { inlineVolumeSpec, persistentVolumeName: name } = spec.source ?? {};
  if (!inlineVolumeSpec && name === undefined)
    out.push(required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
  if (inlineVolumeSpec && name !== undefined)
    out.push(forbidden('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
  else if (name === '') out.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  messages('spec.nodeName', spec.nodeName ?? '', dnsSubdomain(spec.nodeName ?? ''), out);
  if (name !== undefined) messages('spec.source.persistentVolumeName', name, dnsSubdomain(name), out);
  return out;
}

export const attachmentUpdateFaults = ({ spec }: VolumeAttachment, { spec: previous }: VolumeAttachment): readonly FieldError[] =>
  // Specs are plain JSON.
  equal(spec as unknown as Json, previous as unknown as Json)
    ? []
    : [invalid('spec', internalForm('storage.VolumeAttachmentSpec', spec), IMMUTABLE)];

const SHORTEST_TOKEN_SECONDS = 600;
const LONGEST_TOKEN_SECONDS = 2 ** 32;
const SHORTEST_PERIOD_SECONDS = 10;

function tokenFaults(path: string, requests: CSIDriver['spec']['tokenRequests'] = [], out: Faults): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience = '', expirationSeconds: seconds = SHORTEST_TOKEN_SECONDS }, i) => {
    const at = `${path}[${i}]`;
    if (audiences.has(audience)) out.push(duplicate(`${at}.audience`, audience));
    else if (seconds < SHORTEST_TOKEN_SECONDS)
      out.push(invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'));
    else if (seconds > LONGEST_TOKEN_SECONDS)
      out.push(invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'));
    audiences.add(audience);
  });
}

export function driverFaults({ spec }: CSIDriver): readonly FieldError[] {
  const out: FieldError[] = [];
  oneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], false, out);
  tokenFaults('spec.tokenRequests', spec.tokenRequests, out);
  spec.volumeLifecycleModes?.forEach((mode) => {
    oneOf('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral'], false, out);
  });
  const { nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec;
  if (period !== undefined && period < SHORTEST_PERIOD_SECONDS)
    out.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'));
  if (inSecrets !== undefined && !spec.tokenRequests?.length)
    out.push(
      invalid('spec.serviceAccountTokenInSecrets', inSecrets, 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'),
    );
  return out;
}

const MAX_NODE_ID = 256;

export function csiNodeFaults({ spec }: CSINode): readonly FieldError[] {
  const out: FieldError[] = [];
  const names = new Set<string>();
  spec.drivers?.forEach(({ name = '', nodeID = '', allocatable, topologyKeys = [] }, i) => {
    const path = `spec.drivers[${i}]`;
    driverNameFaults(`${path}.name`, name, out);
    if (nodeID === '') out.push(required(`${path}.nodeID`));
    if (nodeID.length > MAX_NODE_ID) out.push(invalid(`${path}.nodeID`, nodeID, `must be ${MAX_NODE_ID} characters or less`));
    nonNegative(`${path}.allocatable.count`, allocatable?.count, out);
    if (names.has(name)) out.push(duplicate(`${path}.name`, name));
    names.add(name);
    // Upstream does not tell which key it is.
    topologyKeys.forEach((key, j) => {
      if (key === '') out.push(required(path));
      if (topologyKeys.indexOf(key) < j) out.push(duplicate(path, key));
      messages(path, key, qualifiedName(key), out);
    });
  });
  return out;
}

/** What a driver says of itself stays, but for how many volumes it can take. */
export function csiNodeUpdateFaults({ spec }: CSINode, { spec: previous }: CSINode): readonly FieldError[] {
  const fixed = (driver: CSINode['spec']['drivers'][number]): Json => {
    const { allocatable: _, ...rest } = driver;
    return internalForm('storage.CSINodeDriver', rest);
  };
  const out: FieldError[] = [];
  for (const before of previous.drivers ?? [])
    for (const driver of spec.drivers ?? []) if (driver.name === before.name) immutable('spec.drivers', fixed(driver), fixed(before), out);
  return out;
}

export function capacityUpdateFaults(object: CSIStorageCapacity, previous: CSIStorageCapacity): readonly FieldError[] {
  const out: FieldError[] = [];
  immutable('nodeTopology', object.nodeTopology, previous.nodeTopology, out, '*v1.LabelSelector');
  immutable('storageClassName', object.storageClassName, previous.storageClassName, out);
  return out;
}

export function capacityFaults({ nodeTopology, storageClassName = '', capacity }: CSIStorageCapacity): readonly FieldError[] {
  const out: FieldError[] = [];
  selectorFaults('nodeTopology', nodeTopology, out);
  messages('storageClassName', storageClassName, dnsSubdomain(storageClassName), out);
  if (capacity !== undefined) amountFaults('capacity', 'storage', capacity, out);
  return out;
}

export function driverUpdateFaults({ spec }: CSIDriver, { spec: previous }: CSIDriver): readonly FieldError[] {
  const out: FieldError[] = [];
  // Upstream has a name of its own for the first.
  immutable('spec.attachedRequired', spec.attachRequired, previous.attachRequired, out);
  immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes, previous.volumeLifecycleModes, out);
  return out;
}

export function attributesClassUpdateFaults(object: VolumeAttributesClass, previous: VolumeAttributesClass): readonly FieldError[] {
  const out: FieldError[] = [];
  if (object.driverName !== previous.driverName) out.push(forbidden('driverName', 'updates to driverName are forbidden.'));
  if (!equal(object.parameters, previous.parameters)) out.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  return out;
}
