import type { PersistentVolumeSpec, Volume } from '../../../gen/kubernetes-types.ts';
import { invalid, notSupported, required, tooLong } from '../../kernel/field-error.ts';
import { dnsSubdomain } from '../../kube/names/dns.ts';
import { type Faults, messages, oneOf } from '../faults.ts';

// What kubernetes pkg/apis/core/validation asks of the sources that pods and persistent volumes both can have.

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

const BACKSTEP = "must not contain '..'";
export const hasBackstep = (path: string): boolean => path.split('/').includes('..');

/** A path that leads out of no folder. */
export function noBackstepFaults(path: string, value: string, out: Faults): void {
  if (hasBackstep(value)) out.push(invalid(path, value, BACKSTEP));
}

/** A path that leads further down from where it starts. */
export function descendingPathFaults(path: string, value: string, out: Faults): void {
  if (value.startsWith('/')) out.push(invalid(path, value, 'must be a relative path'));
  noBackstepFaults(path, value, out);
}

/** Faults of a place on a node. */
export function hostPathFaults(path: string, source: NonNullable<Volume['hostPath']>, out: Faults): void {
  if (!source.path) return void out.push(required(`${path}.path`));
  noBackstepFaults(`${path}.path`, source.path, out);
  oneOf(`${path}.type`, source.type, HOST_PATH_TYPES, false, out);
}

export function nfsFaults(path: string, source: NonNullable<Volume['nfs']>, out: Faults): void {
  if (!source.server) out.push(required(`${path}.server`));
  if (!source.path) out.push(required(`${path}.path`));
  if (!source.path?.startsWith('/')) out.push(invalid(`${path}.path`, source.path ?? '', 'must be an absolute path'));
}

const MAX_DRIVER_NAME = 63;

/** Faults of the name under which a CSI driver registers; letters of either case are right. */
export function driverNameFaults(path: string, name: string | undefined, out: Faults): void {
  if (!name) return void out.push(required(path));
  if (name.length > MAX_DRIVER_NAME) out.push(tooLong(path, MAX_DRIVER_NAME));
  messages(path, name, dnsSubdomain(name.toLowerCase()), out);
}

export function azureFileFaults(
  path: string,
  source: NonNullable<Volume['azureFile'] | PersistentVolumeSpec['azureFile']>,
  out: Faults,
): void {
  if (!source.secretName) out.push(required(`${path}.secretName`));
  if (!source.shareName) out.push(required(`${path}.shareName`));
}

const MANAGED_DISK = [
  '/subscriptions/',
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
] as const;
const BLOB_DISK = ['https://', 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'] as const;

export function azureDiskFaults(path: string, source: NonNullable<Volume['azureDisk']>, out: Faults): void {
  if (!source.diskName) out.push(required(`${path}.diskName`));
  if (!source.diskURI) out.push(required(`${path}.diskURI`));
  oneOf(`${path}.cachingMode`, source.cachingMode, ['None', 'ReadOnly', 'ReadWrite'], false, out);
  oneOf(`${path}.kind`, source.kind, ['Dedicated', 'Managed', 'Shared'], false, out);
  const [start, form] = source.kind === 'Managed' ? MANAGED_DISK : BLOB_DISK;
  if (source.kind !== undefined && !source.diskURI?.startsWith(start))
    out.push(notSupported(`${path}.diskURI`, source.diskURI ?? '', [form]));
}
