import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  PersistentVolumeSpec,
  TypedObjectReference,
  VolumeNodeAffinity,
} from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { equal, type Json, type JsonObject } from '../../kernel/json.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
import { validateAnnotations, validateLabels } from '../../kube/names/labels.ts';
import { compareQuantities } from '../../kube/quantity.ts';
import { type Faults, IMMUTABLE, immutable, messages, oneOf, requiredName, selectorFaults } from '../faults.ts';
import { internalDiff, internalForm, internalMap } from '../internal-form.ts';
import { quantityOf } from './pod/validate-resources.ts';
import { nodeSelectorFaults } from './pod/validate-scheduling.ts';
import {
  azureDiskFaults,
  azureFileFaults,
  driverNameFaults,
  hostPathFaults,
  nfsFaults,
  noBackstepFaults,
} from './volume-source-validation.ts';

// Models kubernetes pkg/apis/core/validation ValidatePersistentVolume and ValidatePersistentVolumeClaim.

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function accessModeFaults(path: string, modes: readonly string[] = [], out: Faults): void {
  modes.forEach((mode) => {
    if (!MODES.includes(mode)) out.push(notSupported(path, mode, MODES));
  });
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && MODES.includes(mode)))
    out.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
}

function sizeFaults(path: string, size: string, out: Faults): void {
  if (quantityOf(size).nano <= 0n) out.push(invalid(path, size, 'must be greater than zero'));
}

export function claimFaults({ spec }: PersistentVolumeClaim, old?: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = [];
  claimSpecFaults('spec', spec, out, old?.spec);
  return out;
}

