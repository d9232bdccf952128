import { type FieldError, invalid, required } from '../kernel/field-error.ts';
import { type DraftObject, equal, isObject, type Json, type JsonObject } from '../kernel/json.ts';
import { validateIdentity } from './identity.ts';
import { type ParsedId, RESOURCE_GROUP_TYPE } from './ids.ts';
import { findLocation, LOCATIONS, normalizeLocation } from './locations.ts';
import { at, mergePatch, without, withoutNulls } from './merge.ts';
import type { Draft, Envelope, Resource } from './resource.ts';
import type { Body, InlineChild, ResourceType } from './resource-type.ts';
import { accept } from './versions/accept.ts';
import { check } from './versions/check.ts';
import { maskOf } from './versions/mask.ts';
import { preserve } from './versions/preserve.ts';

/** How a body becomes a draft: as PUT of the type, or as PATCH onto what is stored. */
export type WriteMode = 'put' | 'patch';

const ENVELOPE = ['location', 'tags', 'identity', 'sku', 'kind', 'zones', 'managedBy', 'plan', 'extendedLocation'] as const;

/** Where a type lives when its declaration does not say. */
export const scopeOfType = (type: ResourceType): NonNullable<ResourceType['scope']> =>
  type.scope ?? (type.name.split('/').length > 2 ? 'parent' : 'resourceGroup');
export const locationRule = (type: ResourceType): NonNullable<ResourceType['location']> =>
  type.location ?? (scopeOfType(type) === 'resourceGroup' ? 'required' : 'none');

/**
 * What the resource is to become: the body laid onto nothing, or onto what is stored, as the type says. Null means absent. The body is
 * read as the api-version has it; without one, as the service itself does.
 */
export function buildDraft(
  type: ResourceType,
  id: ParsedId,
  body: Body,
  previous: Resource | undefined,
  mode: WriteMode,
  apiVersion: string | undefined,
): Draft {
  const keep = mode === 'patch' || type.put === 'preserve';
  const envelope: DraftObject = {};
  for (const name of ENVELOPE) {
    const sent = (body as JsonObject)[name];
    const stored = (previous as JsonObject | undefined)?.[name];
    const value = mode === 'patch' && isObject(sent) && isObject(stored) && name !== 'tags' ? mergePatch(stored, sent) : sent;
    if (value !== undefined && value !== null) envelope[name] = value;
    else if (keep && stored !== undefined && value === undefined) envelope[name] = stored;
  }
  if (type.identity && previous?.identity && envelope['identity'] === undefined && body.identity === undefined)
    envelope['identity'] = previous.identity;
  const rule = locationRule(type);
  if (rule === 'none') delete envelope['location'];
  else if (typeof envelope['location'] === 'string') envelope['location'] = normalizeLocation(envelope['location']);
  return {
    ...(envelope as Envelope),
    id: previous?.id ?? id.id,
    name: previous?.name ?? id.name,
    type: type.name,
    properties: draftProperties(type, body, previous, mode, apiVersion),
  };
}

function draftProperties(
  type: ResourceType,
  body: Body,
  previous: Resource | undefined,
  mode: WriteMode,
  apiVersion: string | undefined,
): JsonObject {
  if (mode === 'patch' && type.patch !== 'merge') return previous?.desired ?? {};
  const mask = maskOf(type.name, apiVersion);
  let sent: JsonObject = mask ? accept(mask, body.properties ?? {}) : (body.properties ?? {});
  for (const path of ['provisioningState', ...(type.readOnly ?? []), ...(type.children ?? []).map((child) => child.property)])
    sent = without(sent, path);
  if (!previous || (mode === 'put' && type.put !== 'preserve')) return withoutNulls(sent);
  return mask && mode === 'put' ? preserve(mask, previous.desired, sent) : mergePatch(previous.desired, sent);
}

const ENVELOPE_TEXTS = ['identity.type', 'sku.name', 'sku.tier', 'sku.size', 'sku.family'];
const isObjectOrNull = (value: Json): boolean => value === null || isObject(value);

/** Shape of the body itself, before anything is built from it. */
export function checkBody(type: ResourceType, body: JsonObject, apiVersion: string | undefined, path = ''): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (name: string, kind: string): void => {
    errors.push({
      ...invalid(path + name, at(body, name), `The property '${path}${name}' must be ${kind}.`),
      code: 'InvalidRequestContent',
    });
  };
  for (const name of ['properties', 'identity', 'sku', 'plan', 'tags'])
    if (body[name] !== undefined && body[name] !== null && !isObject(body[name])) wrong(name, 'an object');
  for (const name of ['location', 'kind', 'managedBy'])
    if (body[name] !== undefined && body[name] !== null && typeof body[name] !== 'string') wrong(name, 'a string');
  const zones = body['zones'];
  if (zones !== undefined && zones !== null && !(Array.isArray(zones) && zones.every((zone) => typeof zone === 'string')))
    wrong('zones', 'an array of strings');
  for (const member of ENVELOPE_TEXTS) {
    const value = at(body, member);
    if (value !== undefined && value !== null && typeof value !== 'string') wrong(member, 'a string');
  }
  const capacity = at(body, 'sku.capacity');
  if (capacity !== undefined && capacity !== null && !Number.isInteger(capacity)) wrong('sku.capacity', 'an integer');
  const assigned = at(body, 'identity.userAssignedIdentities');
  if (assigned !== undefined && assigned !== null && !(isObject(assigned) && Object.values(assigned).every(isObjectOrNull)))
    wrong('identity.userAssignedIdentities', 'an object of objects');
  const mask = maskOf(type.name, apiVersion);
  if (mask && isObject(body['properties'])) errors.push(...check(mask, body['properties'], `${path}properties`));
  return [...errors, ...checkTags(body['tags'])];
}

