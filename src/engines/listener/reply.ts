import type { Writable } from 'node:stream';
import type { Headers } from '../../kernel/http.ts';

/** The way back to one client for one request, over HTTP/1.1 or HTTP/2. */
export interface Reply {
  readonly isClosed: boolean;
  /** Sends a whole answer; text leaves as UTF-8. Undefined: no body at all (HEAD, 204, 304). Throws when a header cannot be sent. */
  send(status: number, headers: Headers, body: Uint8Array | string | undefined): void;
  /** Sends the head of a streamed answer and returns where its bytes go. */
  open(status: number, headers: Headers): Writable;
  /** Runs when the exchange is over; `isComplete` tells a sent answer from a client that went away. */
  onClose(listener: (isComplete: boolean) => void): void;
  /** Cuts the exchange: the client sees a reset, never a complete answer. */
  cut(): void;
  readonly hasStarted: boolean;
}
