/** Interfaces and string types of a package, read from its `.d.ts` text: names as the client sees them, not as they are on the wire. */
export interface Declarations {
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
}
interface Interface {
  readonly parents: readonly string[];
  readonly members: ReadonlyMap<string, Declared>;
}
export interface Declared {
  readonly type: string;
  readonly readOnly: boolean;
}

const INTERFACE = /export (?:declare )?interface (\w+)(?: extends ([\w, ]+))? \{\n([\s\S]*?)^\}/gm;
/** How the oldest packages write an interface that extends another. */
const INTERSECTION = /export declare type (\w+) = ((?:\w+ & )+)\{\n([\s\S]*?)^\}/gm;
const MEMBER = /^ {4}(readonly )?"?([\w-]+)"?\??: (.+);$/gm;
const ENUM = /export declare enum Known(\w+) \{\n([\s\S]*?)^\}/gm;
const UNION = /export type (\w+) = ((?:"[^"]*"(?: \| )?)+);/g;

export function readDeclarations(text: string): Declarations {
  const interfaces = new Map<string, Interface>();
  for (const [, name = '', parents = '', body = ''] of [...text.matchAll(INTERFACE), ...text.matchAll(INTERSECTION)]) {
    const members = new Map<string, Declared>();
    for (const [, readOnly, member = '', type = ''] of body.matchAll(MEMBER))
      members.set(member, { type, readOnly: readOnly !== undefined });
    interfaces.set(name, { parents: parents.split(/, | & /).filter((parent) => parent !== ''), members });
  }
  const enums = new Map<string, readonly string[]>();
  for (const [, name = '', body = ''] of text.matchAll(ENUM))
    enums.set(
      name,
      [...body.matchAll(/= "([^"]*)"/g)].map((match) => match[1] ?? ''),
    );
  for (const [, name = '', values = ''] of text.matchAll(UNION))
    enums.set(
      name,
      [...values.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? ''),
    );
  return { interfaces, enums };
}

/** A member of an interface or of those that it extends. */
export function memberOf({ interfaces }: Declarations, name: string, member: string): Declared | undefined {
  const found = interfaces.get(name);
  return (
    found?.members.get(member) ?? found?.parents.map((parent) => memberOf({ interfaces, enums: new Map() }, parent, member)).find(Boolean)
  );
}

/** A TypeScript type as a member's kind. */
export function kindOfType(declarations: Declarations, type: string): string {
  const list = /^(.+)\[\]$/.exec(type);
  if (list?.[1]) return `${kindOfType(declarations, list[1].replace(/^\((.*)\)$/, '$1'))}[]`;
  const map = /^(?:Record<string, (.+)>|\{ \[propertyName: string\]: (.+) \})$/.exec(type);
  if (map) return `${kindOfType(declarations, map[1] ?? map[2] ?? 'any')}{}`;
  const plain = type.replace(/ \| null$/, '').replace(/Union$/, '');
  if (['string', 'number', 'boolean'].includes(plain)) return plain;
  if (plain === 'Date' || plain === 'Uint8Array') return 'string';
  if (declarations.enums.has(plain)) return `=${plain}`;
  return declarations.interfaces.has(plain) ? plain : 'any';
}
