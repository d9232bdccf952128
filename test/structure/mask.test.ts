/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases are source text */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mask } from './mask.ts';

const cases: readonly [name: string, text: string, masked: string][] = [
  ['line comment', 'a; // Date.now\nb;', 'a;            \nb;'],
  ['block comment over lines', 'a /* x\ny */ b', 'a     \n     b'],
  ['string with an escaped quote', "f('it\\'s', 1)", "f('     ', 1)"],
  ['template with code inside', '`a${b(`c`)}d`', '` ${b(` `)} `'],
  ['object literal inside a template', '`${{ a: 1 }.a}x`;y', '`${{ a: 1 }.a} `;y'],
  ['regular expression with a quote and a class', "x = /['/]+/g; y", 'x = /     /g; y'],
  ['division', 'a / b / c', 'a / b / c'],
  ['regular expression after return', 'return /"/.test(s)', 'return / /.test(s)'],
  ['division after a call', 'f(a) / g("x")', 'f(a) / g(" ")'],
];

for (const [name, text, masked] of cases) {
  test(`mask: ${name}`, () => {
    assert.equal(mask(text), masked);
    assert.equal(mask(text).length, text.length);
  });
}
