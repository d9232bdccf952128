import { stdout } from 'node:process';

/** Exit codes of the command: what scripts can tell apart. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3 } as const;

/** A failure that the user is told in one line, without a stack. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Prints a value as JSON, or as text that `render` makes of it. */
export function print<T>(value: T, json: boolean, render: (value: T) => string): void {
  stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${render(value)}\n`);
}

/** Columns under headings, as wide as their content. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd();
  return [headings, ...rows].map(line).join('\n');
}

/** Tells on standard error what goes on while something takes longer than a second; silent when nobody watches. */
export async function withProgress<T>(what: string, work: Promise<T>, detail?: () => Promise<string>): Promise<T> {
  if (!process.stderr.isTTY) return work;
  const startedMs = Date.now();
  const timer = setInterval(() => {
    void (detail?.() ?? Promise.resolve('')).then((more) => {
      process.stderr.write(`\r${what} … ${Math.round((Date.now() - startedMs) / 1000)} s ${more}\u001b[K`);
    });
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (Date.now() - startedMs >= 1000) process.stderr.write('\r\u001b[K');
  }
}
