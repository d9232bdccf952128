import type { Container, EphemeralContainer, Volume, VolumeDevice, VolumeMount } from '../../../../gen/kubernetes-types.ts';
import { forbidden, invalid, notFound, notSupported, required } from '../../../kernel/field-error.ts';
import { type Faults, oneOf } from '../../faults.ts';
import { descendingPathFaults, hasBackstep } from '../volume-source-validation.ts';

type Mounting = Pick<Container | EphemeralContainer, 'volumeMounts' | 'volumeDevices' | 'securityContext'>;
type Volumes = ReadonlyMap<string, Volume>;

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

function propagationFaults(path: string, mode: string | undefined, isPrivileged: boolean, out: Faults): void {
  oneOf(path, mode, PROPAGATIONS, false, out);
  if (mode === 'Bidirectional' && !isPrivileged)
    out.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
}

function recursionFaults(path: string, { recursiveReadOnly: mode, readOnly, mountPropagation }: VolumeMount, out: Faults): void {
  if (mode === undefined || mode === 'Disabled') return;
  if (mode !== 'Enabled' && mode !== 'IfPossible') return void out.push(notSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible']));
  if (!readOnly) out.push(forbidden(path, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    out.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
}

function mountFaults(path: string, mounts: readonly VolumeMount[], container: Mounting, volumes: Volumes, out: Faults): void {
  const places = new Set<string>();
  const devices = container.volumeDevices ?? [];
  mounts.forEach((mount, i) => {
    const at = `${path}[${i}]`;
    const { name = '', mountPath = '', subPath, subPathExpr } = mount;
    if (!name) out.push(required(`${at}.name`));
    if (!volumes.has(name)) out.push(notFound(`${at}.name`, name));
    if (!mountPath) out.push(required(`${at}.mountPath`));
    if (places.has(mountPath)) out.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    places.add(mountPath);
    if (devices.some((device) => device.name === name)) out.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some(({ devicePath }) => devicePath === mountPath))
      out.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    // Upstream does not tell which mount these are of.
    if (subPath) descendingPathFaults(`${path}.subPath`, subPath, out);
    if (subPathExpr) {
      if (subPath) out.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      descendingPathFaults(`${path}.subPathExpr`, subPathExpr, out);
    }
    propagationFaults(`${path}.mountPropagation`, mount.mountPropagation, container.securityContext?.privileged === true, out);
    recursionFaults(`${path}.recursiveReadOnly`, mount, out);
  });
}

function deviceFaults(path: string, devices: readonly VolumeDevice[], mounts: readonly VolumeMount[], volumes: Volumes, out: Faults): void {
  const places = new Set<string>();
  const names = new Set<string>();
  devices.forEach(({ name = '', devicePath = '' }, i) => {
    const at = `${path}[${i}]`;
    const volume = volumes.get(name);
    if (!name) out.push(required(`${at}.name`));
    if (names.has(name)) out.push(invalid(`${at}.name`, name, 'must be unique'));
    if (!volume) out.push(notFound(`${at}.name`, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      out.push(invalid(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (!devicePath) out.push(required(`${at}.devicePath`));
    if (places.has(devicePath)) out.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    if (hasBackstep(devicePath)) out.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else places.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) out.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    if (mounts.some(({ mountPath }) => mountPath === devicePath))
      out.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name) names.add(name);
  });
}

/** Faults of where a container has the pod's volumes: as files, or as devices. */
export function volumeUseFaults(path: string, container: Mounting, volumes: Volumes, out: Faults): void {
  const { volumeMounts = [], volumeDevices = [] } = container;
  mountFaults(`${path}.volumeMounts`, volumeMounts, container, volumes, out);
  deviceFaults(`${path}.volumeDevices`, volumeDevices, volumeMounts, volumes, out);
}
