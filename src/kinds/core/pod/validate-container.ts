import type { Container, ContainerPort, EphemeralContainer, PodSpec, SecurityContext } from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, notFound, required } from '../../../kernel/field-error.ts';
import { dnsLabel } from '../../../kube/names/dns.ts';
import { portName, portNumber } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName } from '../../faults.ts';
import { envFaults, envFromFaults } from './validate-env.ts';
import { lifecycleFaults, probesFaults } from './validate-probe.ts';
import { resourceFaults } from './validate-resources.ts';
import { seccompFaults } from './validate-security.ts';
import { mountFaults } from './validate-volume.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const NOT_IN_INIT = 'may not be set for init containers without restartPolicy=Always';

/** What containers share with the rest of their pod. */
interface PodScope {
  readonly volumes: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly hostNetwork: boolean;
  readonly graceSeconds: number | undefined;
  readonly restartPolicy: string | undefined;
}

const NO_CLAIMS: ReadonlySet<string> = new Set();

export const podScope = (spec: PodSpec, volumes: ReadonlySet<string>): PodScope => ({
  volumes,
  claims: spec.resourceClaims ? new Set(spec.resourceClaims.map(({ name }) => name)) : NO_CLAIMS,
  hostNetwork: spec.hostNetwork === true,
  graceSeconds: spec.terminationGracePeriodSeconds,
  restartPolicy: spec.restartPolicy,
});

function portFaults(path: string, ports: readonly ContainerPort[], out: Faults): void {
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`;
    if (name) {
      const faults = portName(name);
      messages(`${at}.name`, name, faults, out);
      if (faults.length === 0 && names.has(name)) out.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (!containerPort) out.push(required(`${at}.containerPort`));
    else messages(`${at}.containerPort`, containerPort, portNumber(containerPort), out);
    if (hostPort) messages(`${at}.hostPort`, hostPort, portNumber(hostPort), out);
    oneOf(`${at}.protocol`, protocol, PROTOCOLS, true, out);
  });
}

function hostNetworkFaults(path: string, ports: readonly ContainerPort[] = [], out: Faults): void {
  ports.forEach(({ containerPort, hostPort = 0 }, i) => {
    if (hostPort !== containerPort)
      out.push(invalid(`${path}[${i}].containerPort`, containerPort, 'must match `hostPort` when `hostNetwork` is true'));
  });
}

/** Two containers of a pod that want the same port of the node. */
function hostPortConflicts(path: string, containers: readonly Container[], out: Faults): void {
  if (!containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort))) return;
  const taken = new Set<string>();
  containers.forEach(({ ports = [] }, i) => {
    ports.forEach(({ hostPort, protocol, hostIP = '' }, j) => {
      if (!hostPort) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) out.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key));
      taken.add(key);
    });
  });
}

function securityFaults(path: string, context: SecurityContext | undefined, out: Faults): void {
  if (!context) return;
  for (const field of ['runAsUser', 'runAsGroup'] as const) {
    const id = context[field];
    if (id !== undefined && (id < 0 || id > 2_147_483_647))
      out.push(invalid(`${path}.${field}`, id, 'must be between 0 and 2147483647, inclusive'));
  }
  oneOf(`${path}.procMount`, context.procMount, ['Default', 'Unmasked'], false, out);
  seccompFaults(`${path}.seccompProfile`, context.seccompProfile, out);
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged) out.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
    out.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
}

const RESIZES = ['NotRequired', 'RestartContainer'];

/** Whether a container restarts when its resources change. Upstream names the list in all of these. */
function resizePolicyFaults(
  path: string,
  policies: NonNullable<Container['resizePolicy']>,
  restartPolicy: string | undefined,
  out: Faults,
): void {
  const seen = new Set<string>();
  policies.forEach(({ resourceName = '', restartPolicy: policy = '' }, i) => {
    if (seen.has(resourceName)) out.push(duplicate(`${path}[${i}]`, resourceName));
    seen.add(resourceName);
    oneOf(path, resourceName, ['cpu', 'memory'], true, out);
    oneOf(path, policy, RESIZES, true, out);
    if (restartPolicy === 'Never' && policy !== 'NotRequired')
      out.push(invalid(path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
  });
}

/** What holds for containers of every sort. */
function commonFaults(path: string, container: Container | EphemeralContainer, scope: PodScope, out: Faults): void {
  requiredName(`${path}.name`, container.name, dnsLabel, out);
  const image = container.image ?? '';
  if (image === '') out.push(required(`${path}.image`));
  else if (image.trim() !== image) out.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  oneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES, true, out);
  if (container.ports) portFaults(`${path}.ports`, container.ports, out);
  if (container.env) envFaults(`${path}.env`, container.env, out);
  if (container.envFrom) envFromFaults(`${path}.envFrom`, container.envFrom, out);
  if (container.volumeMounts) mountFaults(`${path}.volumeMounts`, container.volumeMounts, scope.volumes, out);
  oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES, true, out);
  resourceFaults(`${path}.resources`, container.resources, scope.claims, out);
  if (container.resizePolicy) resizePolicyFaults(`${path}.resizePolicy`, container.resizePolicy, scope.restartPolicy, out);
  securityFaults(`${path}.securityContext`, container.securityContext, out);
}

/** Faults of the containers that run side by side. */
export function containerFaults(path: string, containers: readonly Container[] = [], scope: PodScope, out: Faults): void {
  if (containers.length === 0) return void out.push(required(path));
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    commonFaults(at, container, scope, out);
    if (names.has(container.name)) out.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    lifecycleFaults(`${at}.lifecycle`, container.lifecycle, scope.graceSeconds, out);
    probesFaults(at, container, out);
    if (scope.hostNetwork) hostNetworkFaults(`${at}.ports`, container.ports, out);
  });
  hostPortConflicts(path, containers, out);
}

/** Faults of the containers that run before; sidecars among them follow the rules of the others. */
export function initContainerFaults(
  path: string,
  containers: readonly Container[],
  others: readonly Container[] = [],
  scope: PodScope,
  out: Faults,
): void {
  const names = new Set(others.map(({ name }) => name));
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    commonFaults(at, container, scope, out);
    if (container.name && names.has(container.name)) out.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    oneOf(`${at}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure'], false, out);
    if (container.restartPolicy === 'Always') {
      lifecycleFaults(`${at}.lifecycle`, container.lifecycle, scope.graceSeconds, out);
      probesFaults(at, container, out);
    } else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        if (container[field]) out.push(forbidden(`${at}.${field}`, NOT_IN_INIT));
    }
    if (scope.hostNetwork) hostNetworkFaults(`${at}.ports`, container.ports, out);
  });
}

const NOT_IN_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy'] as const;

/** Faults of the containers that were added to a running pod for debugging. */
export function ephemeralContainerFaults(
  path: string,
  containers: readonly EphemeralContainer[],
  spec: PodSpec,
  scope: PodScope,
  out: Faults,
): void {
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    commonFaults(at, container, scope, out);
    if (container.name && names.has(container.name)) out.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) out.push(notFound(`${at}.targetContainerName`, target));
    for (const field of NOT_IN_EPHEMERAL)
      if (container[field]) out.push(forbidden(`${at}.${field}`, 'field not allowed in ephemeral containers'));
    container.volumeMounts?.forEach(({ subPath }, j) => {
      if (subPath) out.push(forbidden(`${at}.volumeMounts[${j}].subPath`, 'cannot be set for an Ephemeral Container'));
    });
  });
}
