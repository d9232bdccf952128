import type { Container, Pod } from '../../../gen/kubernetes-types.ts';
import { controllerOf } from '../../kube/object.ts';

/** What a simulated container does: runs so long, then exits with that code. */
export interface Program {
  readonly runsMs: number;
  readonly exitCode: number;
  readonly message?: string;
}

const FOREVER: Program = { runsMs: Number.POSITIVE_INFINITY, exitCode: 0 };

/**
 * Annotations by which a pod says what its containers do: "<container>=<seconds>:<exit code>", several joined by ",".
 * `slipway.dev/programs: "main=30:1"` runs the container main for 30 s and ends it with 1.
 */
const PROGRAMS = 'slipway.dev/programs';

/**
 * What a container would do, guessed from what it is told to run: `sleep N` and `exit N` mean what they say; a container of a pod
 * that is to run once (restartPolicy Never or OnFailure, or an init container) ends well at once unless it is told to stay, or is
 * told nothing and belongs to no Job; everything else is a server and runs until it is stopped.
 */
export function programOf(pod: Pod, container: Container, once: boolean): Program {
  const declared = declaredProgram(pod, container.name);
  if (declared) return declared;
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  if (staysUp(container, words)) return FOREVER;
  const sleep = /\bsleep[ ,]+(\d+(?:\.\d+)?)(ms|s|m|h|d)?\b/.exec(words);
  const exit = /\bexit (\d+)\b/.exec(words);
  const failing = /(^|[\s/])false(\s|$)/.test(words);
  const runsMs = sleep ? Number(sleep[1]) * (UNITS[sleep[2] ?? 's'] as number) : 0;
  if (exit || failing) return { runsMs, exitCode: exit ? Number(exit[1]) : 1 };
  if (sleep) return { runsMs, exitCode: 0 };
  const isTask = once && (words !== '' || isBatch(pod, container));
  return isTask || /(^|[\s/])true(\s|$)/.test(words) ? { runsMs: 0, exitCode: 0 } : FOREVER;
}

/** Images run by their defaults say nothing of how long: those of Jobs and of initialization are there to end, others mostly serve. */
const isBatch = (pod: Pod, container: Container): boolean =>
  controllerOf(pod)?.kind === 'Job' || pod.spec.initContainers?.some(({ name }) => name === container.name) === true;

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const staysUp = (container: Container, words: string): boolean =>
  /(^|\/)pause(:|@|$)/.test(container.image ?? '') ||
  /\b(pause|sleep (infinity|inf)|tail -f|netexec|serve-hostname)\b/.test(words) ||
  /while true/.test(words);

function declaredProgram(pod: Pod, container: string): Program | undefined {
  for (const entry of pod.metadata.annotations?.[PROGRAMS]?.split(',') ?? []) {
    const match = /^\s*([^=\s]+)=(\d+(?:\.\d+)?)(?::(\d+))?\s*$/.exec(entry);
    if (match?.[1] === container) return { runsMs: Number(match[2]) * 1000, exitCode: Number(match[3] ?? 0) };
  }
  return undefined;
}
