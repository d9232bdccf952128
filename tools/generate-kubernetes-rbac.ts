import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

/**
 * Writes gen/kubernetes/rbac.json: the roles and bindings that kube-apiserver makes in an empty cluster, as compact lines, from a recording
 * of a real server; and what older minor versions have otherwise, from the test data of their bootstrap policy, newest first.
 * Usage: node tools/generate-kubernetes-rbac.ts <folder of the recorded lists> [<minor>=<folder of test data> …]
 * Test data: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata of the module k8s.io/kubernetes, which any Go proxy has.
 *
 * `older` has a table per minor version: what differs from the next newer one, null for what is not there.
 *
 * A rule is `verbs|apiGroups|resources|resourceNames` or `verbs|urls`, lists separated by commas; a role's `to` is the role that it
 * aggregates to. A binding is `kind|name|subjects…`, a subject `User:name`, `Group:name` or `ServiceAccount:namespace:name`.
 */
interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}
interface Item {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly rules?: readonly Rule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors: readonly { readonly matchLabels: Readonly<Record<string, string>> }[] };
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';
const [folder, ...older] = process.argv.slice(2);
if (!folder)
  throw new Error('usage: node tools/generate-kubernetes-rbac.ts <folder of the recorded lists> [<minor>=<folder of test data> …]');

interface Table {
  readonly roles: Readonly<Record<string, unknown>>;
  readonly bindings: Readonly<Record<string, unknown>>;
}

/** The recording server was built for a distribution, which adds objects and rules of its own. */
const isAddedObject = ({ metadata: { name } }: Item): boolean => /openshift|service-ca-cert-publisher/.test(name);
const isAddedRule = ({ resources }: Rule): boolean => resources?.[0] === 'endpointslices/restricted';

const read = (resource: string): Item[] => {
  const file = `${folder}/apis__rbac.authorization.k8s.io__v1__${resource}.json`;
  const { items } = JSON.parse(readFileSync(file, 'utf8')) as { items: Item[] }; // a recorded list
  return items
    .filter((item) => !isAddedObject(item))
    .map((item) => ({ ...item, ...(item.rules && { rules: item.rules.filter((rule) => !isAddedRule(rule)) }) }));
};

const readTestData = (place: string, name: string): Item[] =>
  (parse(readFileSync(`${place}/${name}.yaml`, 'utf8')) as { items: Item[] }).items;

const line = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  nonResourceURLs
    ? [verbs, nonResourceURLs].join('|')
    : [verbs, apiGroups ?? [], resources ?? [], ...(resourceNames ? [resourceNames] : [])].map((list) => list.join(',')).join('|');

const aggregatesTo = (labels: Readonly<Record<string, string>> = {}): string | undefined =>
  Object.keys(labels)
    .find((label) => label.startsWith(AGGREGATE))
    ?.slice(AGGREGATE.length);

const keyOf = ({ metadata }: Item): string => (metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name);

function role(item: Item) {
  const to = aggregatesTo(item.metadata.labels);
  const from = aggregatesTo(item.aggregationRule?.clusterRoleSelectors[0]?.matchLabels);
  return [keyOf(item), { ...(to && { to }), ...(from && { from }), rules: (item.rules ?? []).map(line) }];
}

function binding(item: Item) {
  const subjects = (item.subjects ?? []).map(({ kind, name, namespace }) => [kind, namespace, name].filter(Boolean).join(':'));
  return [keyOf(item), [item.roleRef?.kind, item.roleRef?.name, ...subjects].join('|')];
}

const tableOf = (roles: readonly Item[], bindings: readonly Item[]): Table => ({
  roles: Object.fromEntries(roles.map(role)),
  bindings: Object.fromEntries(bindings.map(binding)),
});

/** What of `table` is otherwise than in `newer`. */
function differences(table: Table, newer: Table): Table {
  const changed = (before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) => {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(
      (name) => !isDeepStrictEqual(before[name], after[name]),
    );
    return Object.fromEntries(names.map((name) => [name, before[name] ?? null]));
  };
  return { roles: changed(table.roles, newer.roles), bindings: changed(table.bindings, newer.bindings) };
}

const newest = tableOf([...read('clusterroles'), ...read('roles')], [...read('clusterrolebindings'), ...read('rolebindings')]);
const tables: Record<string, Table> = {};
let newer = newest;
for (const argument of older) {
  const [minor = '', place = ''] = argument.split('=');
  const named = (...names: string[]) => names.flatMap((name) => readTestData(place, name));
  const table = tableOf(
    named('cluster-roles', 'controller-roles', 'namespace-roles'),
    named('cluster-role-bindings', 'controller-role-bindings', 'namespace-role-bindings'),
  );
  tables[minor] = differences(table, newer);
  newer = table;
}
const text = JSON.stringify({ ...newest, older: tables }, null, 1);
writeFileSync(new URL('../gen/kubernetes/rbac.json', import.meta.url), `${text}\n`);
