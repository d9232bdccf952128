import type { Entry } from '../../kernel/collection.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { KubeObject } from '../object.ts';
import { encodeEnvelope, encodeMessage, encodeWatchFrame } from '../protobuf/encode.ts';
import type { ServedResource } from '../registry/registry.ts';
import { notAcceptable } from '../status.ts';
import { EntryCache } from './entry-cache.ts';
import { served, shownObject } from './json.ts';

const messages = new EntryCache();

/** The raw message of a stored entry in a served version; made once while the cache has room. */
export const storedMessage = (entry: Entry<KubeObject>, resource: ServedResource, version: string): Uint8Array =>
  messages.get(entry, resource, () =>
    encodedMessage(shownObject(served(entry.value, resource), entry.revision), resource.schema.name ?? '', version),
  );

/** The raw message of an object. Throws 406 for what has no protobuf form. `definition` is the OpenAPI name of its type. */
export function encodedMessage(object: JsonObject, definition: string, version: string): Uint8Array {
  const raw = encodeMessage(object, definition, version);
  if (!raw) throw notAcceptable('only the following media types are accepted: application/json, application/yaml');
  return raw;
}

/** An event of a protobuf watch stream around an object's raw message. */
export const protobufFrame = (type: string, raw: Uint8Array, apiVersion: string, kind: string): Uint8Array =>
  encodeWatchFrame(type, encodeEnvelope(raw, apiVersion, kind));
