import { refuse } from './errors.ts';

/** Value of a field (named in lower case; `tags/a` is the value of tag "a") of what is filtered; several values are joined by line feeds. */
export type FieldReader = (field: string) => string | undefined;
export type Filter = (field: FieldReader) => boolean;

/**
 * `$filter` as ARM's lists take it: comparisons (`eq`, `ne`), `substringof('x', field)`, `startswith(field,'x')`, with `and`, `or`
 * and parentheses. Values compare without case. Throws a refusal for what it cannot read.
 */
export function compileFilter(text: string): Filter {
  if (text.trim() === '') return () => true;
  const tokens = tokenize(text);
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token.toLowerCase() !== expected)) throw malformed(text);
    return token;
  };
  const peek = (): string | undefined => tokens[at]?.toLowerCase();
  const value = (): string => {
    const token = take();
    if (!token.startsWith("'")) throw malformed(text);
    return token.slice(1, -1).replaceAll("''", "'").toLowerCase();
  };
  const call = (name: string): Filter => {
    take('(');
    const valueFirst = peek()?.startsWith("'");
    const first = valueFirst ? value() : take().toLowerCase();
    take(',');
    const second = valueFirst ? take().toLowerCase() : value();
    take(')');
    const [field, wanted] = valueFirst ? [second, first] : [first, second];
    return name === 'startswith'
      ? (read) => (read(field) ?? '').toLowerCase().startsWith(wanted)
      : (read) => (read(field) ?? '').toLowerCase().includes(wanted);
  };
  const isTagValue = (): boolean => ['and', 'tagvalue', 'eq'].every((word, i) => tokens[at + i]?.toLowerCase() === word);
  /** `tagName eq 'a' and tagValue eq 'b'` speaks of one tag, not of the name of one and the value of another. */
  const tag = (name: string): Filter => {
    at += 3;
    const wanted = value();
    return (read) => read(`tags/${name}`)?.toLowerCase() === wanted;
  };
  const primary = (): Filter => {
    if (peek() === '(') {
      take('(');
      const inner = or();
      take(')');
      return inner;
    }
    const field = take().toLowerCase();
    if (['substringof', 'startswith', 'contains'].includes(field)) return call(field);
    const operator = take().toLowerCase();
    if (operator !== 'eq' && operator !== 'ne') throw malformed(text);
    const wanted = value();
    if (field === 'tagname' && operator === 'eq' && isTagValue()) return tag(wanted);
    const equals: Filter = (read) => (read(field) ?? '').toLowerCase().split('\n').includes(wanted);
    return operator === 'eq' ? equals : (read) => !equals(read);
  };
  const and = (): Filter => {
    let left = primary();
    while (peek() === 'and') {
      take('and');
      const [a, b] = [left, primary()];
      left = (read) => a(read) && b(read);
    }
    return left;
  };
  const or = (): Filter => {
    let left = and();
    while (peek() === 'or') {
      take('or');
      const [a, b] = [left, and()];
      left = (read) => a(read) || b(read);
    }
    return left;
  };
  const filter = or();
  if (at !== tokens.length) throw malformed(text);
  return filter;
}

/** Longer ones no client sends, and reading them costs more than their length. */
const MAX_LENGTH = 4_096;

const tokenize = (text: string): string[] => {
  if (text.length > MAX_LENGTH) throw malformed(text.slice(0, 64));
  const tokens = text.match(/'(?:[^']|'')*'|[(),]|[^\s'(),]+/g) ?? [];
  if (tokens.join('').length !== text.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, '').length) throw malformed(text);
  return tokens;
};

const malformed = (text: string) => refuse(400, 'InvalidFilterInQueryString', `Invalid $filter '${text}' specified in the query string.`);
