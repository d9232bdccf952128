import { shortName } from './definitions.ts';
import type { Source } from './sources.ts';

interface Constant {
  readonly value: string;
  /** Its comment in one line, without the constant's own name at the start. */
  readonly text: string;
}

const literal = '("(?:[^"\\\\]|\\\\.)*")';

/** A comment as upstream's documents show it: joined lines, paragraphs kept, tags for tools left out. */
function commentText(lines: string, name: string): string {
  const kept = lines.split('\n').map((line) => line.replace(/^\s*\/\/ ?/, '').trimEnd());
  const until = kept.indexOf('---');
  const shown = (until === -1 ? kept : kept.slice(0, until)).filter((line) => !/^(\+|TODO)/.test(line));
  const paragraphs = shown.join('\n').trim().split(/\n\n+/);
  const text = paragraphs.map((paragraph) => paragraph.replace(/\s+/g, ' ').trim()).join('\n\n');
  return text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
}

/** Constants of a Go string type: `A T = "x"`, `A = T("x")`, or `A = T(v1.B)` with B from the core package. */
function constantsOf(type: string, text: string, core: string): Constant[] {
  const pattern = new RegExp(
    `((?:^[ \\t]*//.*\\n)*)^[ \\t]*(?:const )?(\\w+)\\s+(?:${type}\\s+=\\s+${literal}|=\\s+${type}\\((?:${literal}|v1\\.(\\w+))\\))`,
    'gm',
  );
  const found = [...text.matchAll(pattern)].map(([, comment = '', name = '', plain, converted, reference]) => {
    const referred = reference && new RegExp(`^\\s*${reference}\\s+\\w+\\s+=\\s+${literal}`, 'm').exec(core)?.[1];
    return { value: JSON.parse(plain ?? converted ?? referred ?? '""') as string, text: commentText(comment, name) };
  });
  return found.sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** Constants of the string types that Go marks `+enum`, by definition prefix and type: `api.core.v1.RestartPolicy`. Newest release. */
function enumTypes(sources: readonly Source[]): Map<string, Constant[]> {
  const newest = sources[sources.length - 1]!;
  const packages = new Set(Object.keys(newest.go.structs).map((name) => name.slice(0, name.lastIndexOf('.'))));
  const core = newest.goPackage('k8s.io/api/core/v1');
  const out = new Map<string, Constant[]>();
  for (const path of [...packages].filter((name) => name.startsWith('k8s.io/')).sort()) {
    const text = newest.goPackage(path);
    for (const match of text.matchAll(/\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/g)) {
      const constants = constantsOf(match[1]!, text, core);
      if (constants.length > 0) out.set(shortName(`${path}.${match[1]}`), constants);
    }
  }
  return out;
}

/** Values by type. */
export const enumTable = (sources: readonly Source[]): Record<string, readonly string[]> =>
  Object.fromEntries([...enumTypes(sources)].map(([type, constants]) => [type, constants.map(({ value }) => value)]));

/** What the values mean, by type and value; values without a comment are left out. */
export function enumTexts(sources: readonly Source[]): Record<string, Record<string, string>> {
  const entries = [...enumTypes(sources)].map(([type, constants]) => {
    const explained = constants.filter(({ text }) => text !== '');
    return [type, Object.fromEntries(explained.map(({ value, text }) => [value, text]))] as const;
  });
  return Object.fromEntries(entries.filter(([, texts]) => Object.keys(texts).length > 0));
}
