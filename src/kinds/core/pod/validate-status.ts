import type { Container, ContainerStatus, Pod, PodSpec } from '../../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid } from '../../../kernel/field-error.ts';
import { dnsSubdomain } from '../../../kube/names/dns.ts';
import { ipAddress, ipFamily } from '../../../kube/names/ip.ts';
import { qualifiedName } from '../../../kube/names/labels.ts';
import { type Faults, immutable, messages } from '../../faults.ts';
import { annotationFaults } from './validate-update.ts';

// Models kubernetes pkg/apis/core/validation ValidatePodStatusUpdate, but for what devices and users say of containers.

const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);
const NOT_NEGATIVE = 'must be a non-negative integer';

type Status = NonNullable<Pod['status']>;

function conditionFaults({ conditions }: Status, out: Faults): void {
  conditions?.forEach(({ type, observedGeneration = 0 }, i) => {
    const at = `status.conditions[${i}]`;
    if (observedGeneration < 0) out.push(invalid(`${at}.observedGeneration`, observedGeneration, NOT_NEGATIVE));
    if (!SYSTEM_CONDITIONS.has(type)) messages(`${at}.Type`, type, qualifiedName(type), out);
  });
}

function nominationFaults({ nominatedNodeName: name }: Status, { spec, status }: Pod, out: Faults): void {
  if (!name || name === status?.nominatedNodeName) return;
  const at = 'status.nominatedNodeName';
  messages(at, name, dnsSubdomain(name), out);
  if (spec.nodeName) out.push(forbidden(at, 'may not be set on pods that are already bound to a node'));
}

/** Whether a container runs again after it ended so: its own rules come first, then its policy, then the pod's. */
function restarts({ restartPolicy, restartPolicyRules = [] }: Container, spec: PodSpec, exitCode: number): boolean {
  const rule = restartPolicyRules.find(({ exitCodes }) =>
    exitCodes?.operator === 'NotIn' ? !exitCodes.values?.includes(exitCode) : exitCodes?.values?.includes(exitCode),
  );
  if (rule) return rule.action === 'Restart';
  const policy = restartPolicy ?? spec.restartPolicy;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

type StatusField = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';

/** What has ended for good does not run again. */
function transitionFaults(field: StatusField, containers: readonly Container[] | undefined, after: Status, old: Pod, out: Faults): void {
  const statuses: readonly ContainerStatus[] = after[field] ?? [];
  old.status?.[field]?.forEach(({ name, state }, i) => {
    if (!state?.terminated) return;
    const now = statuses.find((status) => status.name === name);
    if (!now || now.state?.terminated) return;
    const container = containers?.find((each) => each.name === name);
    if (!container || !restarts(container, old.spec, state.terminated.exitCode))
      out.push(forbidden(`status.${field}[${i}].state`, 'may not be transitioned to non-terminated state'));
  });
}

interface Address {
  readonly ip?: string;
}

/** Addresses of a pod or its host: one of each family. */
function addressFaults(path: string, addresses: readonly Address[], out: Faults): void {
  addresses.forEach(({ ip = '' }, i) => {
    messages(`${path}[${i}]`, ip, ipAddress(ip, false), out);
  });
  if (addresses.length < 2) return;
  const families = new Set(addresses.map(({ ip = '' }) => ipFamily(ip)));
  if (addresses.length === 2 && families.size === 2) return;
  const shown = addresses.map(({ ip = '' }) => ({ IP: ip }));
  out.push(invalid(path, shown, 'may specify no more than one IP for each IP family'));
}

/** All faults of a change of a pod's status. */
export function podStatusFaults(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec, status = {} } = pod;
  annotationFaults(pod, old, out);
  conditionFaults(status, out);
  nominationFaults(status, old, out);
  const { observedGeneration = 0, hostIPs = [], hostIP = '', podIPs = [] } = status;
  if (observedGeneration < 0) out.push(invalid('status.observedGeneration', observedGeneration, NOT_NEGATIVE));
  immutable('status.qosClass', status.qosClass, old.status?.qosClass, out);
  transitionFaults('containerStatuses', spec.containers, status, old, out);
  transitionFaults('initContainerStatuses', spec.initContainers, status, old, out);
  transitionFaults('ephemeralContainerStatuses', undefined, status, old, out);
  addressFaults('status.podIPs', podIPs, out);
  const [first] = hostIPs;
  if (first && first.ip !== hostIP) out.push(invalid('status.hostIPs[0].ip', first.ip ?? '', 'must be equal to `hostIP`'));
  addressFaults('status.hostIPs', hostIPs, out);
  return out;
}
