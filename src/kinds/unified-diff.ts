/** Lines that are the same in both texts: `size` of them, from `a` and from `b` on. */
interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}
/** What a part of one text becomes in the other; the half-open ranges of lines in both. */
interface Change {
  readonly equal: boolean;
  readonly a: number;
  readonly aEnd: number;
  readonly b: number;
  readonly bEnd: number;
}

const CONTEXT = 3;
/** From so many lines on, those that are more than a hundredth of them begin no block. */
const MANY_LINES = 200;

/** Where each line of a text is, but for popular ones (brackets): they say little and cost much. */
function positionsOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  lines.forEach((line, i) => {
    const known = positions.get(line);
    if (known) known.push(i);
    else positions.set(line, [i]);
  });
  if (lines.length < MANY_LINES) return positions;
  const most = Math.floor(lines.length / 100) + 1;
  for (const [line, list] of positions) if (list.length > most) positions.delete(line);
  return positions;
}

/** The longest block of common lines within the ranges, the first of several. */
function longestBlock(
  a: readonly string[],
  b: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
  { a: from, aEnd, b: low, bEnd: high }: Omit<Change, 'equal'>,
): Block {
  let best: Block = { a: from, b: low, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = from; i < aEnd; i++) {
    const next = new Map<number, number>();
    for (const j of positions.get(a[i] as string) ?? []) {
      // i is an index of a
      if (j < low) continue;
      if (j >= high) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: start, b: other, size } = best;
  for (; start > from && other > low && a[start - 1] === b[other - 1]; size++) {
    start--;
    other--;
  }
  while (start + size < aEnd && other + size < high && a[start + size] === b[other + size]) size++;
  return { a: start, b: other, size };
}

function* blocksOf(
  a: readonly string[],
  b: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
  range: Omit<Change, 'equal'>,
): Generator<Block> {
  const block = longestBlock(a, b, positions, range);
  if (block.size === 0) return;
  if (range.a < block.a && range.b < block.b) yield* blocksOf(a, b, positions, { ...range, aEnd: block.a, bEnd: block.b });
  yield block;
  const next = { ...range, a: block.a + block.size, b: block.b + block.size };
  if (next.a < range.aEnd && next.b < range.bEnd) yield* blocksOf(a, b, positions, next);
}

/** The texts as a sequence of what stayed and what changed. */
function changesBetween(a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  const push = (equal: boolean, aEnd: number, bEnd: number): void => {
    const last = changes.at(-1);
    // Blocks may adjoin.
    if (equal && last?.equal) changes[changes.length - 1] = { ...last, aEnd, bEnd };
    else if (i < aEnd || j < bEnd) changes.push({ equal, a: i, aEnd, b: j, bEnd });
    [i, j] = [aEnd, bEnd];
  };
  const whole = { a: 0, aEnd: a.length, b: 0, bEnd: b.length };
  for (const block of blocksOf(a, b, positionsOf(b), whole)) {
    if (i < block.a || j < block.b) push(false, block.a, block.b);
    push(true, block.a + block.size, block.b + block.size);
  }
  push(false, a.length, b.length);
  return changes;
}

/** Changes with the lines around them, those that are near each other together. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  let hunk: Change[] = [];
  for (const [i, change] of changes.entries()) {
    const { equal, a, aEnd, b, bEnd } = change;
    const head = { equal, a, aEnd: Math.min(aEnd, a + CONTEXT), b, bEnd: Math.min(bEnd, b + CONTEXT) };
    const tail = { equal, a: Math.max(a, aEnd - CONTEXT), aEnd, b: Math.max(b, bEnd - CONTEXT), bEnd };
    const isFar = equal && aEnd - a > 2 * CONTEXT;
    if (equal && i === 0) hunk.push(tail);
    else if (equal && i === changes.length - 1) hunk.push(head);
    else if (!isFar) hunk.push(change);
    else {
      hunks.push([...hunk, head]);
      hunk = [tail];
    }
  }
  return hunk.some(({ equal }) => !equal) ? [...hunks, hunk] : hunks;
}

const range = (start: number, end: number): string => {
  if (end - start === 1) return String(start + 1);
  return `${end === start ? start : start + 1},${end - start}`;
};

/**
 * How two texts, given as lines, differ: "" where they don't. As Python's difflib and Go's pmezard/go-difflib tell it, three lines
 * around each change and no file names.
 */
export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  const marked = (mark: string, lines: readonly string[]): string => lines.map((line) => `${mark}${line}\n`).join('');
  return hunksOf(changesBetween(a, b))
    .map((hunk) => {
      const [first, last] = [hunk[0] as Change, hunk.at(-1) as Change]; // no hunk is empty
      const lines = hunk.map((change) =>
        change.equal
          ? marked(' ', a.slice(change.a, change.aEnd))
          : marked('-', a.slice(change.a, change.aEnd)) + marked('+', b.slice(change.b, change.bEnd)),
      );
      return `@@ -${range(first.a, last.aEnd)} +${range(first.b, last.bEnd)} @@\n${lines.join('')}`;
    })
    .join('');
}
