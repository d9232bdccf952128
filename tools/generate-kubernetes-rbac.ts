import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes gen/kubernetes/rbac.json: the roles and bindings that kube-apiserver makes in an empty cluster, as compact lines, from a recording
 * of a real server. Usage: node tools/generate-kubernetes-rbac.ts <folder of the recorded lists>
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
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node tools/generate-kubernetes-rbac.ts <folder of the recorded lists>');

const read = (resource: string): Item[] => {
  const file = `${folder}/apis__rbac.authorization.k8s.io__v1__${resource}.json`;
  const { items } = JSON.parse(readFileSync(file, 'utf8')) as { items: Item[] }; // a recorded list
  // The recording server was built for a distribution, which adds objects of its own.
  return items.filter(({ metadata }) => !metadata.name.includes('openshift'));
};

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

const table = {
  roles: Object.fromEntries([...read('clusterroles'), ...read('roles')].map(role)),
  bindings: Object.fromEntries([...read('clusterrolebindings'), ...read('rolebindings')].map(binding)),
};
const text = JSON.stringify(table, null, 1);
writeFileSync(new URL('../gen/kubernetes/rbac.json', import.meta.url), `${text}\n`);
