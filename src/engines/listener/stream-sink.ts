import type { Writable } from 'node:stream';
import type { StreamSink } from '../../kernel/http.ts';
import type { DurableRevisions, Limits } from './options.ts';

interface Queued {
  readonly chunk: Uint8Array;
  readonly revision: number;
}

export interface SinkOptions {
  readonly world: string;
  readonly durable: DurableRevisions;
  readonly limits: Pick<Limits, 'streamQueueBytes' | 'streamQueueHardBytes' | 'streamStallMs'>;
  /** Cuts the client off; `out` then closes. */
  readonly cut: (reason: string) => void;
}

/**
 * A streamed answer: chunks leave in order, each once its revision is durable and the client has room. References are queued,
 * never copies, so that a thousand watchers share one buffer.
 */
export class QueuedSink implements StreamSink {
  readonly #out: Writable;
  readonly #options: SinkOptions;
  readonly #closeListeners: (() => void)[] = [];
  #queue: Queued[] = [];
  #next = 0;
  #queuedBytes = 0;
  /** Counts drains: a client that reads makes it move. */
  #progress = 0;
  #isFull = false;
  #isWaiting = false;
  #isEnding = false;
  #isClosed = false;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(out: Writable, options: SinkOptions) {
    this.#out = out;
    this.#options = options;
    out.on('drain', () => {
      this.#progress++;
      this.#isFull = false;
      this.#flush();
    });
    out.once('close', () => this.#close());
    if (out.destroyed) this.#close();
  }

  write(chunk: Uint8Array, revision: number): boolean {
    if (this.#isClosed || this.#isEnding) return false;
    this.#queue.push({ chunk, revision });
    this.#queuedBytes += chunk.byteLength;
    this.#flush();
    if (this.#queuedBytes > this.#options.limits.streamQueueBytes) this.#watchStall();
    return !this.#isClosed;
  }

  end() {
    this.#isEnding = true;
    this.#flush();
  }

  onClose(listener: () => void) {
    if (this.#isClosed) listener();
    else this.#closeListeners.push(listener);
  }

  #flush() {
    const { durable, world } = this.#options;
    while (!this.#isClosed && !this.#isFull && !this.#isWaiting) {
      const head = this.#queue[this.#next];
      if (head === undefined) {
        this.#queue = [];
        this.#next = 0;
        if (this.#isEnding && !this.#out.writableEnded) this.#out.end();
        return;
      }
      const wait = head.revision > durable.revision(world) ? durable.whenDurable(world, head.revision) : undefined;
      if (wait !== undefined) return this.#waitFor(wait);
      this.#next++;
      this.#queuedBytes -= head.chunk.byteLength;
      this.#isFull = !this.#out.write(head.chunk);
      if (this.#next > 1_024 && this.#next * 2 > this.#queue.length) this.#compact();
    }
  }

  #compact() {
    this.#queue = this.#queue.slice(this.#next);
    this.#next = 0;
  }

  #waitFor(durable: Promise<void>) {
    this.#isWaiting = true;
    durable.then(
      () => {
        this.#isWaiting = false;
        this.#flush();
      },
      () => this.#cut('the journal failed'),
    );
  }

  /** Over the limit, a client must take something within the stall time: a first list may be large, a client may not be dead. */
  #watchStall() {
    const { streamQueueHardBytes, streamQueueBytes, streamStallMs } = this.#options.limits;
    if (this.#queuedBytes > streamQueueHardBytes) return this.#cut('too far behind');
    if (this.#stallTimer !== undefined) return;
    const before = this.#progress;
    this.#stallTimer = setTimeout(() => {
      this.#stallTimer = undefined;
      if (this.#isClosed || this.#queuedBytes <= streamQueueBytes) return;
      if (this.#isFull && this.#progress === before) this.#cut('does not read');
      else this.#watchStall();
    }, streamStallMs);
    this.#stallTimer.unref();
  }

  #cut(reason: string) {
    if (this.#isClosed) return;
    this.#options.cut(reason);
    this.#close();
  }

  #close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#stallTimer);
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const listener of this.#closeListeners) listener();
  }
}
