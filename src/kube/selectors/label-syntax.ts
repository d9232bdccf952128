import { qualifiedName } from '../names/labels.ts';
import type { Outcome } from '../outcome.ts';
import { invalidText, newRequirement, type Operator, type Requirement } from './requirement.ts';

// Models the lexer and parser of k8s.io/apimachinery labels.Parse, whose error texts show its tokens.

type TokenKind = 'identifier' | 'end' | 'error' | '(' | ')' | ',' | '!' | '==' | '=' | '>' | '<' | '!=' | 'in' | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set(['(', ')', ',', '!', '==', '=', '>', '<', '!=']);
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const WORD = /[^\s=!(),><]+/y;
const SYMBOL_RUN = /[=!(),><]+/y;

class SyntaxFault extends Error {}

/** The requirements of a selector in string syntax, in the order written; the error is upstream's text. */
export function parseRequirements(text: string): Outcome<readonly Requirement[]> {
  const tokens = scan(text);
  try {
    return { value: new Parser(tokens).selector() };
  } catch (fault) {
    if (fault instanceof SyntaxFault) return { error: fault.message };
    throw fault;
  }
}

function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[ \t\r\n]/.test(text.charAt(at))) {
      at++;
      continue;
    }
    SYMBOL_RUN.lastIndex = at;
    const run = SYMBOL_RUN.exec(text)?.[0];
    const token = run === undefined ? word(text, at) : symbol(run);
    tokens.push(token);
    at += token.kind === 'error' ? (run ?? '').length : Math.max(token.text.length, 1);
  }
  return [...tokens, { kind: 'end', text: '' }];
}

function word(text: string, at: number): Token {
  WORD.lastIndex = at;
  const found = WORD.exec(text)?.[0] ?? text.charAt(at);
  return { kind: found === 'in' || found === 'notin' ? found : 'identifier', text: found };
}

/** The longest operator with which a run of symbols begins. */
function symbol(run: string): Token {
  const two = run.slice(0, 2);
  const found = SYMBOLS.has(two) ? two : run.charAt(0);
  return { kind: found as TokenKind, text: found }; // every single symbol is an operator
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const first = this.#peek();
      if (first.kind === 'end') return requirements;
      if (first.kind !== 'identifier' && first.kind !== '!') {
        throw new SyntaxFault(`found '${first.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next.kind === 'end') return requirements;
      if (next.kind !== ',') throw new SyntaxFault(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!') {
        throw new SyntaxFault(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek().kind === '!';
    if (negated) this.#take();
    const { kind, text: key } = this.#take();
    if (kind !== 'identifier') throw unparsed(`found '${key}', expected: identifier`);
    const keyFaults = qualifiedName(key);
    if (keyFaults.length > 0) throw unparsed(invalidText('<nil>', key, keyFaults.join('; ')));
    const ends = this.#peek().kind === 'end' || this.#peek().kind === ',';
    const operator = negated ? '!' : ends ? 'exists' : this.#operator();
    const values = operator === '!' || operator === 'exists' ? [] : this.#values(operator);
    const { value, error } = newRequirement(key, operator, values, true);
    if (!value) throw unparsed(error);
    return value;
  }

  #operator(): Operator {
    const token = this.#tokens[this.#at++];
    switch (token?.kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
      case '>':
      case '<':
        return token.kind;
      default:
        throw unparsed(`found '${token?.text ?? ''}', expected: ${BINARY_OPERATORS}`);
    }
  }

  #values(operator: Operator): readonly string[] {
    if (operator === 'in' || operator === 'notin') return [...this.#set()].sort();
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return [''];
    this.#take();
    if (next.kind !== 'identifier') throw unparsed(`found '${next.text}', expected: identifier`);
    return [next.text];
  }

  #set(): ReadonlySet<string> {
    const open = this.#take();
    if (open.kind !== '(') throw unparsed(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return new Set(['']);
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw unparsed(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#identifiers();
    this.#take();
    return values;
  }

  /** Identifiers up to the closing parenthesis; nothing between two commas is the empty value. */
  #identifiers(): ReadonlySet<string> {
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (token.kind === 'identifier') {
        values.add(token.text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw unparsed(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.size === 0 || next.kind === ',' || next.kind === ')') values.add('');
        if (next.kind === ')') return values;
      } else throw unparsed(`found '${token.text}', expected: ',', or identifier`);
    }
  }

  /** The next token as a value: there, `in` and `notin` are identifiers. */
  #peek(): Token {
    const token = this.#tokens[this.#at] ?? { kind: 'end', text: '' };
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

const unparsed = (reason: string): SyntaxFault => new SyntaxFault(`unable to parse requirement: ${reason}`);
