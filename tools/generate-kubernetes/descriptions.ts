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
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}
