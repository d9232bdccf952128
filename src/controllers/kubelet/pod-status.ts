import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from '../../../gen/kubernetes-types.ts';
import { withCondition } from '../pod-control.ts';
import { type Clock, type Role, type Step, stepContainer, waitingStatus } from './container-status.ts';

/** Addresses that the node gave the pod. */
export interface Addresses {
  readonly hostIP: string;
  readonly podIP: string;
}

/** A pod's next status, events to record, and when to look again by the clock alone. */
export interface PodStep {
  readonly status: PodStatus;
  readonly events: Step['events'];
  readonly againMs?: number;
}

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';
const hasEnded = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed';
const succeeded = (status: ContainerStatus): boolean => status.state?.terminated?.exitCode === 0;

/**
 * What a kubelet would report of a running pod now. Init containers run one after the other, sidecars stay, then all containers run
 * together; probes succeed as soon as they may. `fault` tells why a container cannot be made. Pure. Models kubernetes pkg/kubelet status and prober.
 */
export function stepPod(pod: Pod, addresses: Addresses, clock: Clock, fault: Role['fault'] = () => undefined): PodStep {
  const expired = deadline(pod, clock);
  if (expired.passed) return { status: failedByDeadline(pod, clock), events: [] };
  const restarts = (pod.spec.restartPolicy ?? 'Always') as Role['restarts'];
  const inits = pod.spec.initContainers ?? [];
  const steps: Step[] = [];
  let initialized = true;
  const initStatuses = inits.map((container) => {
    const previous = pod.status?.initContainerStatuses?.find(({ name }) => name === container.name);
    if (!initialized) return previous ?? waitingStatus(container, 'PodInitializing');
    const sidecar = isSidecar(container);
    const role: Role = sidecar
      ? { once: false, restarts: 'Always', fault }
      : { once: true, restarts: restarts === 'Never' ? 'Never' : 'OnFailure', fault };
    const step = stepContainer(pod, container, previous, role, clock);
    steps.push(step);
    initialized = sidecar ? step.status.started === true : succeeded(step.status);
    return sidecar ? step.status : { ...step.status, ready: succeeded(step.status) };
  });
  const statuses = pod.spec.containers.map((container) => {
    const previous = pod.status?.containerStatuses?.find(({ name }) => name === container.name);
    if (!initialized) return previous ?? waitingStatus(container, inits.length ? 'PodInitializing' : 'ContainerCreating');
    const step = stepContainer(pod, container, previous, { once: false, restarts, fault }, clock);
    steps.push(step);
    return step.status;
  });
  const ephemeral = stepEphemeral(pod, clock);
  steps.push(...ephemeral.map(({ step }) => step));
  const phase = phaseOf(pod, statuses, initStatuses, restarts);
  const waits = [...steps.map((step) => step.againMs), expired.inMs].filter((ms) => ms !== undefined);
  const status = {
    ...pod.status,
    phase,
    observedGeneration: pod.metadata.generation ?? 1,
    ...addressFields(addresses),
    startTime: pod.status?.startTime ?? clock.nowIso,
    // Sidecars are stopped once the containers that they serve have ended.
    ...(inits.length && {
      initContainerStatuses: hasEnded(phase) ? initStatuses.map((each) => stop(each, 0, 'Completed', clock)) : initStatuses,
    }),
    containerStatuses: statuses,
    ...(ephemeral.length && { ephemeralContainerStatuses: ephemeral.map(({ status }) => status) }),
    conditions: conditions(
      pod,
      phase,
      initialized ? [] : initStatuses.filter((each, i) => !(isSidecar(inits[i] as Container) ? each.started : succeeded(each))),
      [...statuses, ...initStatuses.filter((_, i) => isSidecar(inits[i] as Container))],
      clock,
    ),
  };
  const again = hasEnded(phase) ? undefined : waits.length ? Math.min(...waits) : undefined;
  return { status, events: steps.flatMap((step) => step.events), ...(again !== undefined && { againMs: again }) };
}

/** Containers added to a running pod for debugging: they run once and count for nothing. */
function stepEphemeral(pod: Pod, clock: Clock): { readonly step: Step; readonly status: ContainerStatus }[] {
  return (pod.spec.ephemeralContainers ?? []).map((container) => {
    const previous = pod.status?.ephemeralContainerStatuses?.find(({ name }) => name === container.name);
    const step = stepContainer(pod, container, previous, { once: false, restarts: 'Never' }, clock);
    return { step, status: { ...step.status, ready: false, started: false } };
  });
}

/** A node that has not said its address has none to tell. */
const addressFields = ({ hostIP, podIP }: Addresses) => ({
  ...(hostIP && { hostIP, hostIPs: [{ ip: hostIP }] }),
  podIP,
  podIPs: [{ ip: podIP }],
});

