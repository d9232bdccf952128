import type { IndexDefinition } from '../../kernel/collection.ts';
import { type Kind, kindClass } from '../kind.ts';
import type { KubeObject } from '../object.ts';

const ownerUids = (object: KubeObject): readonly string[] => object.metadata.ownerReferences?.map((owner) => owner.uid) ?? [];

/** Secondary indexes of all kinds, for the world: "owner" by owner uid, and those that a kind declares. */
export function indexesOf(kinds: readonly Kind[]): IndexDefinition[] {
  return kinds
    .filter((kind) => !kind.storedAs)
    .flatMap((kind) => {
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
    });
}
