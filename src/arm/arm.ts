import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { collectionOf, keyOf } from './ids.ts';
import { isAllowed } from './rbac.ts';
import { deleteResource, finishDelete } from './remove.ts';
import { renderResource } from './render.ts';
import type { Resource } from './resource.ts';
import type { Arm, Body, Caller, Directory, PutOptions, ResourceType } from './resource-type.ts';
import { type WriteSetup, writeResource } from './write.ts';

export interface ArmOptions {
  /** Every type, ARM's own (`ARM_TYPES`) included. */
  readonly types: readonly ResourceType[];
  readonly directory: Directory;
  readonly tenantId: string;
}

/** What the pipeline needs of an Arm beyond what providers see. */
export interface ArmCore extends Arm {
  readonly directory: Directory;
  patchResource(tx: Transaction, id: string, body: Body, options: PutOptions): ReturnType<Arm['putResource']>;
  allowed(reader: Reader, caller: Caller, action: string, scope: string): boolean;
}

/** Makes the one object through which resources are written. Stateless: everything lives in the store. */
export function createArm({ types, directory, tenantId }: ArmOptions): ArmCore {
  const byName = new Map(types.map((type) => [type.name.toLowerCase(), type]));
  if (byName.size !== types.length) throw new Error('two resource types have the same name');
  const allowed = (reader: Reader, caller: Caller, action: string, scope: string): boolean =>
    isAllowed(reader, directory, caller.objectId, action, scope);
  const arm: ArmCore = {
    tenantId,
    types: byName,
    directory,
    allowed,
    putResource: (tx, id, body, options = {}) => writeResource(setup, tx, id, body, 'put', options),
    patchResource: (tx, id, body, options) => writeResource(setup, tx, id, body, 'patch', options),
    createByProvider: (tx, id, body, options = {}) =>
      writeResource(setup, tx, id, body, 'put', { completion: 'synchronous', ...options }).resource,
    deleteResource: (tx, id, options = {}) => deleteResource(arm, directory, tx, id, options),
    finishDelete: (tx, id) => finishDelete(arm, directory, tx, id),
    render(reader, resource) {
      const entry = reader.get<Resource>(collectionOf(resource.type), keyOf(resource.id));
      return renderResource(byName, reader, entry ?? { key: keyOf(resource.id), value: resource, revision: 0, createdRevision: 0 });
    },
  };
  const setup: WriteSetup = { arm, directory, allowed };
  return arm;
}
