import type { Json, JsonObject } from '../../kernel/json.ts';
import { isObject } from '../../kernel/json.ts';
import type { Message, WireField } from './message.ts';
import { messageOf } from './message.ts';
import type { Writer } from './writer.ts';
import { markOf, newWriter, putBytes, putDouble, putNested, putTag, putText, putVarint, take } from './writer.ts';

// Encoding is synchronous and never re-entered, so one writer serves all.
const shared = newWriter();

const MAGIC = new Uint8Array([0x6b, 0x38, 0x73, 0x00]);

function written(write: (writer: Writer) => void): Uint8Array {
  const end = shared.buffer.length;
  shared.at = end;
  write(shared);
  return take(shared, shared.buffer.length);
}

/**
 * The raw message of an object, without envelope: byte for byte what Kubernetes' own code writes. Fields that the release doesn't
 * have are left out. undefined where the definition has no protobuf form (Table, custom resources).
 * `name` is the OpenAPI name of the definition, `version` the Kubernetes version.
 */
export function encodeMessage(value: JsonObject, name: string, version: string): Uint8Array | undefined {
  const message = messageOf(name, version);
  if (message === undefined || message.fields.length === 0) return undefined;
  return written((writer) => putMessage(writer, message, value));
}

/** A raw message as a body of its own: magic number, apiVersion, kind. */
export function encodeEnvelope(raw: Uint8Array, apiVersion: string, kind: string): Uint8Array {
  return written((writer) => putEnvelope(writer, raw, apiVersion, kind));
}

function putEnvelope(writer: Writer, raw: Uint8Array, apiVersion: string, kind: string): void {
  putText(writer, 4, '');
  putText(writer, 3, '');
  putBytes(writer, raw);
  putVarint(writer, raw.length);
  putTag(writer, 2, 2);
  const mark = markOf(writer);
  putText(writer, 2, kind);
  putText(writer, 1, apiVersion);
  putNested(writer, 1, mark);
  putBytes(writer, MAGIC);
}

/** A list as a body, around the raw messages of its items, which stay shared with everybody who encoded them. */
export function encodeList(
  items: readonly Uint8Array[],
  metadata: JsonObject,
  apiVersion: string,
  kind: string,
  version: string,
): Uint8Array {
  const listMeta = messageOf('apimachinery.pkg.apis.meta.v1.ListMeta', version);
  const raw = written((writer) => {
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i] as Uint8Array; // within bounds
      putBytes(writer, item);
      putVarint(writer, item.length);
      putTag(writer, 2, 2);
    }
    const mark = markOf(writer);
    if (listMeta) putMessage(writer, listMeta, metadata);
    putNested(writer, 1, mark);
  });
  return encodeEnvelope(raw, apiVersion, kind);
}

/** A frame of a watch stream: length in four bytes, WatchEvent, and in it the object as a body of its own. */
export function encodeWatchFrame(type: string, object: Uint8Array): Uint8Array {
  return written((writer) => {
    const end = markOf(writer);
    const mark = markOf(writer);
    putBytes(writer, object);
    putVarint(writer, object.length);
    putTag(writer, 1, 2);
    putNested(writer, 2, mark);
    putText(writer, 1, type);
    const length = markOf(writer) - end;
    putBytes(writer, new Uint8Array([length >>> 24, length >>> 16, length >>> 8, length]));
  });
}

function putMessage(writer: Writer, message: Message, value: JsonObject): void {
  const { fields } = message;
  for (let i = fields.length - 1; i >= 0; i--) {
    const field = fields[i] as WireField; // within bounds
    if (field.kind === 'embed') {
      const mark = markOf(writer);
      if (field.message) putMessage(writer, field.message(), value);
      putNested(writer, field.number, mark);
      continue;
    }
    const item = value[field.name];
    if (item === undefined || item === null) {
      if (field.always) putValue(writer, field, null);
    } else if (field.kind === 'map') {
      if (isObject(item)) putMap(writer, field, item);
    } else if (field.repeated) {
      const list = Array.isArray(item) ? (item as readonly Json[]) : [];
      for (let j = list.length - 1; j >= 0; j--) putValue(writer, field, list[j] ?? null);
    } else putValue(writer, field, item);
  }
}

