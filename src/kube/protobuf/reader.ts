/** Cursor over one protobuf message. */
export interface Reader {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
}

/** A body that is no protobuf of the expected kind; the message is Go's. */
export class WireFault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export function readVarint(reader: Reader): number {
  let result = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    if (reader.at >= reader.end) throw new WireFault('unexpected EOF');
    const byte = reader.bytes[reader.at++] as number; // within bounds, checked above
    // Bit operations are exact for the first four groups; most varints are one byte.
    result += (byte & 0x7f) * scale;
    if (byte < 0x80) return result;
    scale *= 128;
  }
  throw new WireFault('proto: integer overflow');
}

/** A signed integer in two's complement over 64 bits; exact within ±2^53. */
export function readSigned(reader: Reader): number {
  const start = reader.at;
  const value = readVarint(reader);
  if (value < 2 ** 53) return value;
  reader.at = start;
  let wide = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = reader.bytes[reader.at++] as number; // readVarint has been over these bytes
    wide |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return Number(BigInt.asIntN(64, wide));
  }
}

/** The reader of a length-delimited field; moves the outer one behind it. */
export function readNested(reader: Reader): Reader {
  const length = readVarint(reader);
  const at = reader.at;
  if (at + length > reader.end) throw new WireFault('unexpected EOF');
  reader.at += length;
  return { bytes: reader.bytes, at, end: at + length };
}

export function readText(reader: Reader): string {
  const length = readVarint(reader);
  const start = reader.at;
  if (start + length > reader.end) throw new WireFault('unexpected EOF');
  reader.at += length;
  return length === 0 ? '' : reader.bytes.toString('utf8', start, reader.at);
}

export function readDouble(reader: Reader): number {
  if (reader.at + 8 > reader.end) throw new WireFault('unexpected EOF');
  reader.at += 8;
  return reader.bytes.readDoubleLE(reader.at - 8);
}

/** Moves behind a field that nobody knows. */
export function skipField(reader: Reader, wireType: number): void {
  if (wireType === 0) readVarint(reader);
  else if (wireType === 1) reader.at += 8;
  else if (wireType === 2) readNested(reader);
  else if (wireType === 5) reader.at += 4;
  else throw new WireFault(`proto: illegal wireType ${wireType}`);
  if (reader.at > reader.end) throw new WireFault('unexpected EOF');
}
