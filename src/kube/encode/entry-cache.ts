import type { Entry } from '../../kernel/collection.ts';
import type { KubeObject } from '../object.ts';
import type { ServedResource } from '../registry/registry.ts';

/** Bytes of encoded objects that are kept, over all clusters and encodings of the process. */
const LIMIT_BYTES = 128 * 1024 * 1024;

type ByEntry<T> = WeakMap<Entry<KubeObject>, T>;

/** Weak, so that what the store has forgotten goes before its turn. */
const order: { readonly of: ByEntry<Uint8Array>; readonly entry: WeakRef<Entry<KubeObject>>; readonly sizeBytes: number }[] = [];
let oldest = 0;
let heldBytes = 0;

/** Encoded forms of stored entries, by served version. What is oldest goes when the shared limit is passed. */
export class EntryCache<T extends Uint8Array> {
  readonly #byResource = new WeakMap<ServedResource, ByEntry<T>>();

  get(entry: Entry<KubeObject>, resource: ServedResource, make: () => T): T {
    const byEntry: ByEntry<T> = this.#byResource.get(resource) ?? new WeakMap();
    this.#byResource.set(resource, byEntry);
    const known = byEntry.get(entry);
    if (known) return known;
    const made = make();
    byEntry.set(entry, made);
    // Only ever deleted from here on, so that the narrower element type does no harm.
    order.push({ of: byEntry as ByEntry<Uint8Array>, entry: new WeakRef(entry), sizeBytes: made.length });
    heldBytes += made.length;
    while (heldBytes > LIMIT_BYTES) evict();
    return made;
  }
}

function evict(): void {
  const item = order[oldest++];
  if (!item) return;
  const entry = item.entry.deref();
  if (entry) item.of.delete(entry);
  heldBytes -= item.sizeBytes;
  if (oldest < 1024 || oldest * 2 < order.length) return;
  order.splice(0, oldest);
  oldest = 0;
}
