import { median } from '../../../tools/bench/measure.ts';
import type { Answer } from './http.ts';
import { cpuMicros } from './process.ts';

export interface Load {
  /** The server's process. */
  readonly pid: number;
  readonly concurrency: number;
  readonly calls: number;
  call(index: number): Promise<Answer>;
}
export interface LoadResult {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** CPU time of the server's process per call, all threads. */
  readonly cpuMicrosPerCall: number;
}

/** Makes the calls, so many at a time, after a tenth of them as warm-up. Throws when one does not succeed: a refusal is no result. */
export async function load({ pid, concurrency, calls, call }: Load): Promise<LoadResult> {
  const warmUp = Math.ceil(calls / 10);
  let next = 0;
  const durations: number[] = [];
  const callUntil = async (limit: number) => {
    while (next < limit) {
      const index = next++;
      const start = performance.now();
      const { status, body } = await call(index);
      durations.push(performance.now() - start);
      if (status >= 400) throw new Error(`call ${index} was answered with ${status}: ${body.slice(0, 200)}`);
    }
  };
  const callAll = (limit: number) => Promise.all(Array.from({ length: concurrency }, () => callUntil(limit)));

  await callAll(warmUp);
  durations.length = 0;
  const cpuBefore = cpuMicros(pid);
  const start = performance.now();
  await callAll(warmUp + calls);
  const seconds = (performance.now() - start) / 1000;
  const sorted = durations.toSorted((a, b) => a - b);
  return {
    perSecond: calls / seconds,
    medianMs: median(sorted),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    cpuMicrosPerCall: (cpuMicros(pid) - cpuBefore) / calls,
  };
}
