import type { Readable } from 'node:stream';
import type { Headers, HttpRequest } from '../../kernel/http.ts';
import { noBody, readBody } from './body.ts';
import { addressOf, type Connection } from './connection.ts';
import type { Core } from './options.ts';
import type { Reply } from './reply.ts';
import { makeRequest, RequestLifetime } from './request.ts';
import { serve } from './respond.ts';

/** One request as a protocol adapter read it, before its body. */
export interface Incoming {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly headers: Headers;
  /** Undefined when the head said that no body follows. */
  readonly body: Readable | undefined;
}

const sendMalformed = (reply: Reply, what: string) => {
  const bytes = Buffer.from(`malformed ${what}\n`);
  reply.send(400, { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(bytes.byteLength) }, bytes);
};

/** Reads the body, runs the pipeline and answers. */
export function exchange(core: Core, connection: Connection, incoming: Incoming, reply: Reply) {
  const address = addressOf(connection, incoming.authority, core.isOurs);
  if (address === undefined) return sendMalformed(reply, 'Host header');
  const lifetime = new RequestLifetime();
  reply.onClose((isComplete) => {
    if (!isComplete) lifetime.abort('gone');
  });
  const { method, target, headers } = incoming;
  const run = (body: Uint8Array | undefined) => {
    const request = makeRequest({ method, target, headers, address, connection }, body ?? noBody, lifetime);
    if (request === undefined) return sendMalformed(reply, 'request target');
    serve(core, request, reply, lifetime, body === undefined ? (refused: HttpRequest) => core.tooLarge(refused) : core.handler);
  };
  if (incoming.body === undefined) return run(noBody);
  readBody(incoming.body, Number(headers['content-length'] ?? 0), core.limits, run);
}
