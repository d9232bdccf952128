import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { badRequest } from './errors.ts';

export type Filter = (object: JsonObject) => boolean;

/** Longest $filter read; longer ones are refused rather than parsed. */
const MAX_LENGTH = 4_096;
/** Deepest nesting of parentheses. */
const MAX_DEPTH = 20;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\w[\w./-]*)|([(),:]))/y;

/**
 * The OData filters that clients send: `eq`, `ne`, `in`, `startswith`, `endswith`, `contains`, `collection/any(x:x eq 'v')`, joined by
 * `and`, `or`, `not` and parentheses. Text is compared without regard to case, as Graph does. Throws GraphError for anything else.
 */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw badRequest('The $filter is too long.', 'Request_UnsupportedQuery');
  const parser = new Parser(tokensOf(text));
  const filter = parser.or(0);
  parser.end();
  return filter;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (!match) throw unsupported(trimmed.slice(at));
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

const unsupported = (near: string): Error => badRequest(`Invalid filter clause near '${near.slice(0, 40)}'.`, 'Request_UnsupportedQuery');

const FUNCTIONS: { readonly [name: string]: (value: string, operand: string) => boolean } = {
  startswith: (value, operand) => value.startsWith(operand),
  endswith: (value, operand) => value.endsWith(operand),
  contains: (value, operand) => value.includes(operand),
};

/** Recursive descent over the tokens. */
class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  or(depth: number): Filter {
    const left = this.#and(depth);
    if (!this.#skipWord('or')) return left;
    const right = this.or(depth);
    return (object) => left(object) || right(object);
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw unsupported(this.#peek());
  }

  #and(depth: number): Filter {
    const left = this.#term(depth);
    if (!this.#skipWord('and')) return left;
    const right = this.#and(depth);
    return (object) => left(object) && right(object);
  }

  #term(depth: number): Filter {
    if (depth > MAX_DEPTH) throw unsupported('(');
    if (this.#skipWord('not')) {
      const inner = this.#term(depth + 1);
      return (object) => !inner(object);
    }
    if (this.#skip('(')) {
      const inner = this.or(depth + 1);
      this.#expect(')');
      return inner;
    }
    const word = this.#next();
    if (!/^[A-Za-z_]/.test(word)) throw unsupported(word);
    const test = Object.hasOwn(FUNCTIONS, word.toLowerCase()) ? FUNCTIONS[word.toLowerCase()] : undefined;
    if (test && this.#skip('(')) return this.#function(test);
    return /\/any$/i.test(word) ? this.#any(word.slice(0, -4)) : this.#comparison(word);
  }

  #function(test: (value: string, operand: string) => boolean): Filter {
    const field = this.#next();
    this.#expect(',');
    const operand = literal(this.#next());
    this.#expect(')');
    return (object) => {
      const value = at(object, field);
      return typeof value === 'string' && typeof operand === 'string' && test(value.toLowerCase(), operand.toLowerCase());
    };
  }

  #any(field: string): Filter {
    this.#expect('(');
    const variable = this.#next();
    this.#expect(':');
    const test = this.or(0);
    this.#expect(')');
    return (object) => {
      const values = at(object, field);
      return Array.isArray(values) && values.some((value: Json) => test({ ...(isObject(value) ? value : {}), [variable]: value }));
    };
  }

  #comparison(field: string): Filter {
    const operator = this.#next().toLowerCase();
    if (operator === 'in') {
      this.#expect('(');
      const operands = [literal(this.#next())];
      while (this.#skip(',')) operands.push(literal(this.#next()));
      this.#expect(')');
      return (object) => operands.some((operand) => same(at(object, field), operand));
    }
    if (operator !== 'eq' && operator !== 'ne') throw unsupported(operator);
    const operand = literal(this.#next());
    return (object) => same(at(object, field), operand) === (operator === 'eq');
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw unsupported('end');
    return token;
  }

  #skip(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #skipWord(word: string): boolean {
    return this.#peek().toLowerCase() === word && this.#skip(this.#peek());
  }

  #expect(token: string): void {
    if (!this.#skip(token)) throw unsupported(this.#peek());
  }
}

function literal(token: string): Json {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'true' || token === 'false') return token === 'true';
  if (token === 'null') return null;
  // A GUID may stand without quotes.
  return token;
}

/** Value at a path like `x` or `x/name`. */
function at(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path.split('/')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

const same = (a: Json | undefined, b: Json): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : (a ?? null) === b;
