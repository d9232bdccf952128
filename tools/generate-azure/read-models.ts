import { type Declarations, kindOfType, memberOf, readDeclarations } from './declarations.ts';
import { type Member, type Model, propertiesOf } from './model.ts';

const DESERIALIZER = /^export function (\w+)Deserializer\(item\) \{\n {4}return \{\n([\s\S]*?)^ {4}\};/gm;
const SERIALIZER = /^export function (\w+)Serializer\(item\) \{\n {4}return \{\n([\s\S]*?)^ {4}\};/gm;
/** Entries stand at eight spaces; what continues one stands deeper. */
const ENTRY = /^ {8}(?:"?([\w.-]+)"?: |(\.\.\.))([\s\S]*?)(?=^ {8}\S|(?![\s\S]))/gm;

/** Newer packages: the wire format is in the functions that write and read it, kinds and read-only flags in the declarations. */
export function readModels(source: string, declarationText: string): Model {
  const declarations = readDeclarations(declarationText);
  const readers = new Map([...source.matchAll(DESERIALIZER)].map(([, name = '', body = '']) => [name.toLowerCase(), body]));
  const writers = new Map([...source.matchAll(SERIALIZER)].map(([, name = '', body = '']) => [name.toLowerCase(), body]));
  const classes = new Map<string, Map<string, Member>>();
  const wire = (className: string, functionName: string): Map<string, Member> => {
    const members = new Map<string, Member>();
    const add = (client: string, name: string): void => {
      const member = memberFor(declarations, className, client);
      if (member && !members.has(name)) members.set(name, member);
    };
    for (const [, client, spread, rest = ''] of (readers.get(functionName) ?? '').matchAll(ENTRY)) {
      const inner = spread && /(_\w+)Deserializer\(item\["properties"\]\)/.exec(rest)?.[1];
      if (inner) {
        classes.set(propertiesOf(className), wire(className, inner.toLowerCase()));
        members.set('properties', { kind: propertiesOf(className), readOnly: false });
      } else if (client) add(client, /item\["([^"]+)"\]/.exec(rest)?.[1] ?? client);
    }
    // What is written only (a password) is not in what reads.
    for (const [, name, , rest = ''] of (writers.get(functionName) ?? '').matchAll(ENTRY)) {
      const client = /item\["([^"]+)"\]/.exec(rest)?.[1];
      if (name && client && !rest.includes('areAllPropsUndefined')) add(client, name);
    }
    return members;
  };
  for (const name of declarations.interfaces.keys()) classes.set(name, wire(name, name.toLowerCase()));
  return { classes, enums: declarations.enums };
}

function memberFor(declarations: Declarations, className: string, client: string): Member | undefined {
  const declared = memberOf(declarations, className, client);
  return declared && { kind: kindOfType(declarations, declared.type), readOnly: declared.readOnly };
}
