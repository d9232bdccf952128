/**
 * Adds a definition to the text of a list of definitions: an import, and an entry beside those from the same folder (else the last).
 * @param path relative to the list, "./apps/deployment.ts". Throws when the name is listed already or there is no list.
 */
export function addToList(text: string, name: string, path: string): string {
  const imports = readImports(text);
  if (imports.some((each) => each.name === name)) throw new Error(`${name} is listed already`);
  const open = /=\s*\[\n/.exec(text);
  const close = open ? text.indexOf('\n]', open.index) : -1;
  if (!open || close < 0) throw new Error('there is no list to add to');

  const start = open.index + open[0].length;
  const entries = text
    .slice(start, close + 1)
    .split('\n')
    .filter(Boolean);
  const at = placeFor(name, path, entries, imports);
  const listed = [...entries.slice(0, at), `  ${name},`, ...entries.slice(at)].join('\n');
  return insertImport(text.slice(0, start), `import { ${name} } from '${path}';\n`) + listed + text.slice(close);
}

interface Imported {
  readonly name: string;
  readonly path: string;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

function readImports(text: string): Imported[] {
  return [...text.matchAll(/import (?:type )?\{([^}]*)\} from '([^']+)';/g)].flatMap(([, names = '', path = '']) =>
    names.split(',').map((name) => ({ name: name.trim(), path })),
  );
}

/** After the last entry of the same folder that sorts before it. Where the folder has none: by name in a list that is sorted by name, else last. */
function placeFor(name: string, path: string, entries: readonly string[], imports: readonly Imported[]): number {
  const pathOf = new Map(imports.map((each) => [each.name, each.path]));
  const isNeighbour = (entry: string) => {
    const other = pathOf.get(entry.trim().replace(/,$/, ''));
    return other !== undefined && folderOf(other) === folderOf(path);
  };
  const places = entries.map((entry, at) => ({ entry, at }));
  const isSorted = entries.every((entry, at) => at === 0 || (entries[at - 1] ?? '') < entry);
  const sameFolder = places.filter(({ entry }) => isNeighbour(entry));
  const neighbours = sameFolder.length === 0 && isSorted ? places : sameFolder;
  const before = neighbours.filter(({ entry }) => entry.trim() < `${name},`).at(-1);
  if (before) return before.at + 1;
  return neighbours[0]?.at ?? entries.length;
}

/** Behind the last import; the formatter sorts them. */
function insertImport(text: string, line: string): string {
  const last = [...text.matchAll(/^import [^;]*;\n/gm)].at(-1);
  const at = last ? last.index + last[0].length : 0;
  return text.slice(0, at) + line + text.slice(at);
}
