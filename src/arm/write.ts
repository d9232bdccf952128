import type { FieldError } from '../kernel/field-error.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { refuseWhileBusy, refuseWhileHeld } from './busy.ts';
import { buildDraft, checkBody, inlineBodies, locationRule, scopeOfType, validateDraft, type WriteMode } from './draft.ts';
import {
  duplicateChild,
  groupBeingDeleted,
  invalidResourceType,
  otherGroupLocation,
  otherLocation,
  parentNotFound,
  preconditionFailed,
  refuse,
  refuseFields,
  resourceNotFound,
} from './errors.ts';
import { getResource, listResources, saveResource, startOperation } from './estate.ts';
import { ASSIGN_IDENTITY, assignedIdentities, resolveIdentity, syncPrincipal } from './identity.ts';
import { childId, collectionOf, groupId, keyOf, type ParsedId, parseId, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from './ids.ts';
import { durationMs } from './profile.ts';
import { removeResource } from './remove.ts';
import type { Draft, Operation, Resource, SystemData } from './resource.ts';
import {
  type Arm,
  type Body,
  type Caller,
  type Directory,
  type Put,
  type PutOptions,
  type Reference,
  Refusal,
  type ResourceType,
  type WriteContext,
} from './resource-type.ts';

/** What a write needs beside the transaction. `allowed` decides linked access; absent: everything is allowed. */
export interface WriteSetup {
  readonly arm: Arm;
  readonly directory: Directory;
  readonly allowed: (tx: Transaction, caller: Caller, action: string, scope: string) => boolean;
}

/** One resource of the set that a request writes together: the addressed one first, its inline children after it. */
interface Item {
  readonly type: ResourceType;
  readonly draft: Draft;
  readonly previous: Resource | undefined;
  /** Where the item's fields stand in the request body: "" or `properties.subnets[0].`. */
  readonly path: string;
}

/** Writes a resource with its inline children and its operation; takes everything back when it refuses. */
export function writeResource(setup: WriteSetup, tx: Transaction, id: string, body: Body, mode: WriteMode, options: PutOptions): Put {
  const firstChange = tx.changes.length;
  try {
    return write(setup, tx, id, body, mode, options);
  } catch (error) {
    // The transaction may be a controller's, which goes on after a refusal: what was written until here is put back.
    for (const change of tx.changes.slice(firstChange).toReversed())
      if (change.previous) tx.put(change.collection, change.key, change.previous.value);
      else tx.delete(change.collection, change.key);
    throw error;
  }
}

function write(setup: WriteSetup, tx: Transaction, id: string, body: Body, mode: WriteMode, options: PutOptions): Put {
  const { arm } = setup;
  const parsed = parseId(id);
  const type = parsed && arm.types.get(parsed.type.toLowerCase());
  if (!parsed || !type) throw invalidResourceType(parsed?.type ?? id, parsed?.namespace ?? '');
  checkContainers(arm, tx, type, parsed);
  const shape = checkBody(type, body as JsonObject, options.apiVersion);
  if (shape.length > 0) throw refuseFields(shape);
  const entry = tx.get<Resource>(collectionOf(type.name), parsed.key);
  const previous = entry?.value;
  if (options.expected === 'absent' && previous)
    throw preconditionFailed(`The resource '${parsed.id}' exists already.`, type.preconditionCode);
  if (typeof options.expected === 'number' && entry?.revision !== options.expected)
    throw preconditionFailed(undefined, type.preconditionCode);
  if (options.caller) refuseWhileHeld(arm, tx, parsed, previous);

  const context: WriteContext = {
    reader: tx,
    random: tx.random,
    nowMs: tx.nowMs,
    tenantId: arm.tenantId,
    ...(options.caller && { caller: options.caller }),
    ...(options.apiVersion && { apiVersion: options.apiVersion }),
  };
  const canonical = { ...parsed, id: previous?.id ?? canonicalId(arm, parsed) };
  const items = collectItems(arm, tx, context, type, canonical, body, mode, '');
  const [main, ...inline] = items;
  if (!main) throw new Error('a write without an item');
  if (options.caller) for (const item of inline) if (item.previous) refuseWhileBusy(tx, item.type, item.previous);
  checkSameLocation(main);
  const errors = items.flatMap((item) => at(item.path, validateDraft(item.type, item.draft, item.previous)));
  if (errors.length > 0) throw refuseFields(errors);

  const operation = beginOperation(tx, items, main, options);
  const written = items.map((item) => writeItem(setup, tx, context, item, operation, options));
  removeLeftOut(setup, tx, type, canonical.id, body);
  const refused = items.flatMap((item) => at(item.path, admitItem(setup, tx, context, item, options)));
  if (refused.length > 0) throw refuseFields(refused);
  items.forEach((item, i) => {
    item.type.written?.(tx, written[i] as Resource, item.previous); // one resource was written per item
  });
  const resource = getResource(tx, canonical.id);
  if (!resource) throw new Error(`${canonical.id} vanished while it was written`);
  return { resource, created: !previous, ...(operation && { operation }) };
}

/** Subscription, resource group, parent or extended scope must be there, and the group not on its way out. */
function checkContainers(arm: Arm, tx: Transaction, type: ResourceType, id: ParsedId): void {
  const scope = scopeOfType(type);
  if (id.subscription && type.name !== SUBSCRIPTION_TYPE && !getResource(tx, `/subscriptions/${id.subscription}`))
    throw refuse(404, 'SubscriptionNotFound', `The subscription '${id.subscription}' could not be found.`);
  if (id.resourceGroup && type.name !== RESOURCE_GROUP_TYPE) {
    const group = getResource(tx, groupId(id.subscription, id.resourceGroup));
    if (!group) throw refuse(404, 'ResourceGroupNotFound', `Resource group '${id.resourceGroup}' could not be found.`);
    if (group.provisioningState === 'Deleting') throw groupBeingDeleted(id.resourceGroup);
  } else if (scope === 'resourceGroup' && type.name !== RESOURCE_GROUP_TYPE) throw invalidResourceType(type.name, id.namespace);
  if (scope === 'parent' && !getResource(tx, id.parent)) throw parentNotFound('write', type.name, id.parent);
  const extended = scope === 'extension' ? parseId(id.parent) : undefined;
  if (extended && arm.types.has(extended.type.toLowerCase()) && !getResource(tx, extended.id)) throw resourceNotFound(extended);
}

/** The id with ARM's own spelling of everything but names, so that clients which compare ids by case find what they expect. */
export function canonicalId(arm: Arm, id: ParsedId): string {
  const segments = id.id.split('/');
  segments.forEach((segment, i) => {
    const lower = segment.toLowerCase();
    if (i % 2 === 1 && lower === 'subscriptions') segments[i] = 'subscriptions';
    if (i === 3 && lower === 'resourcegroups') segments[i] = 'resourceGroups';
    if (i % 2 === 1 && lower === 'providers') segments[i] = 'providers';
  });
  const type = arm.types.get(id.type.toLowerCase())?.name.split('/');
  if (type && id.namespace) {
    const start = segments.lastIndexOf('providers');
    type.forEach((part, i) => {
      segments[i === 0 ? start + 1 : start + 2 * i] = part;
    });
  }
  return segments.join('/');
}

/** The addressed resource and, depth first, the children that its body holds. */
function collectItems(
  arm: Arm,
  tx: Transaction,
  context: WriteContext,
  type: ResourceType,
  id: ParsedId,
  body: Body,
  mode: WriteMode,
  path: string,
): Item[] {
  const previous = tx.get<Resource>(collectionOf(type.name), id.key)?.value;
  const raw = buildDraft(type, id, body, previous, mode, context.apiVersion);
  const draft = type.defaults?.(raw, context, previous) ?? raw;
  const items: Item[] = [{ type, draft, previous, path }];
  if (mode === 'patch' && type.patch !== 'merge') return items;
  for (const child of type.children ?? []) {
    const childType = arm.types.get(child.type.toLowerCase());
    const segment = child.type.slice(child.type.lastIndexOf('/') + 1);
    const names = new Set<string>();
    for (const { name, body: childBody, index } of inlineBodies(child, body.properties) ?? []) {
      const parsed = childType && parseId(childId(draft.id, segment, name));
      const childPath = `${path}properties.${child.property}[${index}].`;
      if (!parsed || name === '')
        throw refuse(400, 'InvalidRequestFormat', `Cannot parse the request: ${childPath}name is missing.`, `${childPath}name`);
      if (names.has(name.toLowerCase())) throw duplicateChild(draft.id, `${path}properties.${child.property}`, name);
      names.add(name.toLowerCase());
      const wrong = checkBody(childType, childBody as JsonObject, context.apiVersion, childPath);
      if (wrong.length > 0) throw refuseFields(wrong);
      const before = getResource(tx, parsed.id);
      // A flattened child has no `properties` in this body: its errors name the parameters as its provider does.
      const errorPath = child.shape === 'flattened' ? path : childPath;
      items.push(...collectItems(arm, tx, context, childType, before ? { ...parsed, id: before.id } : parsed, childBody, mode, errorPath));
    }
  }
  return items;
}

const at = (path: string, errors: readonly FieldError[]): FieldError[] =>
  path ? errors.map((error) => ({ ...error, path: path + error.path })) : [...errors];

function checkSameLocation({ type, draft, previous }: Item): void {
  if (!previous?.location || !draft.location || previous.location === draft.location || locationRule(type) !== 'required') return;
  if (type.name === RESOURCE_GROUP_TYPE) throw otherGroupLocation(previous.location, draft.location);
  throw otherLocation(previous.id, previous.name, previous.location, draft.location);
}

function beginOperation(tx: Transaction, items: readonly Item[], main: Item, options: PutOptions): Operation | undefined {
  const completion = options.completion ?? main.type.completion ?? 'synchronous';
  if (completion === 'synchronous') return undefined;
  const verb = main.previous ? 'update' : 'create';
  return startOperation(tx, {
    verb,
    resource: main.draft.id,
    targets: items.map((item) => item.draft.id),
    endedBy: completion,
    durationMs: durationMs(tx, main.type, verb, tx.random),
  });
}

function writeItem(
  { directory }: WriteSetup,
  tx: Transaction,
  context: WriteContext,
  { type, draft, previous }: Item,
  operation: Operation | undefined,
  options: PutOptions,
): Resource {
  const { properties, identity: wanted, ...envelope } = draft;
  const identity = type.identity ? resolveIdentity(wanted, previous?.identity, context) : undefined;
  const settled: Draft = { ...envelope, properties, ...(identity && { identity }) };
  const resource: Resource = {
    ...envelope,
    ...(identity && { identity }),
    ...(options.managedBy !== undefined && { managedBy: options.managedBy }),
    desired: properties,
    observed: type.computed?.(settled, context, previous) ?? previous?.observed ?? {},
    provisioningState: operation ? (previous ? 'Updating' : 'Creating') : 'Succeeded',
    ...(operation && { operation: operation.id }),
    systemData: systemData(tx.nowMs, options.caller, previous?.systemData),
  };
  saveResource(tx, resource);
  if (type.identity) syncPrincipal(tx, directory, resource, previous?.identity);
  return resource;
}

export function systemData(nowMs: number, caller: Caller | undefined, previous: SystemData | undefined): SystemData {
  const now = new Date(nowMs).toISOString();
  const by = caller?.name ?? 'Microsoft.ContainerService';
  const kind = caller?.kind === 'User' ? 'User' : caller?.kind === 'ManagedIdentity' ? 'ManagedIdentity' : 'Application';
  return {
    createdBy: previous?.createdBy ?? by,
    createdByType: previous?.createdByType ?? kind,
    createdAt: previous?.createdAt ?? now,
    lastModifiedBy: by,
    lastModifiedByType: kind,
    lastModifiedAt: now,
  };
}

/** Children that an inline list no longer names go with the write. */
function removeLeftOut({ arm, directory }: WriteSetup, tx: Transaction, type: ResourceType, id: string, body: Body): void {
  for (const child of type.children ?? []) {
    const named = inlineBodies(child, body.properties);
    if (!named) continue;
    const kept = new Set(named.map((entry) => entry.name.toLowerCase()));
    for (const resource of listResources(tx, child.type, id)) {
      if (kept.has(resource.name.toLowerCase())) continue;
      const refusal = arm.types.get(child.type.toLowerCase())?.refuseDelete?.(resource, tx);
      if (refusal) throw new Refusal(refusal.status, refusal.error);
      removeResource(arm, directory, tx, resource);
    }
  }
}

function admitItem(setup: WriteSetup, tx: Transaction, context: WriteContext, item: Item, options: PutOptions): FieldError[] {
  const { type, draft, previous } = item;
  const references: Reference[] = [...(type.references?.(draft) ?? [])];
  if (type.identity)
    for (const id of assignedIdentities(draft.identity)) references.push({ path: 'identity', id, linkedAction: ASSIGN_IDENTITY });
  const known = new Set((previous && type.references?.({ ...draft, properties: previous.desired }))?.map((r) => keyOf(r.id)));
  const errors: FieldError[] = [];
  for (const reference of references) {
    if (reference.optional) continue;
    const target = parseId(reference.id);
    if (!target || (setup.arm.types.has(target.type.toLowerCase()) && !getResource(tx, target.id)))
      errors.push({ kind: 'notFound', path: reference.path, code: 'InvalidResourceReference', detail: missing(reference.id, draft.id) });
    else if (options.caller && reference.linkedAction && !known.has(target.key)) {
      if (!setup.allowed(tx, options.caller, reference.linkedAction, target.id)) throw linkRefused(options.caller, item, reference);
    }
  }
  // What does not exist cannot be looked into: the type's own checks run on sound references only.
  return errors.length > 0 ? errors : [...(type.admit?.(draft, context, previous) ?? [])];
}

const missing = (id: string, by: string): string =>
  `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;

const linkRefused = (caller: Caller, { type, draft }: Item, { id, linkedAction = '' }: Reference): Refusal =>
  refuse(
    403,
    'LinkedAuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' has permission to perform action '${type.name}/write' on scope '${draft.id}'; however, it does not have permission to perform action(s) '${linkedAction}' on the linked scope(s) '${id}' (respectively) or the linked scope(s) are invalid.`,
  );
