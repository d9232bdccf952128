import { namePrefix } from '../schema/schemas.ts';
import type { FieldFacts } from '../schema/table.ts';
import { minorOf, readDefinition } from '../schema/table.ts';

/** How one value stands on the wire. The special messages are those that Go (un)marshals by hand. */
export type WireKind =
  | 'string'
  | 'bytes'
  | 'varint'
  | 'bool'
  | 'double'
  | 'message'
  | 'map'
  /** A message whose fields belong to the outer JSON object. */
  | 'embed'
  /** A list of strings in a message of its own. */
  | 'strings'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString'
  /** A message with JSON text in field 1 (RawExtension, FieldsV1, JSON). */
  | 'json'
  | 'schemaOrArray'
  | 'schemaOrBool'
  | 'schemaOrStrings';

export interface WireField {
  readonly number: number;
  /** JSON name; "" for embeds. */
  readonly name: string;
  readonly kind: WireKind;
  readonly repeated: boolean;
  /** Written even when absent: Go has a value there, not a pointer. */
  readonly always: boolean;
  /** A zero on the wire is the same as nothing: Go writes every plain field, and JSON hides it again (omitempty). */
  readonly hidesZero: boolean;
  /** Fields of a message or an embed, resolved late because types are recursive. */
  readonly message?: () => Message;
  /** Value of a map. */
  readonly value?: WireField;
}

export interface Message {
  /** Short name of the definition. */
  readonly name: string;
  /** Ascending by number. */
  readonly fields: readonly WireField[];
  readonly byNumber: ReadonlyMap<number, WireField>;
}

const scalarKinds: Readonly<Record<string, WireKind>> = {
  string: 'string',
  bytes: 'bytes',
  boolean: 'bool',
  int32: 'varint',
  int64: 'varint',
  double: 'double',
  time: 'time',
  microTime: 'microTime',
  duration: 'duration',
  quantity: 'quantity',
  intOrString: 'intOrString',
};

const opaqueKinds: Readonly<Record<string, WireKind>> = {
  RawExtension: 'json',
  FieldsV1: 'json',
  JSON: 'json',
  JSONSchemaPropsOrArray: 'schemaOrArray',
  JSONSchemaPropsOrBool: 'schemaOrBool',
  JSONSchemaPropsOrStringArray: 'schemaOrStrings',
};

interface Node {
  readonly facts?: FieldFacts;
  readonly name: string;
  readonly below: Map<number, Node>;
}

const messages = new Map<string, Message | undefined>();

/**
 * The wire layout of a definition in the release that a version names; undefined where there is none such. Built once per release.
 * `name` is an OpenAPI name, with or without its `io.k8s.`.
 */
export function messageOf(name: string, version: string): Message | undefined {
  return find(name.startsWith(namePrefix) ? name.slice(namePrefix.length) : name, minorOf(version));
}

function find(name: string, minor: number): Message | undefined {
  const key = `${minor}/${name}`;
  if (messages.has(key)) return messages.get(key);
  const definition = readDefinition(name, minor);
  let message: Message | undefined;
  if (definition !== undefined) {
    const root: Node = { name: '', below: new Map() };
    for (const [json, facts] of definition.fields) insert(root, json, facts, facts.numbers);
    message = layout(name, root, minor);
  }
  messages.set(key, message);
  return message;
}

function insert(node: Node, json: string, facts: FieldFacts, [number, ...rest]: readonly number[]): void {
  if (number === undefined) return;
  if (rest.length === 0) {
    node.below.set(number, { name: json, facts, below: new Map() });
    return;
  }
  let embed = node.below.get(number);
  if (embed === undefined) {
    embed = { name: '', below: new Map() };
    node.below.set(number, embed);
  }
  insert(embed, json, facts, rest);
}

function layout(name: string, node: Node, minor: number): Message {
  const fields = [...node.below]
    .sort(([a], [b]) => a - b)
    .map(([number, child]): WireField => {
      if (child.facts) {
        const hidesZero = child.facts.omit === 'empty' && !child.facts.type.startsWith('*');
        return { ...fieldOf(number, child.name, child.facts.type, minor), hidesZero };
      }
      const message = layout(name, child, minor);
      return { number, name: '', kind: 'embed', repeated: false, always: true, hidesZero: false, message: () => message };
    });
  return { name, fields, byNumber: new Map(fields.map((field) => [field.number, field])) };
}

function fieldOf(number: number, name: string, type: string, minor: number): WireField {
  if (type.startsWith('*')) return { ...fieldOf(number, name, type.slice(1), minor), always: false };
  if (type.startsWith('[]')) return { ...fieldOf(number, name, type.slice(2), minor), repeated: true, always: false };
  if (type.startsWith('wrapped')) return { number, name, kind: 'strings', repeated: false, always: false, hidesZero: false };
  if (type.startsWith('{}')) {
    return { number, name, kind: 'map', repeated: false, always: false, hidesZero: false, value: fieldOf(2, '', type.slice(2), minor) };
  }
  const plain = { number, name, repeated: false, always: type !== 'bytes', hidesZero: false };
  if (!type.includes('.')) return { ...plain, kind: scalarKinds[type] ?? 'string' };
  const kind = opaqueKinds[type.slice(type.lastIndexOf('.') + 1)] ?? 'message';
  // Only the schema union types refer to another definition than their own.
  const target = kind.startsWith('schema') ? type.replace(/Or\w+$/, '') : type;
  let message: Message | undefined;
  return {
    ...plain,
    kind,
    message: () => {
      message ??= find(target, minor);
      if (message === undefined) throw new Error(`no layout for ${target} in release 1.${minor}`);
      return message;
    },
  };
}