/** Faults of a claim's spec, its own or a template's. Once there is a source of some group, other groups are not looked at. */
export function claimSpecFaults(path: string, spec: PersistentVolumeClaimSpec, out: Faults, previous?: PersistentVolumeClaimSpec): void {
  if (!spec.accessModes?.length) out.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  selectorFaults(`${path}.selector`, spec.selector, out);
  accessModeFaults(`${path}.accessModes`, spec.accessModes, out);
  const size = spec.resources?.requests?.storage;
  if (size === undefined) out.push(required(`${path}.resources[storage]`));
  else sizeFaults(`${path}.resources[storage]`, size, out);
  if (spec.storageClassName) messages(`${path}.storageClassName`, spec.storageClassName, dnsSubdomain(spec.storageClassName), out);
  oneOf(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem'], false, out);
  const { dataSource, dataSourceRef, volumeAttributesClassName: attributes } = spec;
  const isAnyGroup = previous !== undefined && (previous.dataSource?.apiGroup ?? previous.dataSourceRef?.apiGroup) !== undefined;
  if (dataSource) dataSourceFaults(`${path}.dataSource`, dataSource, isAnyGroup, out);
  if (dataSourceRef) dataSourceFaults(`${path}.dataSourceRef`, dataSourceRef, isAnyGroup, out);
  if (dataSource && dataSourceRef?.namespace)
    out.push(invalid(path, NO_VALUE, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (dataSource && dataSourceRef && SOURCE_FIELDS.some((field) => dataSource[field] !== dataSourceRef[field]))
    out.push(invalid(path, NO_VALUE, 'must match dataSourceRef'));
  if (attributes) messages(`${path}.volumeAttributesClassName`, attributes, dnsSubdomain(attributes), out);
}

const SOURCE_FIELDS = ['apiGroup', 'kind', 'name'] as const;
/** What Go prints of the field's path, which upstream gives for the value. */
const NO_VALUE: JsonObject = {};

/** What a volume is filled from: another claim, or something of another group. */
function dataSourceFaults(path: string, source: TypedObjectReference, isAnyGroup: boolean, out: Faults): void {
  const { apiGroup = '', kind = '', name, namespace } = source;
  if (!name) out.push(required(`${path}.name`));
  if (!kind) out.push(required(`${path}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    out.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup && !isAnyGroup) messages(`${path}.apiGroup`, apiGroup, dnsSubdomain(apiGroup), out);
  if (namespace) messages(`${path}.namespace`, namespace, dnsLabel(namespace), out);
}

/** Faults of a claim that a pod or a stateful set makes from a template, which has labels and annotations and no other metadata. */
export function claimTemplateFaults(path: string, { metadata = {}, spec }: PersistentVolumeClaimTemplate, out: Faults): void {
  const { annotations, labels, ...rest } = metadata;
  out.push(...validateAnnotations(annotations, `${path}.metadata.annotations`), ...validateLabels(labels, `${path}.metadata.labels`));
  for (const field of Object.keys(rest)) out.push(forbidden(`${path}.metadata.${field}`, 'cannot be set'));
  claimSpecFaults(`${path}.spec`, spec ?? {}, out);
}

const FIXED_SPEC = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** The spec as it would be, had only what may change been left alone; the size and attributes of a bound claim may. */
function withoutAllowedChanges(
  object: PersistentVolumeClaim,
  { metadata, spec: previous }: PersistentVolumeClaim,
): PersistentVolumeClaimSpec {
  const { storageClassName, volumeAttributesClassName, ...rest } = object.spec;
  const isBound = object.status?.phase === 'Bound';
  const annotated = metadata.annotations?.[CLASS_ANNOTATION];
  // A class may be told to a claim that has none.
  const isTold = previous.storageClassName === undefined && (annotated === undefined || annotated === storageClassName);
  const name = isTold ? previous.storageClassName : storageClassName;
  const attributes = isBound ? previous.volumeAttributesClassName : volumeAttributesClassName;
  const requests = isBound &&
    rest.resources?.requests && { ...rest.resources.requests, storage: previous.resources?.requests?.storage ?? '0' };
  return {
    ...rest,
    ...(requests && { resources: { ...rest.resources, requests } }),
    ...(name !== undefined && { storageClassName: name }),
    ...(attributes !== undefined && { volumeAttributesClassName: attributes }),
  };
}

/** Models ValidatePersistentVolumeClaimUpdate. */
export function claimUpdateFaults(object: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = [...claimFaults(object, old)];
  const { metadata, spec, status } = object;
  const { spec: previous } = old;
  const annotation = metadata.annotations?.[CLASS_ANNOTATION] ?? '';
  if (
    annotation !== (old.metadata.annotations?.[CLASS_ANNOTATION] ?? '') &&
    old.metadata.annotations?.[CLASS_ANNOTATION] !== spec.storageClassName
  )
    out.push(invalid(`metadata.annotations[${CLASS_ANNOTATION}]`, annotation, IMMUTABLE));
  if (spec === previous) return out;
  const after = withoutAllowedChanges(object, old);
  const before = { ...previous, ...(!previous.volumeName && spec.volumeName && { volumeName: spec.volumeName }) };
  // Specs are plain JSON.
  if (!equal(after as unknown as Json, before as unknown as Json))
    out.push(forbidden('spec', `${FIXED_SPEC}\n${internalDiff('core.PersistentVolumeClaimSpec', before, after)}`));
  sizeChangeFaults(spec, previous, old.status?.capacity?.storage, out);
  immutable('volumeMode', spec.volumeMode, previous.volumeMode, out);
  const { volumeAttributesClassName: attributes } = spec;
  if (attributes !== previous.volumeAttributesClassName && status?.currentVolumeAttributesClassName !== undefined && !attributes)
    out.push(
      forbidden(
        'spec.volumeAttributesClassName',
        `update to ${attributes === undefined ? 'nil' : 'empty string'} is forbidden when status.currentVolumeAttributesClassName is not nil`,
      ),
    );
  return out;
}

const RESIZE_STATUSES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

/** Amounts that volumes have are whole numbers of bytes, as messages show them. */
function heldFaults(path: string, amounts: { readonly [resource: string]: string } = {}, out: Faults): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const bytes = quantityOf(amount).nano / 1_000_000_000n;
    if (bytes < 0n) out.push(invalid(`${path}[${name}]`, Number(bytes), 'must be a valid resource quantity'));
  }
}

/** Models ValidatePersistentVolumeClaimStatusUpdate. */
export function claimStatusFaults({ status }: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = [];
  heldFaults('status.capacity', status?.capacity, out);
  // Upstream shows the resource where it means its status.
  for (const [name, value] of Object.entries(status?.allocatedResourceStatuses ?? {}))
    if (!RESIZE_STATUSES.includes(value)) out.push(notSupported('status.allocatedResourceStatuses', name, RESIZE_STATUSES));
  heldFaults('status.allocatedResources', status?.allocatedResources, out);
  return out;
}

/** A claim may ask for less than before, where it grew in vain, but for more than it has. */
function sizeChangeFaults(
  spec: PersistentVolumeClaimSpec,
  previous: PersistentVolumeClaimSpec,
  capacity: string | undefined,
  out: Faults,
): void {
  const from = previous.resources?.requests?.storage ?? '0';
  const to = spec.resources?.requests?.storage ?? '0';
  if (compareQuantities(quantityOf(to), quantityOf(from)) >= 0) return;
  if (compareQuantities(quantityOf(to), quantityOf(capacity ?? '0')) <= 0)
    out.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
}

const SPEC_FIELDS = [
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
] as const;
const specFields: ReadonlySet<string> = new Set(SPEC_FIELDS);

/** The volume source: whatever in the spec is no field that all volumes have. */
const sourceOf = (spec: PersistentVolumeSpec): Json =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !specFields.has(field))) as Json;

const SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;

type Source = Omit<PersistentVolumeSpec, (typeof SPEC_FIELDS)[number]>;

/** Faults of a volume's source by kind, in upstream's order, which decides what the first kind is; kinds not listed have no rules. */
const SOURCES: { readonly [Kind in keyof Source]?: (path: string, source: NonNullable<Source[Kind]>, out: Faults) => void } = {
  hostPath: hostPathFaults,
  nfs: nfsFaults,
  azureFile(path, source, out) {
    azureFileFaults(path, source, out);
    if (source.secretNamespace === '') out.push(required(`${path}.secretNamespace`));
  },
  azureDisk: azureDiskFaults,
  local(path, source, out) {
    if (source.path) noBackstepFaults(`${path}.path`, source.path, out);
    else out.push(required(`${path}.path`));
  },
  csi(path, source, out) {
    driverNameFaults(`${path}.driver`, source.driver, out);
    if (!source.volumeHandle) out.push(required(`${path}.volumeHandle`));
    for (const field of SECRETS) {
      const secret = source[field];
      if (!secret) continue;
      requiredName(`${path}.${field}.name`, secret.name, dnsSubdomain, out);
      requiredName(`${path}.${field}.namespace`, secret.namespace, dnsLabel, out);
    }
  },
};
const SOURCE_KINDS = Object.keys(SOURCES);

function sourceFaults(spec: PersistentVolumeSpec, out: Faults): void {
  const kinds = Object.keys(sourceOf(spec) ?? {}).sort((a, b) => SOURCE_KINDS.indexOf(a) - SOURCE_KINDS.indexOf(b));
  const [first, ...others] = kinds as (keyof Source)[]; // decoded: no other fields
  if (!first) return void out.push(required('spec', 'must specify a volume type'));
  // Each entry of SOURCES takes the source of its own name.
  (SOURCES[first] as ((path: string, source: unknown, out: Faults) => void) | undefined)?.(`spec.${first}`, spec[first], out);
  if (first === 'local' && !spec.nodeAffinity) out.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  for (const extra of others) out.push(forbidden(`spec.${extra}`, 'may not specify more than 1 volume type'));
}

export function volumeFaults({ spec }: PersistentVolume): readonly FieldError[] {
  const out: FieldError[] = [];
  const { capacity = {}, persistentVolumeReclaimPolicy: reclaim, nodeAffinity, volumeAttributesClassName: attributes } = spec;
  if (!spec.accessModes?.length) out.push(required('spec.accessModes'));
  accessModeFaults('spec.accessModes', spec.accessModes, out);
  const names = Object.keys(capacity);
  if (names.length === 0) out.push(required('spec.capacity'));
  if (names.join() !== 'storage') out.push(notSupported('spec.capacity', internalMap(spec.capacity), ['storage']));
  for (const [name, size] of Object.entries(capacity)) {
    const { nano } = quantityOf(size);
    // Go's whole number of it, rounded up.
    if (nano <= -1_000_000_000n)
      out.push(invalid(`spec.capacity[${name}]`, Number(nano / 1_000_000_000n), 'must be a valid resource quantity'));
    sizeFaults(`spec.capacity[${name}]`, size, out);
  }
  oneOf('spec.persistentVolumeReclaimPolicy', reclaim, ['Delete', 'Recycle', 'Retain'], false, out);
  if (nodeAffinity)
    if (nodeAffinity.required) nodeSelectorFaults('spec.nodeAffinity.required', nodeAffinity.required, out);
    else out.push(required('spec.nodeAffinity.required', 'must specify required node constraints'));
  sourceFaults(spec, out);
  if (reclaim === 'Recycle' && /^[/.]*$/.test(spec.hostPath?.path ?? 'none'))
    out.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  if (spec.storageClassName) messages('spec.storageClassName', spec.storageClassName, dnsSubdomain(spec.storageClassName), out);
  oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'], false, out);
  if (attributes === undefined) return out;
  if (attributes === '') out.push(required('spec.volumeAttributesClassName', 'an empty string is disallowed'));
  else messages('spec.volumeAttributesClassName', attributes, dnsSubdomain(attributes), out);
  if (!spec.csi) out.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
  return out;
}

/** Models ValidatePersistentVolumeUpdate. */
export function volumeUpdateFaults(object: PersistentVolume, { spec: previous }: PersistentVolume): readonly FieldError[] {
  const out: FieldError[] = [...volumeFaults(object)];
  const { spec } = object;
  if (!equal(sourceOf(spec), withAddedSecret(previous, spec)))
    out.push(
      forbidden(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${internalDiff('core.PersistentVolumeSource', previous, spec)}`,
      ),
    );
  immutable('volumeMode', spec.volumeMode, previous.volumeMode, out);
  const affinity = internalForm('*core.VolumeNodeAffinity', spec.nodeAffinity);
  if (
    previous.nodeAffinity &&
    ![previous.nodeAffinity, renamed(previous.nodeAffinity)].some((may) => equal(affinity, internalForm('*core.VolumeNodeAffinity', may)))
  )
    out.push(invalid('nodeAffinity', affinity, `${IMMUTABLE}, except for updating from beta label to GA`));
  if (previous.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    out.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  return out;
}

/** The volume's source, with the secret for its expansion that a driver's volume may be given later. */
function withAddedSecret(previous: PersistentVolumeSpec, { csi }: PersistentVolumeSpec): Json {
  const secret = csi?.controllerExpandSecretRef;
  if (!secret || !previous.csi || previous.csi.controllerExpandSecretRef) return sourceOf(previous);
  return sourceOf({ ...previous, csi: { ...previous.csi, controllerExpandSecretRef: secret } });
}

/** Labels that nodes have by a newer name, which a volume may come to use. */
const RENAMED_LABELS: { readonly [label: string]: string } = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
};

const renamed = ({ required }: VolumeNodeAffinity): unknown => ({
  required: {
    nodeSelectorTerms: required?.nodeSelectorTerms.map(({ matchFields, matchExpressions }) => ({
      matchFields,
      matchExpressions: matchExpressions?.map((expression) => ({ ...expression, key: RENAMED_LABELS[expression.key] ?? expression.key })),
    })),
  },
});
