/** Two digits per byte: several times as fast as padding what toString(16) gives. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex8 = (word: number): string => `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`;

/**
 * Seeded randomness (sfc32). The world draws from `new Random(seed, revision)` once per transaction: since a revision is never
 * used twice, neither is a name drawn from it, and replaying the same commits draws the same names. Never used for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: string, revision = 0) {
    let a = 0x9e3779b9 ^ revision;
    let b = 0x243f6a88 ^ Math.floor(revision / 2 ** 32);
    let c = 0xb7e15162;
    for (let i = 0; i < seed.length; i++) {
      const unit = seed.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x85ebca6b);
      b = Math.imul(b ^ unit ^ (a >>> 13), 0xc2b2ae35);
      c = Math.imul(c ^ unit ^ (b >>> 16), 0x27d4eb2f);
    }
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** Uniform over [0, 2³²). */
  uint32(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** Uniform integer over [0, bound); bound ≤ 2³². */
  below(bound: number): number {
    return Math.floor((this.uint32() / 2 ** 32) * bound);
  }

  /** Uniform over [0, 1). */
  unit(): number {
    return this.uint32() / 2 ** 32;
  }

  /** `length` characters drawn from `alphabet`. */
  text(length: number, alphabet: string): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[this.below(alphabet.length)];
    return out;
  }

  /** Version 4 UUID in lower case. */
  uuid(): string {
    const a = hex8(this.uint32());
    const b = hex8(this.uint32());
    const c = hex8(this.uint32());
    const d = hex8(this.uint32());
    const variant = '89ab'[this.below(4)];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }
}
