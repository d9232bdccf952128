const INITIAL_BYTES = 16 * 1024;

/**
 * Writes a message from its end to its start, as gogo's generated code does: a length is known when it is written, so nothing is
 * measured twice. One buffer serves all messages and grows to the largest; `take` copies the result out.
 */
export interface Writer {
  buffer: Buffer;
  /** First used byte. */
  at: number;
}

export const newWriter = (): Writer => ({ buffer: Buffer.allocUnsafe(INITIAL_BYTES), at: INITIAL_BYTES });

/** Makes room for `size` bytes in front and moves there. */
function reserve(writer: Writer, size: number): void {
  if (writer.at < size) {
    const used = writer.buffer.length - writer.at;
    const grown = Buffer.allocUnsafe(Math.max(writer.buffer.length * 2, used + size + INITIAL_BYTES));
    writer.buffer.copy(grown, grown.length - used, writer.at);
    writer.at = grown.length - used;
    writer.buffer = grown;
  }
  writer.at -= size;
}

/** A copy of what was written since the writer stood at `end`, which it then does again. */
export function take(writer: Writer, end: number): Uint8Array {
  const out = new Uint8Array(writer.buffer.subarray(writer.at, end));
  writer.at = end;
  return out;
}

/** Distance from the end of the buffer: a mark that survives growth. */
export const markOf = (writer: Writer): number => writer.buffer.length - writer.at;

export function putVarint(writer: Writer, value: number): void {
  if (value >= 0 && value < 0x80) {
    reserve(writer, 1);
    writer.buffer[writer.at] = value;
    return;
  }
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
    putWideVarint(writer, BigInt.asUintN(64, BigInt(value)));
    return;
  }
  let size = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) size++;
  reserve(writer, size);
  let rest = value;
  for (let i = 0; i < size; i++) {
    const low = rest % 128;
    rest = (rest - low) / 128;
    writer.buffer[writer.at + i] = i === size - 1 ? low : low | 0x80;
  }
}

function putWideVarint(writer: Writer, value: bigint): void {
  const groups: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 7n) groups.push(Number(rest & 0x7fn));
  reserve(writer, groups.length);
  for (const [i, group] of groups.entries()) writer.buffer[writer.at + i] = i === groups.length - 1 ? group : group | 0x80;
}

/** Wire types: 0 varint, 1 eight bytes, 2 length-delimited. */
export const putTag = (writer: Writer, number: number, wireType: 0 | 1 | 2): void => putVarint(writer, number * 8 + wireType);

export function putDouble(writer: Writer, value: number): void {
  reserve(writer, 8);
  writer.buffer.writeDoubleLE(value, writer.at);
}

export function putBytes(writer: Writer, bytes: Uint8Array): void {
  reserve(writer, bytes.length);
  writer.buffer.set(bytes, writer.at);
}

/** Below this length, writing an ASCII text in JavaScript is faster than a call into the runtime (measured). */
const SHORT_TEXT = 48;

/** Writes a short text if it is ASCII. */
function putShortAscii(writer: Writer, text: string): boolean {
  const { length } = text;
  reserve(writer, length);
  const { buffer, at } = writer;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) {
      writer.at += length;
      return false;
    }
    buffer[at + i] = code;
  }
  return true;
}

/** The bytes of a text with tag and length before them. */
export function putText(writer: Writer, number: number, text: string, encoding: 'utf8' | 'base64' = 'utf8'): void {
  if (encoding === 'utf8' && text.length < SHORT_TEXT && putShortAscii(writer, text)) {
    putVarint(writer, text.length);
    putTag(writer, number, 2);
    return;
  }
  const size = Buffer.byteLength(text, encoding);
  reserve(writer, size);
  writer.buffer.write(text, writer.at, size, encoding);
  putVarint(writer, size);
  putTag(writer, number, 2);
}

/** Closes a nested message that was begun at `mark` (what stands behind it): writes its length and tag. */
export function putNested(writer: Writer, number: number, mark: number): void {
  putVarint(writer, markOf(writer) - mark);
  putTag(writer, number, 2);
}
