import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
} from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { dnsSubdomain } from '../../kube/names/dns.ts';
import { compareQuantities } from '../../kube/quantity.ts';
import { type Faults, messages, oneOf, selectorFaults } from '../faults.ts';
import { hostPathFaults } from './pod/validate-host-path.ts';
import { quantityOf } from './pod/validate-resources.ts';
import { nodeSelectorFaults } from './pod/validate-scheduling.ts';

// Models kubernetes pkg/apis/core/validation ValidatePersistentVolume and ValidatePersistentVolumeClaim.

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function accessModeFaults(path: string, modes: readonly string[] = [], out: Faults): void {
  modes.forEach((mode) => {
    if (!MODES.includes(mode)) out.push(notSupported(path, mode, MODES));
  });
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    out.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
}

function sizeFaults(path: string, size: string, out: Faults): void {
  if (quantityOf(size).nano <= 0n) out.push(invalid(path, size, 'must be greater than zero'));
}

export function claimFaults({ spec }: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = [];
  claimSpecFaults('spec', spec, out);
  return out;
}

/** Faults of a claim's spec, its own or a template's. */
export function claimSpecFaults(path: string, spec: PersistentVolumeClaimSpec, out: Faults): void {
  if (!spec.accessModes?.length) out.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  selectorFaults(`${path}.selector`, spec.selector, out);
  accessModeFaults(`${path}.accessModes`, spec.accessModes, out);
  const size = spec.resources?.requests?.storage;
  if (size === undefined) out.push(required(`${path}.resources[storage]`));
  else sizeFaults(`${path}.resources[storage]`, size, out);
  if (spec.storageClassName) messages(`${path}.storageClassName`, spec.storageClassName, dnsSubdomain(spec.storageClassName), out);
  oneOf(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem'], false, out);
}

/** What binding fills in once, and what may change later, taken from the other spec. */
function withAllowedChanges(spec: PersistentVolumeClaimSpec, previous: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { resources: _, volumeAttributesClassName: __, ...rest } = spec;
  const fills = {
    ...(!previous.volumeName && spec.volumeName !== undefined && { volumeName: previous.volumeName }),
    ...(previous.storageClassName === undefined && spec.storageClassName !== undefined && { storageClassName: undefined }),
  };
  // undefined stands for "not there", and JSON comparison needs it gone.
  return Object.fromEntries(Object.entries({ ...rest, ...fills }).filter(([, value]) => value !== undefined)) as PersistentVolumeClaimSpec;
}

export function claimUpdateFaults(
  { spec, status }: PersistentVolumeClaim,
  { spec: previous }: PersistentVolumeClaim,
): readonly FieldError[] {
  const out: FieldError[] = [];
  if (spec === previous) return out;
  const { resources: _, volumeAttributesClassName: __, ...before } = previous;
  if (!equal(withAllowedChanges(spec, previous) as unknown as Json, before as unknown as Json))
    out.push(
      forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'),
    );
  const from = previous.resources?.requests?.storage;
  const to = spec.resources?.requests?.storage;
  if (from === undefined || to === undefined) return out;
  const order = compareQuantities(quantityOf(to), quantityOf(from));
  if (order !== 0 && status?.phase !== 'Bound') {
    out.push(
      forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'),
    );
  } else if (order < 0) {
    const capacity = status?.capacity?.storage;
    if (capacity === undefined || compareQuantities(quantityOf(to), quantityOf(capacity)) <= 0)
      out.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return out;
}

const SPEC_FIELDS: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

/** The volume source: whatever in the spec is no field that all volumes have. */
const sourceOf = (spec: PersistentVolumeSpec): Json =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !SPEC_FIELDS.has(field))) as Json;

export function volumeFaults({ spec }: PersistentVolume): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!spec.accessModes?.length) out.push(required('spec.accessModes'));
  accessModeFaults('spec.accessModes', spec.accessModes, out);
  const { capacity } = spec;
  if (Object.keys(capacity ?? {}).length === 0) out.push(required('spec.capacity'));
  if (capacity?.storage === undefined || Object.keys(capacity).length > 1)
    out.push(notSupported('spec.capacity', capacity ?? null, ['storage']));
  else sizeFaults('spec.capacity[storage]', capacity.storage, out);
  oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'], false, out);
  const sources = Object.keys(sourceOf(spec) ?? {});
  if (sources.length === 0) out.push(required('spec', 'must specify a volume type'));
  for (const extra of sources.slice(1)) out.push(forbidden(`spec.${extra}`, 'may not specify more than 1 volume type'));
  if (spec.nodeAffinity)
    if (spec.nodeAffinity.required) nodeSelectorFaults('spec.nodeAffinity.required', spec.nodeAffinity.required, out);
    else out.push(required('spec.nodeAffinity.required', 'must specify required node constraints'));
  if (spec.hostPath) hostPathFaults('spec.hostPath', spec.hostPath, out);
  if (spec.csi && !spec.csi.driver) out.push(required('spec.csi.driver'));
  if (spec.csi && !spec.csi.volumeHandle) out.push(required('spec.csi.volumeHandle'));
  if (spec.local && !spec.nodeAffinity) out.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  if (spec.storageClassName) messages('spec.storageClassName', spec.storageClassName, dnsSubdomain(spec.storageClassName), out);
  oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'], false, out);
  return out;
}

export function volumeUpdateFaults({ spec }: PersistentVolume, { spec: previous }: PersistentVolume): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!equal(sourceOf(spec), sourceOf(previous)))
    out.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'));
  if (spec.volumeMode !== previous.volumeMode) out.push(invalid('spec.volumeMode', spec.volumeMode ?? null, 'field is immutable'));
  return out;
}