function phaseOf(pod: Pod, statuses: readonly ContainerStatus[], inits: readonly ContainerStatus[], restarts: string): string {
  const initFailed = restarts === 'Never' && inits.some((status) => status.state?.terminated && !succeeded(status));
  if (initFailed) return 'Failed';
  const ended = statuses.every((status) => status.state?.terminated);
  if (ended && statuses.every(succeeded) && restarts !== 'Always') return 'Succeeded';
  if (ended && restarts === 'Never') return 'Failed';
  const begun = statuses.some((status) => status.state?.running || status.state?.terminated || status.lastState?.terminated);
  return begun ? 'Running' : (pod.status?.phase ?? 'Pending');
}

type Fact = [type: string, state: boolean, why: { reason?: string; message?: string }];
const SCHEDULED: Fact = ['PodScheduled', true, {}];

/** `incomplete`: the init containers that the pod still waits for. */
function conditions(
  pod: Pod,
  phase: string,
  incomplete: readonly ContainerStatus[],
  statuses: readonly ContainerStatus[],
  clock: Clock,
): readonly PodCondition[] {
  const names = (of: readonly ContainerStatus[]) => `[${of.map(({ name }) => name).join(' ')}]`;
  const completed = hasEnded(phase);
  const unready = statuses.some((status) => !status.ready);
  const gates = (pod.spec.readinessGates ?? []).map(({ conditionType }) => conditionType);
  const gatesOpen = gates.every((type) =>
    pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True'),
  );
  const reason = completed ? (phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed') : 'ContainersNotReady';
  const whyNot =
    unready || completed
      ? { reason, ...(!completed && { message: `containers with unready status: ${names(statuses.filter((status) => !status.ready))}` }) }
      : {};
  const gateReason = { reason: 'ReadinessGatesNotReady', message: 'the status of pod readiness gate is not "True"' };
  const facts: Fact[] = [
    ['PodReadyToStartContainers', !completed, {}],
    [
      'Initialized',
      incomplete.length === 0,
      incomplete.length === 0
        ? phase === 'Succeeded'
          ? { reason: 'PodCompleted' }
          : {}
        : { reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(incomplete)}` },
    ],
    ['Ready', !completed && !unready && gatesOpen, !completed && !unready ? (gatesOpen ? {} : gateReason) : whyNot],
    ['ContainersReady', !completed && !unready, whyNot],
    // The scheduler tells this of the pods that it places; of others their kubelet does.
    ...(pod.status?.conditions?.some(({ type }) => type === 'PodScheduled') ? [] : [SCHEDULED]),
  ];
  return facts.reduce(
    (list, [type, state, why]) =>
      withCondition<PodCondition>(list, {
        type,
        status: state ? 'True' : 'False',
        observedGeneration: pod.metadata.generation ?? 1,
        lastTransitionTime: clock.nowIso,
        ...why,
      }),
    (pod.status?.conditions ?? []) as readonly PodCondition[],
  );
}

/** spec.activeDeadlineSeconds, counted from the pod's start. */
function deadline(pod: Pod, clock: Clock): { passed: boolean; inMs?: number } {
  if (pod.spec.activeDeadlineSeconds === undefined) return { passed: false };
  const inMs = Date.parse(pod.status?.startTime ?? clock.nowIso) + pod.spec.activeDeadlineSeconds * 1000 - clock.nowMs;
  return { passed: inMs <= 0, inMs };
}

function failedByDeadline(pod: Pod, clock: Clock): PodStatus {
  return {
    ...stopped(pod, 137, 'Error', clock),
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  };
}

/** The status of a pod whose containers were stopped: what a kubelet reports just before it lets a deleted pod go. */
export function stopped(pod: Pod, exitCode: number, reason: string, clock: Clock): PodStatus {
  const containerStatuses = pod.status?.containerStatuses?.map((each) => stop(each, exitCode, reason, clock)) ?? [];
  const initStatuses = pod.status?.initContainerStatuses?.map((each) => stop(each, exitCode, reason, clock));
  const ephemeral = pod.status?.ephemeralContainerStatuses?.map((each) => stop(each, exitCode, reason, clock));
  const succeededAll = containerStatuses.length > 0 && containerStatuses.every(succeeded);
  const phase = succeededAll ? 'Succeeded' : 'Failed';
  return {
    ...pod.status,
    phase,
    observedGeneration: pod.metadata.generation ?? 1,
    containerStatuses,
    ...(initStatuses && { initContainerStatuses: initStatuses }),
    ...(ephemeral && { ephemeralContainerStatuses: ephemeral }),
    conditions: conditions(pod, phase, [], containerStatuses, clock),
  };
}

function stop(status: ContainerStatus, exitCode: number, reason: string, clock: Clock): ContainerStatus {
  if (status.state?.terminated) return status;
  const terminated = {
    exitCode,
    reason,
    startedAt: status.state?.running?.startedAt ?? clock.nowIso,
    finishedAt: clock.nowIso,
    ...(status.containerID && { containerID: status.containerID }),
  };
  return { ...status, state: { terminated }, ready: false, started: false };
}
