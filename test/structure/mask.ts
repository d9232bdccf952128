/** After these a slash starts a regular expression, after anything else that ends an operand it divides. */
const BEFORE_REGEX = /(?:^|[=([{,;:!&|?+\-*%~^<>}]|\b(?:return|typeof|case|in|of|void|delete|throw|new|do|else|yield|await))\s*$/;

/**
 * Blanks the contents of comments, strings, templates and regular expressions with spaces, so that rules can search code
 * without a parser. Length and line breaks stay; quotes stay; code inside `${}` stays.
 */
export function mask(text: string): string {
  const out: string[] = [];
  /** Depth of braces at which each open template's `${` returns to text. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;

  const blankTo = (end: number) => {
    out.push(text.slice(at, end).replace(/[^\n]/g, ' '));
    at = end;
  };
  const keep = (count = 1) => {
    out.push(text.slice(at, at + count));
    at += count;
  };
  const maskTemplate = () => {
    const end = endOfTemplateText(text, at);
    blankTo(end);
    if (text[at] === '`') keep();
    else if (at < text.length) {
      templates.push(depth++);
      keep(2);
    }
  };

  while (at < text.length) {
    const char = text[at];
    if (text.startsWith('//', at)) blankTo(endOr(text, text.indexOf('\n', at)));
    else if (text.startsWith('/*', at)) blankTo(endOr(text, text.indexOf('*/', at), 2));
    else if (char === "'" || char === '"') {
      keep();
      blankTo(endOfQuoted(text, at, char));
      keep();
    } else if (char === '`') {
      keep();
      maskTemplate();
    } else if (char === '}' && templates.at(-1) === depth - 1) {
      depth = templates.pop() ?? 0;
      keep();
      maskTemplate();
    } else if (char === '/' && BEFORE_REGEX.test(lastCode(out))) {
      keep();
      blankTo(endOfRegex(text, at));
      keep();
    } else {
      if (char === '{') depth++;
      if (char === '}') depth--;
      keep();
    }
  }
  return out.join('');
}

function endOr(text: string, found: number, width = 0): number {
  return found < 0 ? text.length : found + width;
}

/** The last stretch of masked code: enough to see the token before a slash. */
function lastCode(out: readonly string[]): string {
  const tail = out.slice(-200).join('').trimEnd();
  return tail.slice(-12);
}

function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote || text[at] === '\n') return at;
  }
  return text.length;
}

function endOfTemplateText(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`' || text.startsWith('${', at)) return at;
  }
  return text.length;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if ((char === '/' && !inClass) || char === '\n') return at;
  }
  return text.length;
}
