import type { Source } from './sources.ts';

/** Descriptions by definition and field, of the newest release that has them; "" is the definition's own. */
export function descriptionTable(sources: readonly Source[]): Record<string, Record<string, string>> {
  const out: Record<string, Record<string, string>> = {};
  for (const source of sources) {
    for (const [name, schema] of Object.entries(source.swagger.definitions)) {
      if (/\.v\d+(alpha|beta)\d+\./.test(name)) continue;
      const entry: Record<string, string> = { ...out[name.replace(/^io\.k8s\./, '')] };
      if (schema.description) entry[''] = schema.description;
      for (const [field, property] of Object.entries(schema.properties ?? {}))
        if (property.description) entry[field] = property.description;
      out[name.replace(/^io\.k8s\./, '')] = entry;
    }
  }
  addOptions(sources[sources.length - 1]!, out);
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  readonly description?: string;
  readonly $ref?: string;
}
type Operation = { readonly parameters?: readonly Parameter[] } & { readonly [extension: `x-kubernetes-${string}`]: unknown };

const optionsOfAction: Readonly<Record<string, string>> = {
  list: 'ListOptions',
  post: 'CreateOptions',
  put: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
};

/** Query parameters are fields of option types, which no body refers to: their descriptions stand at the operations alone. */
function addOptions(source: Source, out: Record<string, Record<string, string>>): void {
  const shared = source.swagger.parameters;
  for (const [path, item] of Object.entries(source.swagger.paths)) {
    const { parameters = [], ...operations } = item as Record<string, unknown> & { parameters?: readonly Parameter[] };
    for (const operation of Object.values(operations) as Operation[]) {
      const kind = operation['x-kubernetes-group-version-kind'] as { kind: string } | undefined;
      const action = String(operation['x-kubernetes-action']);
      const options =
        action === 'connect' ? `api.core.v1.${kind?.kind}` : path.endsWith('/log') ? 'api.core.v1.PodLogOptions' : optionsOfAction[action];
      if (options === undefined) continue;
      const name = options.includes('.') ? options : `apimachinery.pkg.apis.meta.v1.${options}`;
      for (const reference of [...parameters, ...(operation.parameters ?? [])]) {
        const parameter = reference.$ref ? shared[reference.$ref.replace('#/parameters/', '')] : reference;
        if (parameter?.in !== 'query' || !parameter.name || !parameter.description) continue;
        out[name] = { ...out[name], [parameter.name]: parameter.description };
      }
    }
  }
}
