import table from '../../../gen/kubernetes/rbac.json' with { type: 'json' };
import type { JsonObject } from '../../kernel/json.ts';

const GROUP = 'rbac.authorization.k8s.io';
/** Roles and bindings with this annotation get at each start of a server what they lack. */
export const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const AGGREGATE = `${GROUP}/aggregate-to-`;

/** One object of an empty cluster: where it is stored, and all but what every object gets (uid, creation time). */
export interface BootstrapObject {
  /** Group and plural, "apps/deployments". */
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly generation?: number;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly rest: JsonObject;
}

type RoleLine = { readonly to?: string; readonly from?: string; readonly rules: readonly string[] };

const list = (text = ''): readonly string[] => text.split(',');

/** A rule of the table (grammar: tools/generate-kubernetes-rbac.ts). */
function rule(line: string): JsonObject {
  const [verbs, second, resources, names] = line.split('|');
  if (resources === undefined) return { verbs: list(verbs), nonResourceURLs: list(second) };
  return {
    verbs: list(verbs),
    apiGroups: list(second),
    resources: list(resources),
    ...(names !== undefined && { resourceNames: list(names) }),
  };
}

type Roles = ReadonlyMap<string, RoleLine>;
interface Table {
  readonly roles: { readonly [name: string]: RoleLine | null };
  readonly bindings: { readonly [name: string]: string | null };
}

/** Rules of a role with those of all that aggregate to it, as the aggregation controller adds them up. */
function rulesOf({ from, rules }: RoleLine, roles: Roles): readonly JsonObject[] {
  const own = rules.map(rule);
  if (!from) return own;
  const parts = [...roles.values()].filter((item) => item.to === from);
  const seen = new Set<string>();
  return parts.flatMap((part) => rulesOf(part, roles)).filter((item) => !seen.has(JSON.stringify(item)) && seen.add(JSON.stringify(item)));
}

const placed = (key: string): { readonly name: string; readonly namespace?: string } => {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};

const base = (kind: string, key: string) => {
  const at = placed(key);
  const shown = at.namespace ? kind.replace('Cluster', '') : kind;
  return {
    resource: `${GROUP}/${shown.toLowerCase()}s`,
    apiVersion: `${GROUP}/v1`,
    kind: shown,
    ...at,
    annotations: { [AUTOUPDATE]: 'true' },
  };
};

const LABEL = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

function role([key, item]: readonly [string, RoleLine], roles: Roles): BootstrapObject {
  const selector = { matchLabels: { [`${AGGREGATE}${item.from}`]: 'true' } };
  return {
    ...base('ClusterRole', key),
    labels: { ...LABEL, ...(item.to && { [`${AGGREGATE}${item.to}`]: 'true' }) },
    rest: { rules: rulesOf(item, roles), ...(item.from && { aggregationRule: { clusterRoleSelectors: [selector] } }) },
  };
}

function binding([key, line]: readonly [string, string]): BootstrapObject {
  const [kind = '', name = '', ...subjects] = line.split('|');
  return {
    ...base('ClusterRoleBinding', key),
    labels: LABEL,
    rest: {
      ...(subjects.length > 0 && { subjects: subjects.map(subject) }),
      roleRef: { apiGroup: GROUP, kind, name },
    },
  };
}

function subject(text: string): JsonObject {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind !== 'ServiceAccount') return { kind, apiGroup: GROUP, name: rest };
  const [namespace = '', name = ''] = rest.split(':');
  return { kind, name, namespace };
}

/** Entries of one part of the table as a minor version has them; `older` says what each has otherwise than the next newer one. */
function entriesOf<T>(part: 'roles' | 'bindings', minor: number): Map<string, T> {
  const older = Object.entries(table.older as { readonly [minor: string]: Table }).sort(([a], [b]) => Number(b) - Number(a));
  const layers = [table as unknown as Table, ...older.filter(([of]) => Number(of) >= minor).map(([, each]) => each)];
  // The part says of which type its values are.
  const merged = Object.assign({}, ...layers.map((layer) => layer[part])) as { [name: string]: T | null };
  return new Map(Object.entries(merged).filter((entry): entry is [string, T] => entry[1] !== null));
}

const known = new Map<number, readonly BootstrapObject[]>();

/** Roles and bindings of an empty cluster of Kubernetes 1.`minor`. */
export function rbacObjects(minor: number): readonly BootstrapObject[] {
  let objects = known.get(minor);
  if (!objects) {
    const roles = entriesOf<RoleLine>('roles', minor);
    objects = [...[...roles].map((entry) => role(entry, roles)), ...[...entriesOf<string>('bindings', minor)].map(binding)];
    known.set(minor, objects);
  }
  return objects;
}
