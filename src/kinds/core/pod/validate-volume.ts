import type { KeyToPath, Volume, VolumeMount, VolumeProjection } from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, notFound, notSupported, required } from '../../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../../kube/names/dns.ts';
import { inRange } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName } from '../../faults.ts';
import { claimSpecFaults } from '../volume-validation.ts';
import { FILE_FIELDS, fieldRefFaults, resourceRefFaults } from './validate-env.ts';
import { hasBackstep, hostPathFaults } from './validate-host-path.ts';
import { amountFaults } from './validate-resources.ts';

const MODE_FAULT = 'must be a number between 0 and 0777 (octal), both inclusive';
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

function modeFaults(path: string, mode: number | undefined, out: Faults): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) out.push(invalid(path, mode, MODE_FAULT));
}

function relativePathFaults(path: string, value: string | undefined, out: Faults): void {
  if (!value) return void out.push(required(path));
  if (value.startsWith('/')) out.push(invalid(path, value, 'must be a relative path'));
  if (hasBackstep(value)) out.push(invalid(path, value, "must not contain '..'"));
  else if (value.startsWith('..')) out.push(invalid(path, value, "must not start with '..'"));
}

function itemFaults(path: string, items: readonly KeyToPath[] = [], out: Faults): void {
  items.forEach(({ key, path: file, mode }, i) => {
    if (!key) out.push(required(`${path}[${i}].key`));
    relativePathFaults(`${path}[${i}].path`, file, out);
    modeFaults(`${path}[${i}].mode`, mode, out);
  });
}

