import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EXIT, Failure, print, table, withProgress } from './output.ts';

test('columns are as wide as their content, and lines end without spaces', () => {
  assert.equal(
    table(
      ['NAME', 'X'],
      [
        ['a', '1'],
        ['longer', ''],
      ],
    ),
    'NAME     X\na        1\nlonger',
  );
  assert.equal(table(['NAME', 'X'], []), 'NAME   X');
  assert.equal(table(['A', 'B'], [['1']]), 'A   B\n1');
});

test('every cell of a column starts where its heading does', () => {
  const cell = fc.stringMatching(/^[a-z0-9]{0,9}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 6 }), (rows) => {
      const headings = ['FIRST', 'SECOND', 'THIRD'];
      const [head = '', ...lines] = table(headings, rows).split('\n');
      assert.equal(lines.length, rows.length);
      for (const [i, heading] of headings.entries()) {
        const at = head.indexOf(heading);
        for (const [row, line] of lines.entries()) {
          const text = rows[row]?.[i] ?? '';
          assert.equal(line.slice(at, at + text.length), text);
          if (at > 0) assert.equal(line.slice(at - 3, at).trim(), '');
        }
      }
    }),
  );
});

test('a value is printed as JSON or as text, with one line end', (t) => {
  const written: string[] = [];
  t.mock.method(process.stdout, 'write', (text: string) => {
    written.push(text);
    return true;
  });
  print({ a: [1] }, true, () => 'never');
  print({ a: 1 }, false, ({ a }) => `a is ${a}`);
  t.mock.restoreAll();
  assert.deepEqual(written, ['{\n  "a": [\n    1\n  ]\n}\n', 'a is 1\n']);
});

test('a failure carries its exit code; 1 unless another is given', () => {
  assert.equal(new Failure('x').exitCode, EXIT.failed);
  assert.equal(new Failure('x', EXIT.usage).exitCode, 2);
  assert.equal(new Set(Object.values(EXIT)).size, 4);
});

test('progress hands through the outcome, good or bad', async () => {
  assert.equal(await withProgress('Waiting', Promise.resolve(7)), 7);
  await assert.rejects(withProgress('Waiting', Promise.reject(new Error('bad'))), /bad/);
});
