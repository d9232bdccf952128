import type { KeyToPath, Volume, VolumeProjection } from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, required } from '../../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../../kube/names/dns.ts';
import { inRange } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName } from '../../faults.ts';
import {
  azureDiskFaults,
  azureFileFaults,
  descendingPathFaults,
  driverNameFaults,
  hostPathFaults,
  nfsFaults,
} from '../volume-source-validation.ts';
import { claimTemplateFaults } from '../volume-validation.ts';
import { FILE_FIELDS, fieldRefFaults, resourceRefFaults } from './validate-env.ts';
import { quantityOf } from './validate-resources.ts';

/** What a pod's own spec may be asked about besides itself; a template has none. */
export interface PodIdentity {
  readonly name: string;
}

export const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MODE_FAULT = 'must be a number between 0 and 0777 (octal), both inclusive';
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

function modeFaults(path: string, mode: number | undefined, out: Faults): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) out.push(invalid(path, mode, MODE_FAULT));
}

/** A file that must be named, somewhere below the volume. */
function fileFaults(path: string, value: string | undefined, out: Faults): void {
  if (!value) return void out.push(required(path));
  descendingPathFaults(path, value, out);
  if (value.startsWith('..') && !value.startsWith('../')) out.push(invalid(path, value, "must not start with '..'"));
}

function itemFaults(path: string, items: readonly KeyToPath[] = [], out: Faults): void {
  items.forEach(({ key, path: file, mode }, i) => {
    if (!key) out.push(required(`${path}[${i}].key`));
    fileFaults(`${path}[${i}].path`, file, out);
    modeFaults(`${path}[${i}].mode`, mode, out);
  });
}