function downwardFaults(path: string, items: NonNullable<Volume['downwardAPI']>['items'] = [], out: Faults): void {
  // Upstream does not tell which item it is.
  const at = path;
  items.forEach(({ path: file, fieldRef, resourceFieldRef, mode }) => {
    relativePathFaults(`${at}.path`, file, out);
    if (fieldRef) {
      fieldRefFaults(`${at}.fieldRef`, fieldRef, FILE_FIELDS, out);
      if (resourceFieldRef) out.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (resourceFieldRef) {
      if (!resourceFieldRef.containerName) out.push(required(`${at}.resourceFieldRef.containerName`));
      resourceRefFaults(`${at}.resourceFieldRef`, resourceFieldRef.resource, out);
    } else out.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
    modeFaults(`${at}.mode`, mode, out);
  });
}

function projectionFaults(path: string, source: VolumeProjection, out: Faults): void {
  const kinds = Object.keys(source);
  if (kinds.length > 1) return void out.push(forbidden(`${path}.${kinds[1]}`, 'may not specify more than 1 volume type'));
  const { secret, configMap, downwardAPI, serviceAccountToken: token } = source;
  if (secret) {
    if (!secret.name) out.push(required(`${path}.secret.name`));
    itemFaults(`${path}.secret.items`, secret.items, out);
  }
  if (configMap) {
    if (!configMap.name) out.push(required(`${path}.configMap.name`));
    itemFaults(`${path}.configMap.items`, configMap.items, out);
  }
  if (downwardAPI) downwardFaults(`${path}.downwardAPI`, downwardAPI.items, out);
  if (token) {
    const seconds = token.expirationSeconds ?? MIN_TOKEN_SECONDS;
    if (seconds < MIN_TOKEN_SECONDS)
      out.push(invalid(`${path}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > MAX_TOKEN_SECONDS)
      out.push(invalid(`${path}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'));
    // Upstream leaves out where the path stands.
    if (!token.path) out.push(required(`${path.replace(/\.sources\[\d+\]$/, '')}.path`));
  }
}

const MANAGED_DISK = [
  '/subscriptions/',
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
] as const;
const BLOB_DISK = ['https://', 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'] as const;

/** Faults of a volume's source by kind; kinds not listed have no rules of their own here. */
const SOURCES: { readonly [Kind in keyof Volume]?: (path: string, source: NonNullable<Volume[Kind]>, out: Faults) => void } = {
  emptyDir(path, { sizeLimit }, out) {
    if (sizeLimit !== undefined) amountFaults(`${path}.sizeLimit`, 'memory', sizeLimit, out);
  },
  hostPath: hostPathFaults,
  configMap(path, source, out) {
    if (!source.name) out.push(required(`${path}.name`));
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    itemFaults(`${path}.items`, source.items, out);
  },
  secret(path, source, out) {
    if (!source.secretName) out.push(required(`${path}.secretName`));
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    itemFaults(`${path}.items`, source.items, out);
  },
  downwardAPI(path, source, out) {
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    downwardFaults(path, source.items, out);
  },
  persistentVolumeClaim(path, source, out) {
    if (!source.claimName) out.push(required(`${path}.claimName`));
  },
  projected(path, source, out) {
    modeFaults(`${path}.defaultMode`, source.defaultMode, out);
    source.sources?.forEach((item, i) => {
      projectionFaults(`${path}.sources[${i}]`, item, out);
    });
  },
  nfs(path, source, out) {
    if (!source.server) out.push(required(`${path}.server`));
    if (!source.path) out.push(required(`${path}.path`));
    if (!source.path?.startsWith('/')) out.push(invalid(`${path}.path`, source.path ?? '', 'must be an absolute path'));
  },
  csi(path, source, out) {
    if (!source.driver) out.push(required(`${path}.driver`));
    else messages(`${path}.driver`, source.driver, dnsSubdomain(source.driver.toLowerCase()), out);
    if (source.nodePublishSecretRef && !source.nodePublishSecretRef.name) out.push(required(`${path}.nodePublishSecretRef.name`));
  },
  azureFile(path, source, out) {
    if (!source.secretName) out.push(required(`${path}.secretName`));
    if (!source.shareName) out.push(required(`${path}.shareName`));
  },
  azureDisk(path, source, out) {
    if (!source.diskName) out.push(required(`${path}.diskName`));
    if (!source.diskURI) out.push(required(`${path}.diskURI`));
    oneOf(`${path}.cachingMode`, source.cachingMode, ['None', 'ReadOnly', 'ReadWrite'], false, out);
    oneOf(`${path}.kind`, source.kind, ['Dedicated', 'Managed', 'Shared'], false, out);
    const [start, form] = source.kind === 'Managed' ? MANAGED_DISK : BLOB_DISK;
    if (source.kind !== undefined && !source.diskURI?.startsWith(start))
      out.push(notSupported(`${path}.diskURI`, source.diskURI ?? '', [form]));
  },
  ephemeral(path, source, out) {
    if (!source.volumeClaimTemplate) out.push(required(`${path}.volumeClaimTemplate`));
    else claimSpecFaults(`${path}.volumeClaimTemplate.spec`, source.volumeClaimTemplate.spec ?? {}, out);
  },
  iscsi(path, { targetPortal, iqn, lun = 0 }, out) {
    if (!targetPortal) out.push(required(`${path}.targetPortal`));
    if (!iqn) out.push(required(`${path}.iqn`));
    else if (!/^(iqn|eui|naa)/.test(iqn)) out.push(invalid(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'));
    messages(`${path}.lun`, lun, inRange(lun, 0, 255), out);
  },
  image(path, source, out) {
    if (!source.reference) out.push(required(`${path}.reference`));
  },
};

/** Faults of a pod's volumes; returns their names, for mounts. */
export function volumeFaults(path: string, volumes: readonly Volume[] = [], out: Faults): ReadonlySet<string> {
  const names = new Set<string>();
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const { name } = volume;
    const before = out.length;
    const [first, ...others] = Object.keys(volume).filter((field) => field !== 'name') as (keyof Volume)[]; // decoded: no other fields
    if (first) {
      // Each entry of SOURCES takes the source of its own name.
      const rule = SOURCES[first] as ((path: string, source: unknown, out: Faults) => void) | undefined;
      rule?.(`${at}.${first}`, volume[first], out);
    } else out.push(required(at, 'must specify a volume type'));
    for (const kind of others) out.push(forbidden(`${at}.${kind}`, 'may not specify more than 1 volume type'));
    requiredName(`${at}.name`, name, dnsLabel, out);
    if (name && names.has(name)) out.push(duplicate(`${at}.name`, name));
    // Mounts of a volume that is wrong find none.
    if (out.length === before) names.add(name);
  });
  return names;
}

/** Faults of the places where a container mounts volumes. */
export function mountFaults(path: string, mounts: readonly VolumeMount[], volumes: ReadonlySet<string>, out: Faults): void {
  const places = new Set<string>();
  mounts.forEach((mount, i) => {
    const at = `${path}[${i}]`;
    if (!mount.name) out.push(required(`${at}.name`));
    if (!volumes.has(mount.name)) out.push(notFound(`${at}.name`, mount.name ?? ''));
    if (!mount.mountPath) out.push(required(`${at}.mountPath`));
    if (places.has(mount.mountPath)) out.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    places.add(mount.mountPath);
    if (mount.subPath) relativePathFaults(`${at}.subPath`, mount.subPath, out);
    if (mount.subPathExpr) {
      if (mount.subPath) out.push(invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      relativePathFaults(`${at}.subPathExpr`, mount.subPathExpr, out);
    }
    // Upstream does not tell which mount it is.
    oneOf(`${path}.mountPropagation`, mount.mountPropagation, ['Bidirectional', 'HostToContainer', 'None'], false, out);
  });
}
