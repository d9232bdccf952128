import type { Json, JsonObject } from '../../kernel/json.ts';
import { difference, has, isEmpty, setOf } from './field-set.ts';
import { type Manager, managerId, readManagers, withFields, writeManagers } from './managers.ts';

// Models managedfields/scalehandler.go: /scale shows the owner of the replicas field only, as owner of spec.replicas of a Scale.

const SCALE_VERSION = 'autoscaling/v1';
const REPLICAS = ['f:spec', 'f:replicas'];

/** Elements of a dotted path: `.spec.replicas` or `spec.replicas`. */
export const elementsOf = (path: string): readonly string[] =>
  path
    .split('.')
    .filter((name) => name !== '')
    .map((name) => `f:${name}`);

/** managedFields of the Scale that stands for an object. `replicasPath` is the path of its replicas field. */
export function scaleManagedFields(managedFields: Json | undefined, replicasPath: string): readonly JsonObject[] | undefined {
  const path = elementsOf(replicasPath);
  const managers = new Map<string, Manager>();
  for (const [id, manager] of readManagers(managedFields) ?? []) {
    if (!has(manager.fields, path)) continue;
    const { entry: _, ...rest } = manager;
    managers.set(id, { ...rest, apiVersion: SCALE_VERSION, fields: setOf(REPLICAS) });
  }
  return writeManagers(managers);
}

/**
 * managedFields of the object after a write to its Scale. `scaleFields` are those of the written Scale (from `recordUpdate` or
 * `applyPatch` on it), `apiVersion` the object's own. Whoever lost the replicas in the Scale loses them in the object.
 */
export function objectManagedFields(
  managedFields: Json | undefined,
  scaleFields: Json | undefined,
  apiVersion: string,
  replicasPath: string,
): readonly JsonObject[] | undefined {
  const path = elementsOf(replicasPath);
  const ofScale = new Map<string, Manager>();
  for (const manager of (readManagers(scaleFields) ?? new Map<string, Manager>()).values()) ofScale.set(identityAt(manager, ''), manager);
  const managers = new Map<string, Manager>();
  for (const [id, manager] of readManagers(managedFields) ?? []) {
    const identity = identityAt(manager, '');
    if (!has(manager.fields, path) || ofScale.delete(identity)) managers.set(id, manager);
    else {
      const left = difference(manager.fields, setOf(path));
      if (!isEmpty(left)) managers.set(id, withFields(manager, left));
    }
  }
  for (const manager of ofScale.values()) {
    if (!has(manager.fields, REPLICAS)) continue;
    const { entry: _, ...rest } = manager;
    const owner = { ...rest, apiVersion, fields: setOf(path) };
    managers.set(managerId(owner), owner);
  }
  return writeManagers(managers);
}

/** A manager's identity but for the API version, which differs between an object and its Scale. */
const identityAt = (manager: Manager, apiVersion: string): string => managerId({ ...manager, apiVersion });
