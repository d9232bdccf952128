import type { JsonObject } from '../../kernel/json.ts';
import { tableNotAcceptable } from '../pipeline/negotiate.ts';
import { encodeEnvelope, encodeMessage, encodeWatchFrame } from '../protobuf/encode.ts';

/** The raw message of an object. Throws 406 for what has no protobuf form. `definition` is the OpenAPI name of its type. */
export function encodedMessage(object: JsonObject, definition: string, version: string): Uint8Array {
  const raw = encodeMessage(object, definition, version);
  if (!raw) throw tableNotAcceptable();
  return raw;
}

/** An event of a protobuf watch stream around an object's raw message. */
export const protobufFrame = (type: string, raw: Uint8Array, apiVersion: string, kind: string): Uint8Array =>
  encodeWatchFrame(type, encodeEnvelope(raw, apiVersion, kind));
