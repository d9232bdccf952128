// The words of Go's encoding/json scanner. Runs only after JSON.parse refused a text.

interface Scan {
  readonly text: string;
  at: number;
}

class SyntaxFault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Why Go's decoder refuses a text that is no JSON: `invalid character 'x' looking for beginning of value`. */
export function syntaxError(text: string): string {
  const scan: Scan = { text, at: 0 };
  try {
    readValue(scan);
    skipSpace(scan);
    if (scan.at < text.length) unexpected(scan, 'after top-level value');
  } catch (fault) {
    if (fault instanceof SyntaxFault) return fault.message;
    throw fault;
  }
  // JSON.parse is stricter than Go in nothing that is left.
  return 'unexpected end of JSON input';
}

function unexpected(scan: Scan, context: string): never {
  if (scan.at >= scan.text.length) throw new SyntaxFault('unexpected end of JSON input');
  const char = String.fromCodePoint(scan.text.codePointAt(scan.at) ?? 0);
  const quoted = char === "'" ? "'\\''" : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`;
  throw new SyntaxFault(`invalid character ${quoted} ${context}`);
}

function skipSpace(scan: Scan): string {
  while (' \t\r\n'.includes(scan.text.charAt(scan.at)) && scan.at < scan.text.length) scan.at++;
  return scan.text.charAt(scan.at);
}

function readValue(scan: Scan): void {
  const first = skipSpace(scan);
  if (first === '{') readMembers(scan);
  else if (first === '[') readElements(scan);
  else if (first === '"') readString(scan);
  else if (first === '-' || (first >= '0' && first <= '9')) readNumber(scan);
  else {
    const literal = ['true', 'false', 'null'].find((word) => word.charAt(0) === first && first !== '');
    if (literal === undefined) unexpected(scan, 'looking for beginning of value');
    for (const expected of literal) {
      if (scan.text.charAt(scan.at) !== expected) unexpected(scan, `in literal ${literal} (expecting '${expected}')`);
      scan.at++;
    }
  }
}

function readMembers(scan: Scan): void {
  scan.at++;
  if (skipSpace(scan) === '}') {
    scan.at++;
    return;
  }
  for (;;) {
    if (skipSpace(scan) !== '"') unexpected(scan, 'looking for beginning of object key string');
    readString(scan);
    if (skipSpace(scan) !== ':') unexpected(scan, 'after object key');
    scan.at++;
    readValue(scan);
    const next = skipSpace(scan);
    if (next !== ',' && next !== '}') unexpected(scan, 'after object key:value pair');
    scan.at++;
    if (next === '}') return;
  }
}

function readElements(scan: Scan): void {
  scan.at++;
  if (skipSpace(scan) === ']') {
    scan.at++;
    return;
  }
  for (;;) {
    readValue(scan);
    const next = skipSpace(scan);
    if (next !== ',' && next !== ']') unexpected(scan, 'after array element');
    scan.at++;
    if (next === ']') return;
  }
}

function readString(scan: Scan): void {
  scan.at++;
  for (let char = scan.text.charAt(scan.at); char !== '"'; char = scan.text.charAt(scan.at)) {
    if (char === '' || char < ' ') unexpected(scan, 'in string literal');
    scan.at++;
    if (char !== '\\') continue;
    const code = scan.text.charAt(scan.at);
    if (code === '' || !'bfnrt\\/"u'.includes(code)) unexpected(scan, 'in string escape code');
    scan.at++;
    for (let i = 0; code === 'u' && i < 4; i++, scan.at++) {
      if (!/[0-9a-fA-F]/.test(scan.text.charAt(scan.at))) unexpected(scan, 'in \\u hexadecimal character escape');
    }
  }
  scan.at++;
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char !== '';

function readDigits(scan: Scan, context: string): void {
  if (!isDigit(scan.text.charAt(scan.at))) unexpected(scan, context);
  while (isDigit(scan.text.charAt(scan.at))) scan.at++;
}

function readNumber(scan: Scan): void {
  if (scan.text.charAt(scan.at) === '-') scan.at++;
  if (scan.text.charAt(scan.at) === '0') scan.at++;
  else readDigits(scan, 'in numeric literal');
  if (scan.text.charAt(scan.at) === '.') {
    scan.at++;
    readDigits(scan, 'after decimal point in numeric literal');
  }
  if (/[eE]/.test(scan.text.charAt(scan.at))) {
    scan.at++;
    if (/[+-]/.test(scan.text.charAt(scan.at))) scan.at++;
    readDigits(scan, 'in exponent of numeric literal');
  }
}
