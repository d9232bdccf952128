import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome, RunOptions } from '../harness.ts';

/** One command of a session and what it must print. */
export interface Step {
  /** Words after `kubectl -n <namespace>`, separated by single spaces. `{manifests}` is the folder of the test's manifests. */
  readonly run: string;
  /** Pattern in what it prints, standard output and errors together; a text is the whole standard output. */
  readonly prints: RegExp | string;
  /** The exit code; 0 unless told. */
  readonly code?: number;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** First and last minor version of kubectl that has the command in this form. */
  readonly since?: number;
  readonly until?: number;
}

/** Steps of one subject, run in order in a namespace of their own. `node` is what `{node}` in a command stands for. */
export interface Session {
  readonly subject: string;
  readonly steps: readonly Step[];
}

/** Runs kubectl with some words. */
export type Kubectl = (words: readonly string[], options?: RunOptions) => Promise<Outcome>;

const manifests = join(dirname(dirname(fileURLToPath(import.meta.url))), 'manifests');

/** Runs the steps that a minor version of kubectl has, and fails at the first that does not do what it must. */
export async function runSession(
  { steps }: Session,
  minor: number,
  kubectl: Kubectl,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  for (const { run, prints, code = 0, input, env, since = 0, until = Number.POSITIVE_INFINITY } of steps) {
    if (minor < since || minor > until) continue;
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (all, name: string) => ({ manifests, ...names })[name] ?? all);
    const filled = fill(run);
    const options = { ...(input !== undefined && { input }), ...(env && { env }) };
    const outcome = await kubectl(filled.split(' '), options);
    const all = outcome.stdout + outcome.stderr;
    assert.equal(outcome.code, code, `kubectl ${filled}\n${all}`);
    if (typeof prints === 'string') assert.equal(outcome.stdout, fill(prints), `kubectl ${filled}\n${all}`);
    else assert.match(all, new RegExp(fill(prints.source), prints.flags), `kubectl ${filled}`);
  }
}
