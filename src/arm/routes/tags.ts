import type { JsonObject } from '../../kernel/json.ts';
import type { ArmCore } from '../arm.ts';
import { checkTags } from '../draft.ts';
import { invalidContent, notFound, refuseFields, resourceNotFound } from '../errors.ts';
import { getResource, saveResource } from '../estate.ts';
import { parseId } from '../ids.ts';
import { objectAt } from '../merge.ts';
import type { Resource } from '../resource.ts';
import type { Route, RouteContext } from '../resource-type.ts';

const PATH = '{scope}/providers/Microsoft.Resources/tags/default';
type Tags = { readonly [name: string]: string };

/** Tags of any scope as a resource of their own. */
export const tagRoutes = (arm: ArmCore): readonly Route[] => [
  {
    method: 'GET',
    path: PATH,
    permission: 'Microsoft.Resources/tags/read',
    run: (context) => ({ status: 200, body: tagsBody(target(context)) }),
  },
  { method: 'PUT', path: PATH, permission: 'Microsoft.Resources/tags/write', run: (context) => change(arm, context, (_old, sent) => sent) },
  {
    method: 'PATCH',
    path: PATH,
    permission: 'Microsoft.Resources/tags/write',
    run(context) {
      const operation = String(context.body['operation'] ?? '').toLowerCase();
      if (operation === 'replace') return change(arm, context, (_old, sent) => sent);
      if (operation === 'merge') return change(arm, context, (old, sent) => ({ ...old, ...sent }));
      if (operation === 'delete')
        return change(arm, context, (old, sent) => Object.fromEntries(Object.entries(old).filter(([name, value]) => sent[name] !== value)));
      throw invalidContent(`The operation '${operation}' is not one of Replace, Merge, Delete.`);
    },
  },
  {
    method: 'DELETE',
    path: PATH,
    permission: 'Microsoft.Resources/tags/delete',
    run: (context) => ({ status: change(arm, context, () => ({})).status }),
  },
];

function target({ reader, scope }: Pick<RouteContext, 'reader' | 'scope'>): Resource {
  const id = parseId(scope);
  if (!id) throw notFound(`'${scope}' is not a scope.`);
  const resource = getResource(reader, scope);
  if (!resource) throw resourceNotFound(id);
  return resource;
}

/** What a type makes of a write follows a change of its tags as well. */
function change(arm: ArmCore, context: RouteContext, next: (old: Tags, sent: Tags) => Tags) {
  const sent = objectAt(objectAt(context.body, 'properties'), 'tags');
  const wrong = checkTags(sent);
  if (wrong.length > 0) throw refuseFields(wrong);
  const changed = context.transact((tx) => {
    const resource = target({ reader: tx, scope: context.scope });
    // checkTags has made sure that values are strings.
    const value: Resource = { ...resource, tags: next(resource.tags ?? {}, sent as Tags) };
    saveResource(tx, value);
    arm.types.get(resource.type.toLowerCase())?.written?.(tx, value, resource);
    return value;
  });
  return { status: 200, body: tagsBody(changed) };
}

const tagsBody = ({ id, tags = {} }: Resource): JsonObject => ({
  id: `${id}/providers/Microsoft.Resources/tags/default`,
  name: 'default',
  type: 'Microsoft.Resources/tags',
  properties: { tags },
});
