import type { IndexDefinition } from '../../kernel/collection.ts';
import { bindingIndexes } from '../authz/rbac.ts';
import { type Kind, kindClass } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { eventIndex } from '../write/event.ts';

const ownerUids = (object: KubeObject): readonly string[] => object.metadata.ownerReferences?.map((owner) => owner.uid) ?? [];

/** Secondary indexes of all kinds, for the world: "owner" by owner uid, those that a kind declares, those of RBAC and of events. */
export function indexesOf(kinds: readonly Kind[]): IndexDefinition[] {
  const own = kinds.filter((kind) => !kind.storedAs);
  const classes = new Set(own.map(kindClass));
  return [...own.flatMap(declaredIndexes), ...[...bindingIndexes, eventIndex].filter((index) => classes.has(index.class))];
}

function declaredIndexes(kind: Kind): IndexDefinition[] {
  const totals: { readonly [index: string]: (object: KubeObject) => { readonly [name: string]: number } } = kind.totals ?? {};
  const readers = { owner: ownerUids, ...kind.indexes };
  return Object.entries(readers).map(([name, keys]): IndexDefinition => {
    const sums = totals[name];
    // Collections of a kind's class hold nothing but objects of that kind.
    return {
      class: kindClass(kind),
      name,
      keys: (value) => keys(value as KubeObject),
      ...(sums && { totals: (value) => sums(value as KubeObject) }),
    };
  });
}
