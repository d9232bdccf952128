import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { recordUpdate } from '../apply/record-update.ts';
import { type Exchange, managerOf } from '../pipeline/exchange.ts';
import type { GroupVersionKind } from '../schema/table.ts';

/** What was asked as the field manager leaves it, which upstream shows although nothing is stored. `subresource` as in the path. */
export function tracked(exchange: Exchange, body: JsonObject, gvk: GroupVersionKind, subresource = ''): JsonObject {
  const schema = exchange.registry.schemas.ofKind(gvk.group, gvk.version, gvk.kind);
  const metadata: Json = isObject(body.metadata) ? body.metadata : {};
  const { status: _, ...rest } = body;
  const next: JsonObject = { ...rest, metadata };
  if (!schema) return next;
  return recordUpdate({
    manager: managerOf(exchange),
    apiVersion: `${gvk.group}/${gvk.version}`,
    ...(subresource && { subresource }),
    nowIso: `${new Date(exchange.ports.world.nowMs).toISOString().slice(0, 19)}Z`,
    schema,
    live: undefined,
    next,
  });
}
