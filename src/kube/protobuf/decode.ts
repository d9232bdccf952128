import type { DraftObject, Json, JsonObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import type { Message, WireField } from './message.ts';
import { messageOf } from './message.ts';
import type { Reader } from './reader.ts';
import { readDouble, readNested, readSigned, readText, readVarint, skipField, WireFault } from './reader.ts';

/** runtime.Unknown behind the magic number: which kind the raw message is. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

const readerOf = (bytes: Uint8Array): Reader => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
  end: bytes.byteLength,
});

/** Runs a callback for every field of a message. A callback that doesn't consume its field returns false. */
function eachField(reader: Reader, visit: (number: number, wireType: number) => boolean): void {
  while (reader.at < reader.end) {
    const tag = readVarint(reader);
    const number = Math.floor(tag / 8);
    if (number === 0) throw new WireFault(`proto: illegal tag 0 (wire type ${tag % 8})`);
    if (!visit(number, tag % 8)) skipField(reader, tag % 8);
  }
}

function guarded<T>(read: () => T): Outcome<T> {
  try {
    return { value: read() };
  } catch (fault) {
    if (fault instanceof WireFault) return { error: fault.message };
    if (fault instanceof SyntaxError) return { error: fault.message };
    throw fault;
  }
}

/** Opens the envelope of a protobuf body. */
export function readEnvelope(body: Uint8Array): Outcome<Envelope> {
  if (body.length === 0) return { error: 'empty data' };
  if (!MAGIC.equals(body.subarray(0, MAGIC.length))) {
    return { error: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]' };
  }
  return guarded(() => {
    const names = { apiVersion: '', kind: '' };
    let raw: Uint8Array = new Uint8Array();
    const reader = readerOf(body.subarray(MAGIC.length));
    eachField(reader, (number, wireType) => {
      if (wireType !== 2 || number > 2) return false;
      const nested = readNested(reader);
      if (number === 2) raw = nested.bytes.subarray(nested.at, nested.end);
      else eachField(nested, (inner) => inner <= 2 && setName(names, inner, nested));
      return true;
    });
    return { ...names, raw };
  });
}

function setName(names: { apiVersion: string; kind: string }, number: number, reader: Reader): boolean {
  const text = readText(reader);
  if (number === 1) names.apiVersion = text;
  else names.kind = text;
  return true;
}

/**
 * A raw message as JSON, zeros included where the wire has them; `decodeValue` brings it into the form that a JSON body has.
 * `name` is the OpenAPI name of the definition, `version` the Kubernetes version whose fields are known.
 */
export function decodeMessage(raw: Uint8Array, name: string, version: string): Outcome<JsonObject> {
  const message = messageOf(name, version);
  if (message === undefined) return { error: `no protobuf message for ${name}` };
  return guarded(() => readMessage(readerOf(raw), message, {}));
}

function readMessage(reader: Reader, message: Message, out: DraftObject): DraftObject {
  while (reader.at < reader.end) {
    const tag = readVarint(reader);
    const field = message.byNumber.get(Math.floor(tag / 8));
    if (field === undefined) skipField(reader, tag % 8);
    else readField(reader, field, tag % 8, out);
  }
  return out;
}

const wireTypes: Readonly<Record<string, number>> = { varint: 0, bool: 0, double: 1 };

function readField(reader: Reader, field: WireField, wireType: number, out: DraftObject): void {
  const expected = wireTypes[field.kind] ?? 2;
  if (wireType === 2 && expected !== 2 && field.repeated) {
    const packed = readNested(reader);
    while (packed.at < packed.end) append(out, field.name, readValue(packed, field));
    return;
  }
  if (wireType !== expected) throw new WireFault(`proto: wrong wireType = ${wireType} for field ${field.name}`);
  if (field.kind === 'embed') readMessage(readNested(reader), messageFor(field), out);
  else if (field.kind === 'map') readEntry(readNested(reader), field, out);
  else if (field.repeated) append(out, field.name, readValue(reader, field));
  else {
    const value = readValue(reader, field);
    if (!field.hidesZero || (value !== '' && value !== 0 && value !== false)) out[field.name] = value;
  }
}

function append(out: DraftObject, name: string, value: Json): void {
  const list = out[name];
  // The list was made by this function and nobody else has it yet.
  if (Array.isArray(list)) (list as Json[]).push(value);
  else out[name] = [value];
}

function messageFor(field: WireField): Message {
  if (field.message === undefined) throw new Error(`field ${field.name} has no message`);
  return field.message();
}

function readEntry(reader: Reader, field: WireField, out: DraftObject): void {
  const valueField = field.value;
  if (valueField === undefined) throw new Error(`map ${field.name} has no value type`);
  let key = '';
  const value: DraftObject = {};
  eachField(reader, (number, wireType) => {
    if (number === 1) key = readText(reader);
    else if (number === 2) readField(reader, valueField, wireType, value);
    return number <= 2;
  });
  const map = isDraft(out[field.name]) ? (out[field.name] as DraftObject) : {};
  Object.defineProperty(map, key, { value: value[''] ?? null, enumerable: true, writable: true, configurable: true });
  out[field.name] = map;
}

const isDraft = (value: Json | undefined): boolean => typeof value === 'object' && value !== null;

function readValue(reader: Reader, field: WireField): Json {
  switch (field.kind) {
    case 'string':
      return readText(reader);
    case 'varint':
      return readSigned(reader);
    case 'bool':
      return readVarint(reader) !== 0;
    case 'double':
      return readDouble(reader);
    case 'message':
      return readMessage(readNested(reader), messageFor(field), {});
    case 'bytes': {
      const { bytes, at, end } = readNested(reader);
      return bytes.toString('base64', at, end);
    }
    default:
      return readSpecial(readNested(reader), field);
  }
}

function readSpecial(reader: Reader, field: WireField): Json {
  switch (field.kind) {
    case 'time':
    case 'microTime':
      return readTime(reader, field.kind);
    case 'intOrString':
      return readIntOrString(reader);
    case 'quantity':
      return firstText(reader) || '0';
    case 'duration':
      return formatDuration(firstVarint(reader));
    case 'strings':
      return texts(reader, 1);
    case 'json':
      return readJson(reader);
    default:
      return readSchemaUnion(reader, field);
  }
}

function firstText(reader: Reader): string {
  let text = '';
  eachField(reader, (number) => {
    if (number === 1) text = readText(reader);
    return number === 1;
  });
  return text;
}

function firstVarint(reader: Reader): number {
  let value = 0;
  eachField(reader, (number) => {
    if (number === 1) value = readSigned(reader);
    return number === 1;
  });
  return value;
}

function texts(reader: Reader, number: number): string[] {
  const out: string[] = [];
  eachField(reader, (found) => found === number && out.push(readText(reader)) > 0);
  return out;
}

/** What RFC 3339 can write: years of four digits. */
const MAX_SECONDS = 253_402_300_799;

/** An empty message is Go's zero time, which JSON writes as null. */
function readTime(reader: Reader, kind: 'time' | 'microTime'): Json {
  if (reader.at === reader.end) return null;
  let seconds = 0;
  let nanos = 0;
  eachField(reader, (number) => {
    if (number === 1) seconds = readSigned(reader);
    else if (number === 2) nanos = readSigned(reader);
    return number <= 2;
  });
  if (Math.abs(seconds) > MAX_SECONDS) throw new WireFault('timestamp out of range');
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  // metav1.Time drops fractions in both directions.
  return kind === 'time' ? `${text}Z` : `${text}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`;
}

function readIntOrString(reader: Reader): Json {
  let type = 0;
  let int = 0;
  let text = '';
  eachField(reader, (number) => {
    if (number === 1) type = readVarint(reader);
    else if (number === 2) int = readSigned(reader);
    else if (number === 3) text = readText(reader);
    return number <= 3;
  });
  return type === 1 ? text : int;
}

/** time.Duration.String: hours, minutes and seconds, or the unit below. */
function formatDuration(nanos: number): string {
  const abs = Math.abs(nanos);
  const sign = nanos < 0 ? '-' : '';
  if (abs === 0) return '0s';
  if (abs < 1e3) return `${sign}${abs}ns`;
  if (abs < 1e6) return `${sign}${abs / 1e3}µs`;
  if (abs < 1e9) return `${sign}${abs / 1e6}ms`;
  const minutes = Math.floor(abs / 6e10);
  const hours = Math.floor(minutes / 60);
  const seconds = `${(abs - minutes * 6e10) / 1e9}s`;
  return `${sign}${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes % 60}m` : ''}${seconds}`;
}

function readJson(reader: Reader): Json {
  const text = firstText(reader);
  return text === '' ? null : (JSON.parse(text) as Json);
}

function readSchemaUnion(reader: Reader, field: WireField): Json {
  const message = messageFor(field);
  let allows = false;
  let schema: Json | undefined;
  const list: Json[] = [];
  const schemaNumber = field.kind === 'schemaOrBool' ? 2 : 1;
  eachField(reader, (number, wireType) => {
    if (number === schemaNumber) schema = readMessage(readNested(reader), message, {});
    else if (number === 1) allows = readVarint(reader) !== 0;
    else if (number === 2) list.push(field.kind === 'schemaOrStrings' ? readText(reader) : readMessage(readNested(reader), message, {}));
    return number <= 2 && wireType < 3;
  });
  return schema ?? (field.kind === 'schemaOrBool' ? allows : list);
}
