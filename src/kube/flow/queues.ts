import { fnv1a32 } from '../../kernel/hash.ts';

/**
 * Requests of one priority level that wait for a seat, in queues by flow, so that one busy flow does not hold up the others. Each flow
 * has a hand of queues (shuffle sharding) and joins the shortest; queues are served in turn. Upstream serves them by virtual time, which
 * comes to the same where all requests are equally wide.
 */
export class Queues<T> {
  /** Queues that are not empty, in the order in which they are served. */
  readonly #waiting = new Map<number, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts a request in line. False where the shortest queue of its hand is full. */
  join(item: T, flow: string, { queues, handSize, queueLengthLimit }: QueueOptions): boolean {
    const lengths = handOf(flow, queues, handSize).map((queue) => [queue, this.#waiting.get(queue)?.length ?? 0] as const);
    const [queue, length] = lengths.reduce((best, other) => (other[1] < best[1] ? other : best));
    if (length >= queueLengthLimit) return false;
    const line = this.#waiting.get(queue);
    if (line) line.push(item);
    else this.#waiting.set(queue, [item]);
    this.#size++;
    return true;
  }

  /** Takes the first of the queue whose turn it is. */
  next(): T | undefined {
    for (const [queue, line] of this.#waiting) {
      const item = line.shift();
      this.#waiting.delete(queue);
      if (line.length > 0) this.#waiting.set(queue, line);
      this.#size--;
      return item;
    }
    return undefined;
  }

  /** Takes out one that no longer waits. */
  leave(item: T): void {
    for (const [queue, line] of this.#waiting) {
      const at = line.indexOf(item);
      if (at < 0) continue;
      line.splice(at, 1);
      if (line.length === 0) this.#waiting.delete(queue);
      this.#size--;
      return;
    }
  }
}

export interface QueueOptions {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

/** `size` different queues out of `queues`, drawn by the name of the flow. */
export function handOf(flow: string, queues: number, size: number): number[] {
  const dealt: number[] = [];
  for (let i = 0; i < Math.min(size, queues); i++) {
    let card = fnv1a32(`${i} ${flow}`) % (queues - i);
    for (const earlier of dealt.toSorted((a, b) => a - b)) if (card >= earlier) card++;
    dealt.push(card);
  }
  return dealt;
}