function putMap(writer: Writer, field: WireField, map: JsonObject): void {
  const keys = Object.keys(map).sort();
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string; // within bounds
    const mark = markOf(writer);
    if (field.value) putValue(writer, field.value, map[key] ?? null);
    putText(writer, 1, key);
    putNested(writer, field.number, mark);
  }
}

/** null stands for Go's zero value. */
function putValue(writer: Writer, field: WireField, value: Json): void {
  const { number } = field;
  switch (field.kind) {
    case 'string':
      putText(writer, number, typeof value === 'string' ? value : '');
      return;
    case 'bytes':
      putText(writer, number, typeof value === 'string' ? value : '', 'base64');
      return;
    case 'varint':
      putVarint(writer, typeof value === 'number' ? value : 0);
      putTag(writer, number, 0);
      return;
    case 'bool':
      putVarint(writer, value === true ? 1 : 0);
      putTag(writer, number, 0);
      return;
    case 'double':
      putDouble(writer, typeof value === 'number' ? value : 0);
      putTag(writer, number, 1);
      return;
    default: {
      const mark = markOf(writer);
      if (field.kind === 'message') {
        if (field.message) putMessage(writer, field.message(), isObject(value) ? value : {});
      } else putSpecial(writer, field, value);
      putNested(writer, number, mark);
    }
  }
}

function putInteger(writer: Writer, number: number, value: number): void {
  putVarint(writer, value);
  putTag(writer, number, 0);
}

function putSpecial(writer: Writer, field: WireField, value: Json): void {
  switch (field.kind) {
    case 'time':
    case 'microTime':
      if (typeof value === 'string') putTime(writer, value);
      return;
    case 'quantity':
      putText(writer, 1, typeof value === 'string' ? value : String(value ?? 0));
      return;
    case 'intOrString':
      putText(writer, 3, typeof value === 'string' ? value : '');
      putInteger(writer, 2, typeof value === 'number' ? value : 0);
      putInteger(writer, 1, typeof value === 'string' ? 1 : 0);
      return;
    case 'duration':
      putInteger(writer, 1, typeof value === 'string' ? parseDuration(value) : 0);
      return;
    case 'strings': {
      const list = Array.isArray(value) ? (value as readonly Json[]) : [];
      for (let i = list.length - 1; i >= 0; i--) putText(writer, 1, String(list[i]));
      return;
    }
    case 'json':
      if (value !== null) putText(writer, 1, JSON.stringify(value));
      return;
    default:
      putSchemaUnion(writer, field, value);
  }
}

/** Seconds and nanoseconds since 1970; metav1.Time has no fraction. */
function putTime(writer: Writer, text: string): void {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  putInteger(writer, 2, Number(fraction.padEnd(9, '0').slice(0, 9)));
  putInteger(writer, 1, Math.floor(Date.parse(text) / 1000));
}

const unitNanos: Readonly<Record<string, number>> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, µs: 1e3, us: 1e3, ns: 1 };

/** Nanoseconds of Go's duration text. */
function parseDuration(text: string): number {
  let nanos = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(h|ms|µs|us|ns|m|s)/g)) nanos += Number(amount) * (unitNanos[unit ?? ''] ?? 0);
  return text.startsWith('-') ? -nanos : nanos;
}

function putSchemaUnion(writer: Writer, field: WireField, value: Json): void {
  const schemaNumber = field.kind === 'schemaOrBool' ? 2 : 1;
  const mark = markOf(writer);
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    for (let i = list.length - 1; i >= 0; i--) {
      const itemMark = markOf(writer);
      const item = list[i];
      if (typeof item === 'string') putText(writer, 2, item);
      else {
        if (field.message) putMessage(writer, field.message(), isObject(item) ? item : {});
        putNested(writer, 2, itemMark);
      }
    }
  } else if (isObject(value)) {
    if (field.message) putMessage(writer, field.message(), value);
    putNested(writer, schemaNumber, mark);
  }
  // Go sets `allows` along with a schema.
  if (field.kind === 'schemaOrBool') putInteger(writer, 1, value !== null && value !== false ? 1 : 0);
}