function downwardFaults(path: string, items: NonNullable<Volume['downwardAPI']>['items'] = [], out: Faults): void {
  // Upstream does not tell which item it is.
  const at = path;
  items.forEach(({ path: file, fieldRef, resourceFieldRef, mode }) => {
    fileFaults(`${at}.path`, file, out);
    if (fieldRef) {
      fieldRefFaults(`${at}.fieldRef`, fieldRef, FILE_FIELDS, out);
      if (resourceFieldRef) out.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (resourceFieldRef) {
      resourceRefFaults(`${at}.resourceFieldRef`, resourceFieldRef, true, out);
    } else out.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
    modeFaults(`${at}.mode`, mode, out);
  });
}

type TokenProjection = NonNullable<VolumeProjection['serviceAccountToken']>;

function tokenFaults(
  path: string,
  volumePath: string,
  { expirationSeconds = MIN_TOKEN_SECONDS, path: file }: TokenProjection,
  out: Faults,
): void {
  const at = `${path}.expirationSeconds`;
  if (expirationSeconds < MIN_TOKEN_SECONDS) out.push(invalid(at, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds > MAX_TOKEN_SECONDS)
    out.push(invalid(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  // Upstream leaves out where the path stands.
  fileFaults(`${volumePath}.path`, file, out);
}

/** Faults of what a projected volume brings together: one kind of thing per source, and no file twice. */
function projectionFaults(path: string, sources: readonly VolumeProjection[] = [], out: Faults): void {
  const files = new Set<string>();
  const claimFiles = (items: readonly { readonly path?: string }[] = [], owner?: string): void => {
    for (const { path: file } of items) {
      if (!file) continue;
      if (files.has(file)) out.push(invalid(path, owner ?? file, 'conflicting duplicate paths'));
      files.add(file);
    }
  };
  sources.forEach((source, i) => {
    const at = `${path}.sources[${i}]`;
    for (const kind of ['secret', 'configMap'] as const) {
      const item = source[kind];
      if (!item) continue;
      if (!item.name) out.push(required(`${at}.${kind}.name`));
      itemFaults(`${at}.${kind}.items`, item.items, out);
      claimFiles(item.items, item.name ?? '');
    }
    if (source.downwardAPI) {
      downwardFaults(`${at}.downwardAPI`, source.downwardAPI.items, out);
      claimFiles(source.downwardAPI.items);
    }
    if (source.serviceAccountToken) tokenFaults(`${at}.serviceAccountToken`, path, source.serviceAccountToken, out);
    if (Object.keys(source).length > 1) out.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  });
}

/** The volume as a rule for its source sees it: the name, and what is known of the pod where it is no template. */
interface VolumeScope {
  readonly volume: string;
  readonly pod: PodIdentity | undefined;
}

const ISCSI_NAMES = /^(iqn|eui|naa)/;

/** Faults of a volume's source by kind, in upstream's order, which decides what the first kind is; kinds not listed have no rules. */
const SOURCES: {
  readonly [Kind in keyof Volume]?: (path: string, source: NonNullable<Volume[Kind]>, out: Faults, scope: VolumeScope) => void;
} = {
  emptyDir(path, { sizeLimit }, out) {
    if (quantityOf(sizeLimit).nano < 0n) out.push(forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
  },
  hostPath: hostPathFaults,
  gitRepo(path, { repository, directory = '' }, out) {
    if (!repository) out.push(required(`${path}.repository`));
    descendingPathFaults(`${path}.directory`, directory, out);
  },
  secret(path, source, out) {
    if (!source.secretName) out.push(required(`${path}.secretName`));
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    itemFaults(`${path}.items`, source.items, out);
  },
  nfs: nfsFaults,
  iscsi(path, { targetPortal, iqn, lun = 0 }, out) {
    if (!targetPortal) out.push(required(`${path}.targetPortal`));
    if (!iqn) out.push(required(`${path}.iqn`));
    else if (!ISCSI_NAMES.test(iqn)) out.push(invalid(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'));
    messages(`${path}.lun`, lun, inRange(lun, 0, 255), out);
  },
  persistentVolumeClaim(path, source, out) {
    if (!source.claimName) out.push(required(`${path}.claimName`));
  },
  downwardAPI(path, source, out) {
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    downwardFaults(path, source.items, out);
  },
  configMap(path, source, out) {
    if (!source.name) out.push(required(`${path}.name`));
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    itemFaults(`${path}.items`, source.items, out);
  },
  azureFile: azureFileFaults,
  azureDisk: azureDiskFaults,
  projected(path, source, out) {
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    projectionFaults(path, source.sources, out);
  },
  csi(path, source, out) {
    driverNameFaults(`${path}.driver`, source.driver, out);
    const secret = source.nodePublishSecretRef;
    if (secret && !secret.name) out.push(required(`${path}.nodePublishSecretRef.name`));
    // Upstream leaves out whose name it is.
    else if (secret?.name) messages(`${path}.name`, secret.name, dnsSubdomain(secret.name), out);
  },
  ephemeral(path, source, out, { volume, pod }) {
    if (!source.volumeClaimTemplate) out.push(required(`${path}.volumeClaimTemplate`));
    else claimTemplateFaults(`${path}.volumeClaimTemplate`, source.volumeClaimTemplate, out);
    if (!pod?.name || !volume) return;
    const claim = `${pod.name}-${volume}`;
    for (const fault of dnsSubdomain(claim))
      out.push(invalid(path.replace(/ephemeral$/, 'name'), volume, `PVC name ${JSON.stringify(claim)}: ${fault}`));
  },
  image(path, source, out, { pod }) {
    if (pod && !source.reference) out.push(required(`${path}.reference`));
    oneOf(`${path}.pullPolicy`, source.pullPolicy, PULL_POLICIES, true, out);
  },
};
const KINDS = Object.keys(SOURCES) as (keyof Volume)[]; // the table's own keys

/** The kinds of a volume's source, in upstream's order. */
function kindsOf(volume: Volume): readonly (keyof Volume)[] {
  const kinds = Object.keys(volume).filter((field) => field !== 'name') as (keyof Volume)[]; // decoded: no other fields
  return kinds.length < 2 ? kinds : kinds.sort((a, b) => KINDS.indexOf(a) - KINDS.indexOf(b));
}

/** Faults of a pod's volumes, or a template's; returns the right ones by name, for what mounts them. */
export function volumeFaults(
  path: string,
  volumes: readonly Volume[] = [],
  pod: PodIdentity | undefined,
  out: Faults,
): ReadonlyMap<string, Volume> {
  const named = new Map<string, Volume>();
  const created = new Set(pod?.name ? volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${pod.name}-${name}`) : []);
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const { name, persistentVolumeClaim } = volume;
    const before = out.length;
    const [first, ...others] = kindsOf(volume);
    if (first) {
      // Each entry of SOURCES takes the source of its own name.
      const rule = SOURCES[first] as ((path: string, source: unknown, out: Faults, scope: VolumeScope) => void) | undefined;
      rule?.(`${at}.${first}`, volume[first], out, { volume: name, pod });
    } else out.push(required(at, 'must specify a volume type'));
    for (const kind of others) out.push(forbidden(`${at}.${kind}`, 'may not specify more than 1 volume type'));
    requiredName(`${at}.name`, name, dnsLabel, out);
    if (named.has(name)) out.push(duplicate(`${at}.name`, name));
    // Mounts of a volume that is wrong find none.
    if (out.length === before) named.set(name, volume);
    if (persistentVolumeClaim && created.has(persistentVolumeClaim.claimName))
      out.push(
        invalid(
          `${at}.persistentVolumeClaim.claimName`,
          persistentVolumeClaim.claimName,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      );
  });
  return named;
}
