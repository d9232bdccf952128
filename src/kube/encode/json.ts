import type { Entry } from '../../kernel/collection.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { jsonText } from '../../kernel/json-text.ts';
import type { KubeObject } from '../object.ts';
import type { ServedResource } from '../registry/registry.ts';
import { EntryCache } from './entry-cache.ts';

const answers = new EntryCache();

/** A stored object as GET answers with it, a line of JSON. Made once per entry and served version while the cache has room. */
export const encodedObject = (entry: Entry<KubeObject>, resource: ServedResource): Buffer =>
  answers.get(entry, resource, () => {
    const object = served(entry.value, resource);
    const tail = object === entry.value ? tailOfText(object, entry.revision) : undefined;
    return `${headOf(resource).text}${tail ?? tailText(object, entry.revision)}\n`;
  });

/**
 * The same from its metadata on: `"metadata":{…},"spec":{…}}`. Lists leave out what comes before, and with a watch the event goes in
 * front of it, so that one buffer serves GET, LIST and every watcher.
 */
export function encodedTail(entry: Entry<KubeObject>, resource: ServedResource): Buffer {
  const whole = encodedObject(entry, resource);
  return whole.subarray(objectHead(resource).length, whole.length - 1);
}

/** The object in the shape of a served version. */
export const served = (object: KubeObject, { version, apiVersion, kind }: ServedResource): KubeObject => {
  const shaped = version.fromStored?.(object) ?? object;
  return shaped.apiVersion === apiVersion ? shaped : { ...shaped, apiVersion, kind: kind.kind };
};

/** A tail without a cache: for dry runs, deletions and objects with computed fields. */
export const encodeTail = (object: KubeObject, revision: number | undefined): Buffer => Buffer.from(tailText(object, revision));

function tailText(object: KubeObject, revision: number | undefined): string {
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  return JSON.stringify({ metadata: shownMetadata(metadata, revision), ...rest }).slice(1);
}

/**
 * The tail cut out of the object's own text, which the journal has just made. Undefined where the fields do not lie as the write path
 * leaves them: kind and apiVersion, then metadata, in which only texts come before generation or creationTimestamp. Texts cannot hold
 * the name of a field with its quotes, so that the first occurrence is the field.
 */
function tailOfText(object: KubeObject, revision: number): string | undefined {
  const [first, second, third] = Object.keys(object);
  const isInOrder = (first === 'apiVersion' && second === 'kind') || (first === 'kind' && second === 'apiVersion');
  if (!isInOrder || third !== 'metadata') return undefined;
  for (const key in object.metadata) {
    if (key === 'generation' || key === 'creationTimestamp') {
      const text = jsonText(object);
      const start = text.indexOf('"metadata":{');
      const place = text.indexOf(`"${key}":`, start);
      return `${text.slice(start, place)}"resourceVersion":"${revision}",${text.slice(place)}`;
    }
    if (typeof object.metadata[key as keyof KubeObject['metadata']] !== 'string') return undefined;
  }
  return undefined;
}

/** Metadata with resourceVersion in its place, which the store never holds; none for revision 0, of what is not stored. */
export function shownMetadata(metadata: KubeObject['metadata'], revision: number | undefined): JsonObject {
  if (!revision) return metadata;
  const shown: { [key: string]: Json } = {};
  for (const key of Object.keys(metadata)) {
    if (key === 'generation' || key === 'creationTimestamp') shown.resourceVersion ??= String(revision);
    // Keys come from the object itself; its values are JSON.
    shown[key] = (metadata as unknown as JsonObject)[key] as Json;
  }
  shown.resourceVersion ??= String(revision);
  return shown;
}

/** An object as JSON values, with its resourceVersion. */
export const shownObject = (object: KubeObject, revision: number | undefined): JsonObject => {
  const { apiVersion, kind, metadata, ...rest } = object;
  return { kind, apiVersion, metadata: shownMetadata(metadata, revision), ...rest };
};

interface Head {
  readonly text: string;
  readonly bytes: Buffer;
}
const heads = new WeakMap<ServedResource, Head>();

function headOf(resource: ServedResource): Head {
  const known = heads.get(resource);
  if (known) return known;
  const text = `{"kind":${JSON.stringify(resource.kind.kind)},"apiVersion":${JSON.stringify(resource.apiVersion)},`;
  const head = { text, bytes: Buffer.from(text) };
  heads.set(resource, head);
  return head;
}

/** `{"kind":"Pod","apiVersion":"v1",`, which a tail completes. */
export const objectHead = (resource: ServedResource): Buffer => headOf(resource).bytes;
