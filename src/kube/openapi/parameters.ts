import { definitionOfKind, readDefinition } from '../schema/table.ts';
import type { Texts } from './texts.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const types: Readonly<Record<string, Parameter['type']>> = { string: 'string', boolean: 'boolean', int32: 'integer', int64: 'integer' };

/** Query parameters of an option type: its scalar fields, and lists of them, in a release. Texts are those of the operations. */
export function optionParameters(kind: string, minor: number, texts: Texts): Parameter[] {
  const name = definitionOfKind('', 'v1', kind);
  const definition = name === undefined ? undefined : readDefinition(name, minor);
  if (name === undefined || definition === undefined) return [];
  return [...definition.fields].flatMap(([field, facts]): Parameter[] => {
    const type = types[facts.type.replace(/^\*|^\[\]/, '')];
    if (type === undefined || field === 'kind' || field === 'apiVersion') return [];
    return [{ name: field, in: 'query', type, description: texts[name]?.[field] ?? '' }];
  });
}

/** Every operation's `pretty`. */
export const pretty: Parameter = {
  name: 'pretty',
  in: 'query',
  type: 'string',
  description:
    "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a browser or command-line HTTP tool (curl and wget).",
};

export const pathParameter = (name: string, description: string): Parameter => ({ name, in: 'path', type: 'string', description });

/** Parameters that all operations of a path have in common, which documents write once. */
export function commonParameters(lists: readonly (readonly Parameter[])[]): readonly Parameter[] {
  const [first = [], ...rest] = lists;
  const same = (a: Parameter, b: Parameter): boolean => a.name === b.name && a.in === b.in && a.description === b.description;
  return first.filter((parameter) => rest.every((list) => list.some((other) => same(parameter, other))));
}

export const byName = (a: Parameter, b: Parameter): number => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1);
