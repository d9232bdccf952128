import type { Outcome } from '../outcome.ts';

/** One condition of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly equals: boolean;
  readonly value: string;
}

/** A parsed field selector over objects of type T: a conjunction of terms. */
export interface FieldSelector<T> {
  readonly terms: readonly FieldTerm[];
  matches(object: T): boolean;
  /** The value that this field must have, where the selector demands one; for look-ups by name or index. */
  exact(field: string): string | undefined;
}

/** The fields that a kind can be selected by, with how each is read; an absent field reads as "". */
export type SelectableFields<T> = { readonly [path: string]: (object: T) => string };

/**
 * Reads the text of `?fieldSelector=`. `unsupported` words the refusal of a field that the kind does not offer; without it,
 * upstream's general one, which for kinds with none of their own names the two metadata fields. Errors are upstream's texts (400).
 */
export function parseFieldSelector<T>(
  text: string,
  fields: SelectableFields<T>,
  unsupported: (field: string) => string = unsupportedText(fields),
): Outcome<FieldSelector<T>> {
  const conditions: ((object: T) => boolean)[] = [];
  const terms: FieldTerm[] = [];
  const parts = splitTerms(text).sort();
  for (const part of parts) {
    if (part === '') continue;
    const split = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (!split) return { error: `invalid selector: '${text}'; can't understand '${part}'` };
    const [, field = '', operator, escaped = ''] = split;
    const { value, error } = unescapeValue(escaped);
    if (value === undefined) return { error };
    terms.push({ field, equals: operator !== '!=', value });
  }
  for (const { field, equals, value } of terms) {
    const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!read) return { error: unsupported(field) };
    conditions.push((object) => (read(object) === value) === equals);
  }
  return {
    value: {
      terms,
      matches: (object) => conditions.every((condition) => condition(object)),
      exact: (field) => terms.find((term) => term.equals && term.field === field)?.value,
    },
  };
}

function unsupportedText<T>(fields: SelectableFields<T>): (field: string) => string {
  const hasOwn = Object.keys(fields).some((field) => !field.startsWith('metadata.'));
  return (field) =>
    hasOwn
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** Terms between commas; a backslash makes the next character data. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return text === '' ? terms : [...terms, text.slice(start)];
}

function unescapeValue(text: string): Outcome<string> {
  if (!/[\\,=]/.test(text)) return { value: text };
  let value = '';
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string; // i is in bounds
    if (character === '=' || character === ',') {
      return { error: `invalid field selector: unescaped character in value: ${character.charCodeAt(0)}` };
    }
    if (character !== '\\') value += character;
    else {
      const next = characters[++i] ?? '';
      if (next !== '\\' && next !== ',' && next !== '=') {
        return { error: `invalid field selector: invalid escape sequence: \\${next}` };
      }
      value += next;
    }
  }
  return { value };
}
