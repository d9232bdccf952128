import { type FieldError, invalid } from '../../../kernel/field-error.ts';
import { baselineChecks } from './baseline.ts';
import type { Check, CheckedPod, CheckPod, Level, Violation } from './check.ts';
import { restrictedChecks } from './restricted.ts';

// Models k8s.io/pod-security-admission/api and its check registry.

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const MODES = ['enforce', 'audit', 'warn'] as const;

/** A level as one revision of the standards defines it. */
export interface LevelVersion {
  readonly level: Level;
  /** "latest", "v1.29". */
  readonly version: string;
}

/** What a namespace's labels ask for. Audit is not among it: there is no audit log to write it to. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  /** Labels that can't be read: the strictest is enforced then, and nothing warned of. */
  readonly faults: readonly FieldError[];
}

type Labels = { readonly [key: string]: string } | undefined;

const PRIVILEGED: LevelVersion = { level: 'privileged', version: 'latest' };
const UNRESTRICTED: Policy = { enforce: PRIVILEGED, warn: PRIVILEGED, faults: [] };

const policies = new WeakMap<object, Policy>();

/** The policy of a namespace with these labels. Computed once per object of labels. */
export function policyOf(labels: Labels): Policy {
  if (!labels) return UNRESTRICTED;
  const known = policies.get(labels);
  if (known) return known;
  const policy = Object.keys(labels).some((name) => name.startsWith(PREFIX)) ? readPolicy(labels) : UNRESTRICTED;
  policies.set(labels, policy);
  return policy;
}

const isLevel = (text: string | undefined): text is Level => LEVELS.some((level) => level === text);
const isVersion = (text: string): boolean => text === 'latest' || /^v1\.(\d|[1-9]\d*)$/.test(text);

function labelFaults(labels: NonNullable<Labels>): FieldError[] {
  return MODES.flatMap((mode) => {
    const [levelLabel, versionLabel] = [PREFIX + mode, `${PREFIX}${mode}-version`];
    const [level, version] = [labels[levelLabel], labels[versionLabel]];
    return [
      ...(level !== undefined && !isLevel(level)
        ? [invalid(`metadata.labels[${levelLabel}]`, level, `must be one of ${LEVELS.join(', ')}`)]
        : []),
      ...(version !== undefined && !isVersion(version)
        ? [invalid(`metadata.labels[${versionLabel}]`, version, 'must be "latest" or "v1.x"')]
        : []),
    ];
  });
}

function readPolicy(labels: NonNullable<Labels>): Policy {
  const versionOf = (mode: string) => {
    const version = labels[`${PREFIX}${mode}-version`];
    return version !== undefined && isVersion(version) ? version : 'latest';
  };
  const [enforced, warned] = [labels[`${PREFIX}enforce`], labels[`${PREFIX}warn`]];
  const enforce: LevelVersion = {
    level: enforced === undefined ? 'privileged' : isLevel(enforced) ? enforced : 'restricted',
    version: versionOf('enforce'),
  };
  const warn: LevelVersion = { level: isLevel(warned) ? warned : 'privileged', version: versionOf('warn') };
  const faults = labelFaults(labels);
  if (warned !== undefined || enforced === undefined) return { enforce, warn, faults };
  // Without a wish of its own, a namespace is warned of what it enforces.
  const version = labels[`${PREFIX}warn-version`] === undefined ? enforce.version : warn.version;
  return { enforce, warn: { level: enforce.level, version }, faults };
}

/** How strict a level is, compared with another. */
export const strictness = (level: Level): number => LEVELS.indexOf(level);

/** "restricted:latest". */
export const policyName = ({ level, version }: LevelVersion): string => `${level}:${version}`;

/** The revision of each check that policies of this minor version contain. */
function inForce(checks: readonly Check[], minor: number): Map<string, Check> {
  const found = new Map<string, Check>();
  for (const check of checks) {
    const other = found.get(check.id);
    if (check.since <= minor && (!other || other.since < check.since)) found.set(check.id, check);
  }
  return found;
}

const byId = (a: Check, b: Check): number => (a.id < b.id ? -1 : 1);

function checksFor(level: Level, minor: number): readonly CheckPod[] {
  if (level === 'privileged') return [];
  const baseline = [...inForce(baselineChecks, minor).values()].sort(byId);
  const restricted = level === 'restricted' ? [...inForce(restrictedChecks, minor).values()].sort(byId) : [];
  const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...restricted].map(({ checkPod }) => checkPod);
}

const compiled = new Map<string, readonly CheckPod[]>();

/** What a pod violates of a policy. `serverMinor` is what "latest", and every later version, stands for. */
export function violationsOf({ level, version }: LevelVersion, serverMinor: number, pod: CheckedPod): readonly Violation[] {
  const minor = version === 'latest' ? serverMinor : Math.min(Number(version.slice('v1.'.length)), serverMinor);
  const name = `${level} ${minor}`;
  let checks = compiled.get(name);
  if (!checks) {
    checks = checksFor(level, minor);
    compiled.set(name, checks);
  }
  return checks.flatMap((checkPod) => checkPod(pod) ?? []);
}
