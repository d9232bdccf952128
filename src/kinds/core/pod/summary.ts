import type { Container, ContainerStatus, Pod } from '../../../../gen/kubernetes-types.ts';

/** What `kubectl get pods` says of a pod's containers. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  /** "Running", "Init:0/1", "CrashLoopBackOff", "Terminating" … */
  readonly status: string;
  readonly restarts: number;
  /** When the container that restarted last had ended, RFC 3339. */
  readonly lastRestart?: string;
}

type Restarts = { readonly count: number; readonly last: string };
const NO_RESTARTS: Restarts = { count: 0, last: '' };

const addRestarts = (sum: Restarts, { restartCount, lastState }: ContainerStatus): Restarts => {
  const finished = lastState?.terminated?.finishedAt ?? '';
  // RFC 3339 in UTC sorts as text.
  return { count: sum.count + restartCount, last: finished > sum.last ? finished : sum.last };
};

/** An init container that goes on running beside the others (a sidecar). */
const isSidecar = (container: Container | undefined): boolean => container?.restartPolicy === 'Always';

const exitText = (terminated: { readonly exitCode: number; readonly signal?: number }): string =>
  terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;

const conditionTrue = (pod: Pod, type: string): boolean =>
  pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

/** Models kubernetes pkg/printers/internalversion printPod. */
export function summarizePod(pod: Pod): PodSummary {
  const init = initialization(pod);
  const total = pod.spec.containers.length + (pod.spec.initContainers?.filter(isSidecar).length ?? 0);
  const main = init.reason === undefined || conditionTrue(pod, 'Initialized') ? mainContainers(pod, init) : undefined;
  const restarts = main?.restarts ?? init.restarts;
  return {
    ready: init.ready + (main?.ready ?? 0),
    total,
    status: deletionStatus(pod) ?? main?.reason ?? init.reason ?? phaseReason(pod),
    restarts: restarts.count,
    ...(restarts.last && { lastRestart: restarts.last }),
  };
}

function phaseReason(pod: Pod): string {
  const gated = pod.status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : pod.status?.reason || (pod.status?.phase ?? '');
}

function deletionStatus(pod: Pod): string | undefined {
  if (!pod.metadata.deletionTimestamp) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' ? undefined : 'Terminating';
}

type Initialization = { readonly reason?: string; readonly ready: number; readonly restarts: Restarts; readonly sidecarRestarts: Restarts };

/** Init containers in order, up to the first that is not done; `reason` is set when there is one. */
function initialization(pod: Pod): Initialization {
  let restarts = NO_RESTARTS;
  let sidecarRestarts = NO_RESTARTS;
  let ready = 0;
  const containers = pod.spec.initContainers ?? [];
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(containers.find(({ name }) => name === status.name));
    restarts = addRestarts(restarts, status);
    if (sidecar) sidecarRestarts = addRestarts(sidecarRestarts, status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) ready++;
      continue;
    }
    return { reason: `Init:${initReason(status, i, containers.length)}`, ready, restarts, sidecarRestarts };
  }
  return { ready, restarts, sidecarRestarts };
}

function initReason({ state }: ContainerStatus, index: number, count: number): string {
  if (state?.terminated) return state.terminated.reason || exitText(state.terminated);
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== 'PodInitializing' ? waiting : `${index}/${count}`;
}

/** The first container's reason wins over those of later ones. */
function mainContainers(pod: Pod, { sidecarRestarts, reason: initial }: Initialization) {
  let restarts = sidecarRestarts;
  let reason = initial;
  let ready = 0;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    restarts = addRestarts(restarts, status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminated.reason || exitText(terminated);
    else if (status.ready && running) ready++;
  }
  if (reason === 'Completed' && ready > 0) reason = conditionTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return { reason, ready, restarts };
}
