import type { Container, PodSpec } from '../../../../gen/kubernetes-types.ts';
import { forbidden, invalid, required } from '../../../kernel/field-error.ts';
import { type Faults, oneOf } from '../../faults.ts';

// What kubernetes pkg/apis/core/validation asks of a pod because of its operating system, and of how far it is kept from its host.

/** Fields that say nothing to Windows, in upstream's order: of the pod's security context (or its spec), and of a container's. */
const POD_CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'spec.hostUsers',
  'spec.hostPID',
  'spec.hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'spec.shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const CONTAINER_CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** Every container of a pod with its path, in upstream's order. */
const containersOf = (path: string, spec: PodSpec): readonly (readonly [string, Pick<Container, 'securityContext' | 'volumeDevices'>])[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, i) => [`${path}.${field}[${i}]`, container] as const),
  );

const has = (object: object | undefined, field: string): boolean => object !== undefined && field in object;

function windowsFaults(path: string, spec: PodSpec, out: Faults): void {
  const detail = 'cannot be set for a windows pod';
  for (const name of POD_CONTEXT) {
    const [, field] = /^spec\.(.*)$/.exec(name) ?? [];
    // A flag that is off is as good as none but for what may be decided elsewhere.
    const isSet = field ? has(spec, field) : has(spec.securityContext, name);
    if (isSet) out.push(forbidden(field ? `${path}.${field}` : `${path}.securityContext.${name}`, detail));
  }
  for (const [at, { securityContext }] of containersOf(path, spec))
    for (const field of CONTAINER_CONTEXT) if (has(securityContext, field)) out.push(forbidden(`${at}.securityContext.${field}`, detail));
}

function linuxFaults(path: string, spec: PodSpec, out: Faults): void {
  const all = [[path, spec], ...containersOf(path, spec)] as const;
  for (const [at, { securityContext }] of all)
    if (securityContext?.windowsOptions)
      out.push(forbidden(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'));
}

/** Faults of the operating system that a pod says it is for, and of what that one does not know. */
export function osFaults(path: string, spec: PodSpec, out: Faults): void {
  if (!spec.os) return;
  const { name } = spec.os;
  if (!name) out.push(required(`${path}.os.name`));
  else oneOf(`${path}.os`, name, ['linux', 'windows'], true, out);
  if (name === 'linux') linuxFaults(path, spec, out);
  if (name === 'windows') windowsFaults(path, spec, out);
}

/** Containers that are processes of a Windows host: all of a pod's, or none. */
export function hostProcessFaults(path: string, spec: PodSpec, out: Faults): void {
  const whole = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersOf(path, spec);
  let count = 0;
  for (const [at, { securityContext }] of containers) {
    const own = securityContext?.windowsOptions?.hostProcess;
    if (whole !== undefined && own !== undefined && whole !== own)
      out.push(
        invalid(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${whole}`,
        ),
      );
    if (own ?? whole) count++;
  }
  if (count === 0) return;
  if (count !== containers.length)
    out.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (!spec.hostNetwork)
    out.push(invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'));
}

/** A pod with users of its own shares nothing else with its host. */
export function hostUsersFaults(path: string, spec: PodSpec, out: Faults): void {
  if (spec.hostUsers !== false) return;
  const detail = 'when `hostUsers` is false';
  if (spec.hostNetwork) out.push(forbidden(`${path}.hostNetwork`, detail));
  if (spec.hostPID) out.push(forbidden(`${path}.HostPID`, detail));
  if (spec.hostIPC) out.push(forbidden(`${path}.HostIPC`, detail));
  for (const [at, { volumeDevices }] of containersOf(path, spec))
    if (volumeDevices?.length) out.push(forbidden(`${at}.volumeDevices`, detail));
}
