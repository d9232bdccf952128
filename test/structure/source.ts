import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mask } from './mask.ts';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A source file as the rules see it. Paths are relative to the root, with "/". */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** `text` with the contents of comments, strings and regular expressions blanked out: same length, same lines. */
  readonly code: string;
  readonly imports: readonly Import[];
  readonly lines: number;
  readonly isTest: boolean;
}
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The imported file's path, for a relative specifier. */
  readonly file: string | undefined;
  readonly line: number;
}

/** Tests, and what only tests import: suites that run over every implementation, fixtures. */
const TEST_FILE = /\.test\.tsx?$|(^|\/)(testing|fixtures)(\/|\.ts$)|\.suite\.ts$|^test\//;

function readImports(path: string, text: string, code: string): Import[] {
  const found = [...code.matchAll(/(?<![.\w$])(?:from|import)\s*\(?\s*(['"])( *)\1/g)];
  return found.map((match) => {
    const end = match.index + match[0].length - 1;
    const specifier = text.slice(end - (match[2] ?? '').length, end);
    const file = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    return { specifier, file, line: lineOf(code, match.index) };
  });
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = mask(text);
  const lines = text.split('\n').length - 1;
  return { path, text, code, imports: readImports(path, text, code), lines, isTest: TEST_FILE.test(path) };
}

/** Every file below a folder that `accepts` its path, sorted; none where the folder is missing. */
export function listFiles(folder: string, accepts: (path: string) => boolean = () => true): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(root.length + 1).replaceAll('\\', '/'), entry.name))
    .filter(accepts)
    .sort();
}

/** All that is committed or would be, without what git ignores. */
export function listCommitted(): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  return output.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

/** All hand-written TypeScript and JavaScript, generated tables aside. */
export const sources: readonly SourceFile[] = ['bin', 'src', 'tools', 'test']
  .flatMap((folder) => listFiles(folder, (path) => /\.(ts|tsx|js)$/.test(path)))
  .map(readSource);

/** First folder below src ("kernel", "azure" …), undefined for files elsewhere. */
export function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}
