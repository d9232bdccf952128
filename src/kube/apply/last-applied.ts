import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { changed, compare } from './compare.ts';
import { difference, type FieldSet } from './field-set.ts';
import { fieldSetOf } from './typed.ts';

/** Where `kubectl apply` without --server-side keeps what it applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Upstream leaves the annotation out rather than exceed all annotations' limit. */
const MAX_BYTES = 256 * 1024;

const annotationsOf = (object: JsonObject): JsonObject => {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return isObject(metadata.annotations) ? metadata.annotations : {};
};

/** The annotation's text, if the object has one. */
export function lastAppliedOf(object: JsonObject): string | undefined {
  const text = annotationsOf(object)[LAST_APPLIED];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The fields of the last client-side apply that still are as applied; undefined where that cannot be told. */
export function ownedByLastApplied(schema: Schema, live: JsonObject, apiVersion: string): FieldSet | undefined {
  const applied = parse(lastAppliedOf(live));
  if (applied?.apiVersion !== apiVersion) return undefined;
  const comparison = compare(schema, applied, live);
  return difference(difference(fieldSetOf(schema, applied), changed(comparison)), comparison.removed);
}

function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json; // checked next
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object with the annotation set to what was applied. */
export function writeLastApplied(object: JsonObject, applied: JsonObject, annotation: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { [annotation]: _, ...others } = annotationsOf(object);
  const text = `${JSON.stringify(sorted(withoutAnnotation(applied, annotation)))}\n`;
  const annotations = text.length > MAX_BYTES ? others : { ...others, [annotation]: text };
  if (annotationsOf(object)[annotation] === annotations[annotation]) return object;
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutAnnotation(applied: JsonObject, annotation: string): JsonObject {
  if (!(annotation in annotationsOf(applied))) return applied;
  const { [annotation]: _, ...annotations } = annotationsOf(applied);
  return { ...applied, metadata: { ...(applied.metadata as JsonObject), annotations } }; // it has annotations
}

/** Keys in order, as Go writes maps. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] as Json)]), // its own keys
  );
}
