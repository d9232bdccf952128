import { keyOf } from '../../arm/ids.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Reference } from '../../arm/resource-type.ts';
import type { DraftObject, Json, JsonObject } from '../../kernel/json.ts';

/**
 * Parts of a network resource (a load balancer's frontends, rules, probes) that have ids but are written with their owner alone:
 * shown with id, type and provisioning state. `extend` adds what is derived.
 */
export function showParts(
  owner: Resource,
  properties: JsonObject,
  list: string,
  extend: (part: JsonObject, id: string) => JsonObject = (part) => part,
): Json {
  return objectsAt(properties, list).map((part) => {
    const id = `${owner.id}/${list}/${textAt(part, 'name')}`;
    const shown = extend(part, id);
    return {
      ...shown,
      id,
      type: `${owner.type}/${list}`,
      properties: { provisioningState: 'Succeeded', ...objectAt(shown, 'properties') },
    };
  });
}

/** The id that a link `{ id }` names, "" when there is none. */
export const linkedId = (value: JsonObject, member: string): string => textAt(objectAt(value, member), 'id');

/** A reference for a link that is there, to something outside the draft itself. */
export function link(draft: Draft, value: JsonObject, member: string, path: string, linkedAction?: string): Reference[] {
  const id = linkedId(value, member);
  if (!id || keyOf(id).startsWith(`${keyOf(draft.id)}/`)) return [];
  return [{ path: `${path}.${member}.id`, id, ...(linkedAction && { linkedAction }) }];
}

/** `{ id }` links as Azure lists them; the member is left out when there are none. */
export const backLinks = (member: string, ids: readonly string[]): DraftObject =>
  ids.length > 0 ? { [member]: ids.map((id) => ({ id })) } : {};
