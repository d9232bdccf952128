import table from '../../../gen/kubernetes/rbac.json' with { type: 'json' };
import type { JsonObject } from '../../kernel/json.ts';

const GROUP = 'rbac.authorization.k8s.io';
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

const roles: readonly (readonly [string, RoleLine])[] = Object.entries(table.roles);
const lines = new Map(roles);

/** Rules of a role with those of all that aggregate to it, as the aggregation controller adds them up. */
function rulesOf({ from, rules }: RoleLine): readonly JsonObject[] {
  const own = rules.map(rule);
  if (!from) return own;
  const parts = roles.filter(([, item]) => item.to === from);
  const seen = new Set<string>();
  return parts.flatMap(([, part]) => rulesOf(part)).filter((item) => !seen.has(JSON.stringify(item)) && seen.add(JSON.stringify(item)));
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
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
};

const LABEL = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

function role(key: string): BootstrapObject {
  const item = lines.get(key) as RoleLine; // keys come from the table
  const selector = { matchLabels: { [`${AGGREGATE}${item.from}`]: 'true' } };
  return {
    ...base('ClusterRole', key),
    labels: { ...LABEL, ...(item.to && { [`${AGGREGATE}${item.to}`]: 'true' }) },
    rest: { rules: rulesOf(item), ...(item.from && { aggregationRule: { clusterRoleSelectors: [selector] } }) },
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

/** Roles and bindings of an empty cluster. */
export const rbacObjects: readonly BootstrapObject[] = [...lines.keys()].map(role).concat(Object.entries(table.bindings).map(binding));
