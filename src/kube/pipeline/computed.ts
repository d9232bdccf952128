import type { World } from '../../kernel/world.ts';
import type { KindContext } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceExchange } from './exchange.ts';
import type { ServedCluster } from './ports.ts';

/** The object with what its kind computes from the clock. */
export function computed({ resource, ports, cluster }: ResourceExchange, object: KubeObject): KubeObject {
  if (!resource.kind.computed) return object;
  return resource.kind.computed(object, kindContextAt(ports.world, cluster));
}

/** What rules see outside a write. */
export function kindContextAt(world: World, { scope, version }: ServedCluster): KindContext {
  const { nowMs, reader } = world;
  const nowIso = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return { scope, version: version.split('.', 2).join('.'), reader, nowIso, nowMs };
}
