import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import type { ArmCore } from '../arm.ts';
import { locationRule, scopeOfType } from '../draft.ts';
import { refuse, resourceNotFound } from '../errors.ts';
import { compileFilter } from '../filter.ts';
import { collectionOf, groupOf, keyOf, parseId } from '../ids.ts';
import type { Resource } from '../resource.ts';
import type { ActionResult, ResourceType, Route, RouteContext } from '../resource-type.ts';

const PAGE = 1_000;

/** Lists of resources of any type, in a subscription or a group. */
export const resourceListRoutes = (arm: ArmCore): readonly Route[] =>
  ['/subscriptions/{subscription}/resources', '/subscriptions/{subscription}/resourceGroups/{group}/resources'].map((path) => ({
    method: 'GET',
    path,
    // The list shows what the caller may read, which may be nothing at all.
    permission: undefined,
    run: (context) => list(arm, context),
  }));

/** ARM tracks what has a location; children and extension resources are their provider's own. */
const isTracked = (type: ResourceType): boolean =>
  scopeOfType(type) === 'resourceGroup' && (locationRule(type) !== 'none' || type.name.split('/').length === 2);

function list(arm: ArmCore, context: RouteContext): ActionResult {
  const { reader, query, caller, scope } = context;
  const parsed = parseId(scope);
  if (parsed && !reader.get(collectionOf(parsed.type), parsed.key)) throw resourceNotFound(parsed);
  const filter = compileFilter(query.get('$filter') ?? '');
  const top = Number(query.get('$top') ?? PAGE);
  if (!Number.isInteger(top) || top < 1) throw refuse(400, 'InvalidQueryParameter', `The value of $top must be a positive integer.`);
  const after = query.get('$skiptoken') ?? '';
  const expand = new Set((query.get('$expand') ?? '').split(',').map((part) => part.trim().toLowerCase()));
  const limit = Math.min(top, PAGE);
  const found: Resource[] = [];
  for (const resource of tracked(arm, reader, scope)) {
    if (keyOf(resource.id) <= after || !filter(fieldsOf(resource))) continue;
    if (!arm.allowed(reader, caller, `${resource.type}/read`, resource.id)) continue;
    found.push(resource);
    if (found.length > limit) break;
  }
  const more = found.length > limit;
  const page = more ? found.slice(0, limit) : found;
  const next = new URLSearchParams(query);
  next.set('$skiptoken', keyOf(page.at(-1)?.id ?? ''));
  return {
    status: 200,
    body: { value: page.map((resource) => body(resource, expand)), ...(more && { nextLink: context.url(`${scope}/resources?${next}`) }) },
  };
}

/** In the order of their ids, which is that of pages. */
const tracked = (arm: ArmCore, reader: Reader, scope: string): Resource[] =>
  [...arm.types.values()]
    .filter(isTracked)
    .flatMap((type) => reader.list<Resource>(collectionOf(type.name), { prefix: `${keyOf(scope)}/` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((entry) => entry.value);

const fieldsOf =
  (resource: Resource) =>
  (field: string): string | undefined => {
    if (field.startsWith('tags/')) return tagOf(resource, field.slice('tags/'.length));
    switch (field) {
      case 'resourcetype':
        return resource.type;
      case 'resourcegroup':
        return groupOf(resource.id).resourceGroup;
      case 'name':
        return resource.name;
      case 'location':
        return resource.location;
      case 'tagname':
        return Object.keys(resource.tags ?? {}).join('\n');
      case 'tagvalue':
        return Object.values(resource.tags ?? {}).join('\n');
      case 'identity/principalid':
        return resource.identity?.principalId;
      default:
        return undefined;
    }
  };

/** Value of a tag; names of tags compare without case. */
const tagOf = ({ tags = {} }: Resource, name: string): string | undefined =>
  Object.entries(tags).find(([key]) => key.toLowerCase() === name)?.[1];

function body(resource: Resource, expand: ReadonlySet<string>): JsonObject {
  const { id, name, type, location, kind, sku, tags, identity, managedBy, zones, plan } = resource;
  const { createdAt, lastModifiedAt } = resource.systemData;
  return {
    id,
    name,
    type,
    ...(location !== undefined && { location }),
    ...(kind !== undefined && { kind }),
    ...(sku && { sku }),
    ...(tags && { tags }),
    ...(identity && { identity }),
    ...(managedBy !== undefined && { managedBy }),
    ...(zones && { zones }),
    ...(plan && { plan }),
    ...(expand.has('createdtime') && { createdTime: createdAt }),
    ...(expand.has('changedtime') && { changedTime: lastModifiedAt }),
    ...(expand.has('provisioningstate') && { provisioningState: resource.provisioningState }),
  };
}
