import type { Container, ContainerState, ContainerStatus, Pod, Probe } from '../../../gen/kubernetes-types.ts';
import { sha256Hex } from '../../kernel/hash.ts';
import { fullReference, pull } from './images.ts';
import { programOf } from './program.ts';

/** A container's restart delay: 10 s, doubled per restart up to 5 min, forgotten after 10 min of running. Source: kubelet. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_LAST_MS = 300_000;
const BACKOFF_RESET_MS = 600_000;

export interface Clock {
  readonly nowMs: number;
  readonly nowIso: string;
}

/** A container's next status, and when to look again by the clock alone. */
export interface Step {
  readonly status: ContainerStatus;
  readonly againMs?: number;
  readonly events: readonly { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }[];
}

/** `once`: the container is to run to its end (init containers). A sidecar is no such container. */
export interface Role {
  readonly once: boolean;
  readonly restarts: 'Always' | 'OnFailure' | 'Never';
  /** Why the container cannot be made now; asked when it is to start. */
  fault?(container: Container): string | undefined;
}

/** How often a kubelet tries again to make what lacks something. */
export const RETRY_MS = 10_000;

/** Not yet begun. */
export function waitingStatus(container: Container, reason: string): ContainerStatus {
  return {
    name: container.name,
    state: { waiting: { reason } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
    started: false,
  };
}

/** Moves one container on by at most one state; called until nothing changes. */
export function stepContainer(pod: Pod, container: Container, previous: ContainerStatus | undefined, role: Role, clock: Clock): Step {
  const status = previous ?? waitingStatus(container, 'ContainerCreating');
  if (status.state?.terminated) return afterExit(pod, container, status, role, clock);
  if (status.state?.running) return whileRunning(pod, container, status, role, clock);
  if (status.state?.waiting?.reason === 'CrashLoopBackOff') return inBackoff(pod, container, status, role, clock);
  return start(pod, container, status, role, clock);
}

function start(pod: Pod, container: Container, status: ContainerStatus, role: Role, clock: Clock): Step {
  const image = container.image ?? '';
  const pulled = pull(image, sha256Hex);
  if (!pulled.ok) {
    if (status.state?.waiting?.reason === 'ImagePullBackOff' || status.state?.waiting?.reason === 'InvalidImageName')
      return { status, events: [] };
    const reason = pulled.reason === 'InvalidImageName' ? pulled.reason : 'ImagePullBackOff';
    const message =
      pulled.reason === 'InvalidImageName' ? pulled.message : `Back-off pulling image "${image}": ErrImagePull: ${pulled.message}`;
    return {
      status: { ...status, state: { waiting: { reason, message } } },
      events: [
        { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` },
        { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${pulled.message}` },
        { type: 'Warning', reason: 'Failed', message: `Error: ${pulled.reason}` },
        { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` },
      ],
    };
  }
  const fault = role.fault?.(container);
  if (fault !== undefined) return cannotBeMade(status, fault);
  const containerID = `containerd://${sha256Hex(`${pod.metadata.uid}/${container.name}/${status.restartCount}`)}`;
  const running = {
    ...status,
    image: fullReference(image),
    imageID: pulled.imageId,
    containerID,
    state: { running: { startedAt: clock.nowIso } },
    started: !container.startupProbe,
    ready: false,
  };
  const next = whileRunning(pod, container, running, role, clock);
  return {
    ...next,
    events: [
      { type: 'Normal', reason: 'Pulled', message: `Container image "${image}" already present on machine` },
      { type: 'Normal', reason: 'Created', message: `Container created` },
      { type: 'Normal', reason: 'Started', message: `Container started` },
      ...next.events,
    ],
  };
}

function cannotBeMade(status: ContainerStatus, message: string): Step {
  const isKnown = status.state?.waiting?.reason === CONFIG_ERROR && status.state.waiting.message === message;
  return {
    status: isKnown ? status : { ...status, state: { waiting: { reason: CONFIG_ERROR, message } } },
    againMs: RETRY_MS,
    events: isKnown ? [] : [{ type: 'Warning', reason: 'Failed', message: `Error: ${message}` }],
  };
}

const CONFIG_ERROR = 'CreateContainerConfigError';

/** Ms after the start at which a probe that always succeeds has succeeded often enough. */
const probeMs = (probe: Probe | undefined): number =>
  probe ? ((probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * ((probe.successThreshold ?? 1) - 1)) * 1000 : 0;

function whileRunning(pod: Pod, container: Container, status: ContainerStatus, role: Role, clock: Clock): Step {
  const startedAt = Date.parse(status.state?.running?.startedAt ?? clock.nowIso);
  const program = programOf(pod, container, role.once || role.restarts !== 'Always');
  const endsInMs = startedAt + program.runsMs - clock.nowMs;
  if (endsInMs <= 0) {
    const terminated = {
      exitCode: program.exitCode,
      reason: program.exitCode === 0 ? 'Completed' : 'Error',
      startedAt: status.state?.running?.startedAt ?? clock.nowIso,
      finishedAt: clock.nowIso,
      ...(status.containerID && { containerID: status.containerID }),
    };
    return { status: { ...status, state: { terminated }, ready: false, started: false }, events: [] };
  }
  const startedInMs = startedAt + probeMs(container.startupProbe) - clock.nowMs;
  const readyInMs = Math.max(startedInMs, startedAt + probeMs(container.readinessProbe) - clock.nowMs);
  const waits = [endsInMs, startedInMs, readyInMs].filter((ms) => ms > 0 && Number.isFinite(ms));
  const next = { ...status, started: startedInMs <= 0, ready: readyInMs <= 0 };
  const same = next.started === status.started && next.ready === status.ready;
  return { status: same ? status : next, events: [], ...(waits.length && { againMs: Math.min(...waits) }) };
}

function afterExit(pod: Pod, container: Container, status: ContainerStatus, role: Role, clock: Clock): Step {
  const exit = status.state?.terminated;
  if (!exit || !restartsAfter(role, exit.exitCode)) return { status, events: [] };
  const waitMs = backoffMs(status);
  const message = `back-off ${goDuration(waitMs)} restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
  const waiting: ContainerState = { waiting: { reason: 'CrashLoopBackOff', message } };
  const step = inBackoff(pod, container, { ...status, lastState: { terminated: exit }, state: waiting }, role, clock);
  const event = {
    type: 'Warning' as const,
    reason: 'BackOff',
    message: `Back-off restarting failed container ${container.name} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
  };
  return status.restartCount > 0 ? { ...step, events: [event, ...step.events] } : step;
}

/** "40s", "2m40s", "5m0s": whole seconds as Go writes a duration. */
function goDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${minutes ? `${minutes}m` : ''}${Math.floor(ms / 1000) % 60}s`;
}

const restartsAfter = (role: Role, exitCode: number): boolean =>
  role.restarts === 'Always' ? !(role.once && exitCode === 0) : role.restarts === 'OnFailure' && exitCode !== 0;

/** The first restart comes at once; later ones wait. */
function backoffMs(status: ContainerStatus): number {
  const last = status.state?.terminated ?? status.lastState?.terminated;
  const ranMs = last ? Date.parse(last.finishedAt ?? '') - Date.parse(last.startedAt ?? '') : 0;
  if (status.restartCount === 0 || ranMs >= BACKOFF_RESET_MS) return 0;
  return Math.min(BACKOFF_FIRST_MS * 2 ** (status.restartCount - 1), BACKOFF_LAST_MS);
}

function inBackoff(pod: Pod, container: Container, status: ContainerStatus, role: Role, clock: Clock): Step {
  const leftMs = Date.parse(status.lastState?.terminated?.finishedAt ?? clock.nowIso) + backoffMs(status) - clock.nowMs;
  if (leftMs > 0) return { status, againMs: leftMs, events: [] };
  return start(pod, container, { ...status, restartCount: status.restartCount + 1 }, role, clock);
}
