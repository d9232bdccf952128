import type {
  Container,
  ContainerPort,
  ContainerRestartRule,
  EphemeralContainer,
  PodSpec,
  Volume,
} from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, notFound, required, tooMany } from '../../../kernel/field-error.ts';
import { dnsLabel } from '../../../kube/names/dns.ts';
import { portName, portNumber } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName } from '../../faults.ts';
import { envFaults, envFromFaults } from './validate-env.ts';
import { volumeUseFaults } from './validate-mount.ts';
import { lifecycleFaults, probesFaults } from './validate-probe.ts';
import { resourceFaults } from './validate-resources.ts';
import { securityFaults } from './validate-security.ts';
import { PULL_POLICIES } from './validate-volume.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const NOT_IN_INIT = 'may not be set for init containers without restartPolicy=Always';

/** What containers share with the rest of their pod. */
interface PodScope {
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
  readonly spec: PodSpec;
}

const NO_CLAIMS: ReadonlySet<string> = new Set();

export const podScope = (spec: PodSpec, volumes: ReadonlyMap<string, Volume>): PodScope => ({
  volumes,
  claims: spec.resourceClaims ? new Set(spec.resourceClaims.map(({ name }) => name).filter(Boolean)) : NO_CLAIMS,
  spec,
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
  if (!container.image) out.push(required(`${path}.image`));
  oneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES, true, out);
  if (container.ports) portFaults(`${path}.ports`, container.ports, out);
  if (container.env) envFaults(`${path}.env`, container.env, out);
  if (container.envFrom) envFromFaults(`${path}.envFrom`, container.envFrom, out);
  if (container.volumeMounts || container.volumeDevices) volumeUseFaults(path, container, scope.volumes, out);
  oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES, true, out);
  resourceFaults(`${path}.resources`, container.resources, scope.claims, out);
  if (container.resizePolicy) resizePolicyFaults(`${path}.resizePolicy`, container.resizePolicy, scope.spec.restartPolicy, out);
  securityFaults(`${path}.securityContext`, container.securityContext, scope.spec.hostUsers !== false, out);
}

/** Space around an image's name is let through in templates. */
export function imageNameFaults(path: string, { image = '' }: Pick<Container, 'image'>, out: Faults): void {
  if (image.trim() !== image) out.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
}

const MAX_RESTART_RULES = 20;
const MAX_EXIT_CODES = 255;

/** Faults of when a container starts again, which it may say for itself. */
function restartFaults(path: string, policy: string | undefined, rules: readonly ContainerRestartRule[] = [], out: Faults): void {
  if (policy === undefined) {
    if (rules.length === 0) return;
    out.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
  } else oneOf(`${path}.restartPolicy`, policy, ['Always', 'Never', 'OnFailure'], false, out);
  if (rules.length > MAX_RESTART_RULES) out.push(tooMany(`${path}.restartPolicyRules`, rules.length, MAX_RESTART_RULES));
  rules.forEach(({ action, exitCodes }, i) => {
    const at = `${path}.restartPolicyRules[${i}]`;
    oneOf(`${at}.action`, action ?? '', ['Restart', 'RestartAllContainers'], false, out);
    if (!exitCodes) out.push(required(`${at}.exitCodes`, 'must be specified'));
    else oneOf(`${at}.exitCodes.operator`, exitCodes.operator ?? '', ['In', 'NotIn'], false, out);
    const count = exitCodes?.values?.length ?? 0;
    if (count > MAX_EXIT_CODES) out.push(tooMany(`${at}.exitCodes.values`, count, MAX_EXIT_CODES));
  });
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
    lifecycleFaults(`${at}.lifecycle`, container.lifecycle, scope.spec.terminationGracePeriodSeconds, out);
    probesFaults(at, container, out);
    restartFaults(at, container.restartPolicy, container.restartPolicyRules, out);
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
    restartFaults(at, container.restartPolicy, container.restartPolicyRules, out);
    if (names.has(container.name)) out.push(duplicate(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    hostPortConflicts(path, [container], out);
    if (container.restartPolicy === 'Always') {
      lifecycleFaults(`${at}.lifecycle`, container.lifecycle, scope.spec.terminationGracePeriodSeconds, out);
      probesFaults(at, container, out);
      return;
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
      if (container[field]) out.push(forbidden(`${at}.${field}`, NOT_IN_INIT));
    container.resizePolicy?.forEach(({ restartPolicy }, j) => {
      if (restartPolicy === 'RestartContainer')
        out.push(
          invalid(
            `${at}.resizePolicy[${j}].restartPolicy`,
            restartPolicy,
            "must not be set to 'RestartContainer' for non-sidecar initContainers",
          ),
        );
    });
  });
}

const NOT_IN_EPHEMERAL = 'cannot be set for an Ephemeral Container';
/** In the order of upstream's type. */
const FIELDS_NOT_IN_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

/** Faults of the containers that were added to a running pod for debugging. */
export function ephemeralContainerFaults(path: string, containers: readonly EphemeralContainer[], scope: PodScope, out: Faults): void {
  const others = new Set([...(scope.spec.containers ?? []), ...(scope.spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    commonFaults(at, container, scope, out);
    imageNameFaults(at, container, out);
    if (names.has(container.name)) out.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) out.push(notFound(`${at}.targetContainerName`, target));
    for (const field of FIELDS_NOT_IN_EPHEMERAL)
      if (Object.keys(container[field] ?? {}).length > 0) out.push(forbidden(`${at}.${field}`, NOT_IN_EPHEMERAL));
    container.volumeMounts?.forEach((mount, j) => {
      for (const field of ['subPath', 'subPathExpr'] as const)
        if (mount[field]) out.push(forbidden(`${at}.volumeMounts[${j}].${field}`, NOT_IN_EPHEMERAL));
    });
  });
}
