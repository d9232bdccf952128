import type { Entry } from '../../kernel/collection.ts';
import type { KubeObject } from '../object.ts';
import type { ServedResource } from '../registry/registry.ts';

/** Bytes of one generation over all clusters and encodings of the process; there are two at most. Holds a list of 10,000 pods. */
const GENERATION_BYTES = 40 * 1024 * 1024;
/** Encoded forms are laid side by side: a few thousand small buffers, each freed on its own, would leave holes that nobody fills. */
const SLAB_BYTES = 1024 * 1024;

/** One encoded form of an entry, and its forms in other served versions. */
interface Encoded {
  readonly resource: ServedResource;
  readonly bytes: Buffer;
  readonly others: Encoded | undefined;
}
type Generation = Map<Entry<KubeObject>, Encoded>;

/** What was asked for lately is in the young generation; what the old one still holds when the young one is full goes with it. */
let generation = 0;
let heldBytes = 0;
let slab = Buffer.alloc(0);
let slabUsedBytes = 0;

/** Encoded forms of stored entries, by served version. */
export class EntryCache {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #generation = 0;

  get(entry: Entry<KubeObject>, resource: ServedResource, make: () => Uint8Array | string): Buffer {
    this.#age();
    const known = find(this.#young.get(entry), resource);
    if (known) return known;
    const bytes = keep(find(this.#old.get(entry), resource) ?? make());
    this.#age(); // keeping it may have begun a generation
    this.#young.set(entry, { resource, bytes, others: this.#young.get(entry) });
    return bytes;
  }

  #age(): void {
    if (this.#generation === generation) return;
    this.#old = this.#generation + 1 === generation ? this.#young : new Map();
    this.#young = new Map();
    this.#generation = generation;
  }
}

function find(forms: Encoded | undefined, resource: ServedResource): Buffer | undefined {
  for (let form = forms; form; form = form.others) if (form.resource === resource) return form.bytes;
  return undefined;
}

/** A copy in the slabs of the young generation; of text, its UTF-8. A slab belongs to one generation and goes with it. */
function keep(form: Uint8Array | string): Buffer {
  // A UTF-16 unit takes three bytes at the most.
  const mostBytes = typeof form === 'string' ? form.length * 3 : form.length;
  if (heldBytes + mostBytes > GENERATION_BYTES) {
    generation++;
    heldBytes = 0;
    slab = Buffer.alloc(0);
    slabUsedBytes = 0;
  }
  if (mostBytes > SLAB_BYTES / 4) {
    const kept = Buffer.from(form as string); // bytes are copied as well
    heldBytes += kept.length;
    return kept;
  }
  if (slabUsedBytes + mostBytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabUsedBytes = 0;
  }
  const start = slabUsedBytes;
  if (typeof form === 'string') slabUsedBytes += slab.write(form, start);
  else {
    slab.set(form, start);
    slabUsedBytes += form.length;
  }
  heldBytes += slabUsedBytes - start;
  return slab.subarray(start, slabUsedBytes);
}
