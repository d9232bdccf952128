import type { Entry } from '../kernel/collection.ts';
import { type DraftObject, isObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';
import { collectionOf, keyOf } from './ids.ts';
import { overlay, without } from './merge.ts';
import type { Resource } from './resource.ts';
import type { InlineChild, ResourceType } from './resource-type.ts';
import { maskOf } from './versions/mask.ts';
import { show } from './versions/show.ts';

type Types = ReadonlyMap<string, ResourceType>;

/** The resource as a GET in an api-version shows it. */
export function renderVersion(types: Types, reader: Reader, entry: Entry<Resource>, apiVersion: string, id = entry.value.id): JsonObject {
  const shown = renderResource(types, reader, entry, id);
  const mask = maskOf(entry.value.type, apiVersion);
  const properties = shown['properties'];
  return mask && isObject(properties) ? { ...shown, properties: show(mask, properties) } : shown;
}

interface Rendered {
  readonly revision: number;
  readonly apiVersion: string;
  readonly id: string;
  readonly text: string;
}

/** Per world, since forks share entries and count on from the same revision. */
const rendered = new WeakMap<Reader, WeakMap<Entry<Resource>, Rendered>>();

/**
 * renderVersion as JSON text, kept with the entry for as long as nothing in the world changes: a rendering reads nothing but the
 * world's state, and clients that wait for something ask for the same resource again and again.
 */
export function renderText(types: Types, reader: Reader, entry: Entry<Resource>, apiVersion: string, id: string): string {
  const ofWorld = rendered.get(reader) ?? new WeakMap<Entry<Resource>, Rendered>();
  rendered.set(reader, ofWorld);
  const { revision } = reader;
  const known = ofWorld.get(entry);
  if (known?.revision === revision && known.apiVersion === apiVersion && known.id === id) return known.text;
  const text = JSON.stringify(renderVersion(types, reader, entry, apiVersion, id));
  ofWorld.set(entry, { revision, apiVersion, id, text });
  return text;
}

const guidOf = (revision: number): string => `00000000-0000-4000-8000-${revision.toString(16).padStart(12, '0')}`;
/** Etag of a revision, as the member of that name shows it: a weak GUID in `etag`, a bare one in AKS's `eTag`. */
export const etagOf = (revision: number, member: 'etag' | 'eTag'): string =>
  member === 'eTag' ? guidOf(revision) : `W/"${guidOf(revision)}"`;
/** Revision that an etag names; undefined for one that we never gave. */
export const revisionOf = (etag: string): number | undefined => {
  const match = /^(?:W\/)?"?00000000-0000-4000-8000-([0-9a-f]{12})"?$/.exec(etag.trim());
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 16);
};
/** Etag of a stored resource; "" when it is gone. */
export function currentEtag(reader: Reader, resource: Resource, member: 'etag' | 'eTag'): string {
  const entry = reader.get(collectionOf(resource.type), keyOf(resource.id));
  return entry ? etagOf(entry.revision, member) : '';
}

/** The resource as the service itself sees it; `id` overrides the stored spelling by the caller's. Cost: O(its inline children). */
export function renderResource(types: Types, reader: Reader, entry: Entry<Resource>, id = entry.value.id): JsonObject {
  const resource = entry.value;
  const type = types.get(resource.type.toLowerCase());
  const { name, location, kind, sku, tags, identity, zones, managedBy, plan, extendedLocation } = resource;
  const shown: DraftObject = { id, name, type: resource.type };
  if (type?.etag) shown[type.etag] = etagOf(entry.revision, type.etag);
  Object.assign(shown, defined({ location, kind, sku, tags, identity, zones, managedBy, plan, extendedLocation }));
  if (type?.topLevel) Object.assign(shown, type.topLevel(resource));
  for (const part of type?.nullWhenAbsent ?? []) shown[part] ??= null;
  shown['properties'] = renderProperties(types, reader, resource);
  return shown;
}

/** `properties` alone: desired, observed and children merged, then the type's last step. */
export function renderProperties(types: Types, reader: Reader, resource: Resource): JsonObject {
  const type = types.get(resource.type.toLowerCase());
  const merged: DraftObject = type?.stateless ? {} : { provisioningState: resource.provisioningState };
  Object.assign(merged, overlay(resource.desired, resource.observed));
  for (const child of type?.children ?? []) merged[child.property] = renderChildren(types, reader, resource.id, child);
  const shown = (type?.writeOnly ?? []).reduce<JsonObject>(without, merged);
  return type?.render ? type.render(shown, resource, reader) : shown;
}

function renderChildren(types: Types, reader: Reader, parent: string, child: InlineChild): Json {
  return reader
    .list<Resource>(collectionOf(child.type), { prefix: `${keyOf(parent)}/` })
    .sort((a, b) => a.createdRevision - b.createdRevision)
    .map((entry) =>
      child.shape === 'resource'
        ? renderResource(types, reader, entry)
        : { name: entry.value.name, ...renderProperties(types, reader, entry.value) },
    );
}

const defined = (parts: { readonly [name: string]: Json | undefined }): { [name: string]: Json } => {
  const kept: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) kept[name] = value;
  return kept;
};
