import type { Entry } from '../../kernel/collection.ts';
import type { KubeObject } from '../object.ts';
import type { ServedResource } from '../registry/registry.ts';

/** Bytes of one generation over all clusters and encodings of the process; there are two at most. Holds a list of 10,000 pods. */
const GENERATION_BYTES = 40 * 1024 * 1024;

/** One encoded form of an entry, and its forms in other served versions. */
interface Encoded {
  readonly resource: ServedResource;
  readonly bytes: Uint8Array;
  readonly others: Encoded | undefined;
}
type Generation = Map<Entry<KubeObject>, Encoded>;

/** What was asked for lately is in the young generation; what the old one still holds when the young one is full goes with it. */
let generation = 0;
let heldBytes = 0;

/** Encoded forms of stored entries, by served version. */
export class EntryCache<T extends Uint8Array> {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #generation = 0;

  get(entry: Entry<KubeObject>, resource: ServedResource, make: () => T): T {
    this.#age();
    const forms = this.#young.get(entry);
    const known = find(forms, resource);
    if (known) return known as T; // put there below
    const bytes = (find(this.#old.get(entry), resource) as T | undefined) ?? make();
    this.#young.set(entry, { resource, bytes, others: forms });
    heldBytes += bytes.length;
    if (heldBytes > GENERATION_BYTES) {
      generation++;
      heldBytes = 0;
    }
    return bytes;
  }

  #age(): void {
    if (this.#generation === generation) return;
    this.#old = this.#generation + 1 === generation ? this.#young : new Map();
    this.#young = new Map();
    this.#generation = generation;
  }
}

function find(forms: Encoded | undefined, resource: ServedResource): Uint8Array | undefined {
  for (let form = forms; form; form = form.others) if (form.resource === resource) return form.bytes;
  return undefined;
}
