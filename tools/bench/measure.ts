/** One thing that is measured. Each runs in a process of its own, so that none sees what another left behind. */
export interface Measure {
  readonly name: string;
  /** How it is measured, in one line: what counts, over how many, with which statistic. */
  readonly method: string;
  /** Throws when it can't be measured here, with the reason. */
  run(): Promise<readonly Figure[]>;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** "ms", "MB", "1/s", "×" … */
  readonly unit: string;
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  /** A figure of another system to read it against. */
  readonly beside?: string;
}

/** What one measure's process reports. */
export type Report =
  | { readonly name: string; readonly method: string; readonly figures: readonly Figure[] }
  | { readonly name: string; readonly method: string; readonly failure: string };

/** Middle value; of an even count the lower middle one, so that it is one that occurred. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Runs `work` so many times and gives the median of the durations in ms. */
export async function medianMs(times: number, work: () => unknown): Promise<number> {
  const durations: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    durations.push(performance.now() - start);
  }
  return median(durations);
}

export function meetsGoal(figure: Figure): boolean | undefined {
  if (!figure.goal) return undefined;
  return 'atMost' in figure.goal ? figure.value <= figure.goal.atMost : figure.value >= figure.goal.atLeast;
}
