import type { Json } from '../kernel/json.ts';
import type { Column } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { humanAge } from '../kube/table-format.ts';

type Cell<T> = (object: T, nowMs: number) => Json;

/** A column whose cell reads the generated type of its kind. Text, always shown, unless told otherwise. */
export function column<T>(name: string, description: string, cell: Cell<T>, rest: Partial<Column> = {}): Column {
  // A kind's columns are only ever given objects of that kind.
  return { name, type: 'string', format: '', description, priority: 0, ...rest, cell: cell as Cell<never> as Column['cell'] };
}

/** A column that only `-o wide` shows. */
export const wide = <T>(name: string, description: string, cell: Cell<T>): Column => column(name, description, cell, { priority: 1 });

export const integer = <T>(name: string, description: string, cell: Cell<T>): Column =>
  column(name, description, cell, { type: 'integer' });

export const boolean = <T>(name: string, description: string, cell: Cell<T>): Column =>
  column(name, description, cell, { type: 'boolean' });

export const nameColumn: Column = column<KubeObject>('Name', 'Name of the object, unique within its namespace.', (o) => o.metadata.name, {
  format: 'name',
});

export const ageColumn: Column = column<KubeObject>('Age', 'Time since the object was created.', (o, nowMs) =>
  humanAge(o.metadata.creationTimestamp, nowMs),
);

/** What upstream shows of kinds that have no printer of their own. */
export const plainColumns: readonly Column[] = [
  nameColumn,
  column<KubeObject>('Created At', 'When the object was created.', (o) => o.metadata.creationTimestamp, { type: 'date' }),
];

type Templated = { readonly name: string; readonly image?: string };

/** Names and images of a pod template's containers, comma-separated. */
export const containerNames = (containers: readonly Templated[] = []): string => containers.map(({ name }) => name).join(',');
export const containerImages = (containers: readonly Templated[] = []): string => containers.map(({ image }) => image ?? '').join(',');

type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };
type Selector = { readonly matchLabels?: { readonly [key: string]: string }; readonly matchExpressions?: readonly Requirement[] };

/** Labels as a selector string, "a=b,c=d" in the order of the keys, or "<none>". */
export const labelsText = (labels: { readonly [key: string]: string } | undefined): string =>
  Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>';

/** A LabelSelector as one line, "<none>" for the empty one (metav1.FormatLabelSelector). */
export function selectorText(selector: Selector | undefined): string {
  const terms = Object.entries(selector?.matchLabels ?? {}).map(([key, value]): [string, string] => [key, `${key}=${value}`]);
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) terms.push([key, requirementText(key, operator, values)]);
  terms.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return terms.map(([, text]) => text).join(',') || '<none>';
}

function requirementText(key: string, operator: string, values: readonly string[]): string {
  const set = `(${[...values].sort().join(',')})`;
  switch (operator) {
    case 'In':
      return `${key} in ${set}`;
    case 'NotIn':
      return `${key} notin ${set}`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** The wide columns that workload kinds share. */
export function templateColumns<T>(
  containers: (object: T) => readonly Templated[] | undefined,
  selector?: (object: T) => string,
): Column[] {
  return [
    wide<T>('Containers', 'Names of the containers of the template.', (o) => containerNames(containers(o))),
    wide<T>('Images', 'Images of the containers of the template.', (o) => containerImages(containers(o))),
    ...(selector ? [wide<T>('Selector', 'Selector of the pods that belong to the object.', selector)] : []),
  ];
}
