import { shortName } from './definitions.ts';
import type { Source } from './sources.ts';

/** Values of the string types that Go marks `+enum`, by definition prefix and type: `api.core.v1.RestartPolicy`. Newest release. */
export function enumTable(sources: readonly Source[]): Record<string, readonly string[]> {
  const newest = sources[sources.length - 1]!;
  const packages = new Set(Object.keys(newest.go.structs).map((name) => name.slice(0, name.lastIndexOf('.'))));
  const out: Record<string, readonly string[]> = {};
  for (const path of [...packages].filter((name) => name.startsWith('k8s.io/')).sort()) {
    const text = newest.goPackage(path);
    for (const match of text.matchAll(/\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/g)) {
      const values = [...text.matchAll(new RegExp(`^\\s*\\w+\\s+${match[1]}\\s+=\\s+("(?:[^"\\\\]|\\\\.)*")`, 'gm'))];
      if (values.length > 0) out[shortName(`${path}.${match[1]}`)] = values.map((value) => JSON.parse(value[1]!) as string).sort();
    }
  }
  return out;
}
