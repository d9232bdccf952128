import { shortName } from './definitions.ts';
import type { Source } from './sources.ts';

/** Values of the constants of a Go string type: `A T = "x"`, `A = T("x")`, or `A = T(v1.B)` with B from the core package. */
function constantsOf(type: string, text: string, core: string): string[] {
  const literal = '("(?:[^"\\\\]|\\\\.)*")';
  const plain = [...text.matchAll(new RegExp(`^\\s*\\w+\\s+${type}\\s+=\\s+${literal}`, 'gm'))];
  const converted = [...text.matchAll(new RegExp(`^\\s*\\w+\\s+=\\s+${type}\\(${literal}\\)`, 'gm'))];
  const referring = [...text.matchAll(new RegExp(`^\\s*\\w+\\s+=\\s+${type}\\(v1\\.(\\w+)\\)`, 'gm'))];
  const resolved = referring.flatMap(([, name]) => [...core.matchAll(new RegExp(`^\\s*${name}\\s+\\w+\\s+=\\s+${literal}`, 'gm'))]);
  return [...plain, ...converted, ...resolved].map((match) => JSON.parse(match[1]!) as string).sort();
}

/** Values of the string types that Go marks `+enum`, by definition prefix and type: `api.core.v1.RestartPolicy`. Newest release. */
export function enumTable(sources: readonly Source[]): Record<string, readonly string[]> {
  const newest = sources[sources.length - 1]!;
  const packages = new Set(Object.keys(newest.go.structs).map((name) => name.slice(0, name.lastIndexOf('.'))));
  const core = newest.goPackage('k8s.io/api/core/v1');
  const out: Record<string, readonly string[]> = {};
  for (const path of [...packages].filter((name) => name.startsWith('k8s.io/')).sort()) {
    const text = newest.goPackage(path);
    for (const match of text.matchAll(/\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/g)) {
      const values = constantsOf(match[1]!, text, core);
      if (values.length > 0) out[shortName(`${path}.${match[1]}`)] = values;
    }
  }
  return out;
}