/** Limits of Azure Resource Manager on tags. */
const TAGS_MAX = 50;
const TAG_NAME_MAX = 512;
const TAG_VALUE_MAX = 256;

export function checkTags(tags: Json | undefined): FieldError[] {
  if (!isObject(tags)) return [];
  const errors: FieldError[] = [];
  const fail = (value: Json, detail: string, code: string): void => {
    errors.push({ ...invalid('tags', value, detail), code });
  };
  if (Object.keys(tags).length > TAGS_MAX) fail(null, `The maximum number of tags is ${TAGS_MAX}.`, 'InvalidTagCount');
  for (const [name, value] of Object.entries(tags)) {
    if (name === '' || name.length > TAG_NAME_MAX || /[<>%&\\?/]/.test(name))
      fail(name, `The tag name '${name}' is invalid.`, 'InvalidTagName');
    if (value !== null && typeof value !== 'string') fail(value, `The value of tag '${name}' must be a string.`, 'InvalidRequestContent');
    else if ((value ?? '').length > TAG_VALUE_MAX)
      fail(value, `The value of tag '${name}' exceeds ${TAG_VALUE_MAX} characters.`, 'InvalidTagValue');
  }
  return errors;
}

/** Checks that every type shares, then the type's own. */
export function validateDraft(type: ResourceType, draft: Draft, previous: Resource | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const rule = type.nameRule;
  if (!previous && rule && !rule.pattern.test(draft.name))
    errors.push({ ...invalid('name', draft.name, `Resource name ${draft.name} is invalid. ${rule.detail}`), code: 'InvalidResourceName' });
  errors.push(...validateLocation(type, draft), ...(type.identity ? validateIdentity(draft.identity) : []));
  if (previous) errors.push(...changedImmutables(type, draft, previous));
  return [...errors, ...(type.validate?.(draft, previous) ?? [])];
}

function validateLocation(type: ResourceType, draft: Draft): FieldError[] {
  const rule = locationRule(type);
  if (draft.location === undefined)
    return rule === 'required'
      ? [{ ...required('location', 'The location property is required for this definition.'), code: 'LocationRequired' }]
      : [];
  if (rule === 'global' && draft.location === 'global') return [];
  if (rule === 'none' || findLocation(draft.location)) return [];
  return [notAvailable(type, draft.location)];
}

function notAvailable({ name }: ResourceType, location: string): FieldError {
  const [what, code, list] =
    name === RESOURCE_GROUP_TYPE
      ? ['resource group', 'LocationNotAvailableForResourceGroup', 'List of available regions']
      : [`resource type '${name}'`, 'LocationNotAvailableForResourceType', 'List of available regions for the resource type'];
  const regions = LOCATIONS.map((region) => region.name).join(',');
  return {
    ...invalid('location', location, `The provided location '${location}' is not available for ${what}. ${list} is '${regions}'.`),
    code,
  };
}

function changedImmutables(type: ResourceType, draft: Draft, previous: Resource): FieldError[] {
  const before: JsonObject = { ...(previous as JsonObject), properties: previous.desired };
  return (type.immutable ?? []).flatMap((path): FieldError[] => {
    const old = at(before, path);
    const now = at(draft as JsonObject, path);
    if (old === undefined || equal(old, now)) return [];
    return [{ ...invalid(path, now, `Changing property '${path}' is not allowed.`), code: 'PropertyChangeNotAllowed' }];
  });
}

/** Entries of an inline child property as bodies with their names; undefined when the body does not speak of them. */
export function inlineBodies(
  child: InlineChild,
  properties: JsonObject | undefined,
): { name: string; body: Body; index: number }[] | undefined {
  const list = properties?.[child.property];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return [];
  return list.map((entry: Json, index: number) => {
    const { name, ...members } = isObject(entry) ? entry : {};
    const { id: _id, type: _type, etag: _etag, ...envelope } = members;
    // A flattened entry's other members are all properties, "type" included. Parts of an envelope are checked by the child's own rules.
    const body = (child.shape === 'flattened' ? { properties: members } : envelope) as Body;
    return { name: typeof name === 'string' ? name : '', body, index };
  });
}
