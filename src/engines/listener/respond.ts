import { randomUUID } from 'node:crypto';
import type { Headers, HttpRequest, HttpResponse } from '../../kernel/http.ts';
import { acceptsGzip, compress } from './gzip.ts';
import type { Core } from './options.ts';
import type { Reply } from './reply.ts';
import type { Lifetime } from './request.ts';
import { QueuedSink } from './stream-sink.ts';

const bodiless = (status: number): boolean => status === 204 || status === 304 || status < 200;

export const textResponse = (status: number, text: string, headers: Headers = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: `${text}\n`,
});

/** What a client learns of a defect of ours: an id to look for in the log, never a stack. */
function answerDefect(core: Core, request: HttpRequest, reply: Reply, error: unknown) {
  const id = randomUUID();
  core.log.error({ id, method: request.method, host: request.host, path: request.path, err: error }, 'request failed');
  if (reply.hasStarted || reply.isClosed) return reply.cut();
  try {
    sendWhole(request, reply, textResponse(500, `internal error ${id}`, { 'x-ms-request-id': id }), `internal error ${id}\n`);
  } catch {
    reply.cut(); // the connection broke under the answer
  }
}

const byteLength = (body: Uint8Array | string): number => (typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength);

// Text goes on as text: Node then sends head and body as one piece.
function sendWhole(request: HttpRequest, reply: Reply, response: HttpResponse, body: Uint8Array | string) {
  if (bodiless(response.status)) return reply.send(response.status, response.headers, undefined);
  if (request.method === 'HEAD') {
    // A HEAD answer may state the length of the body that it leaves out.
    const isKnown = body.length > 0 || response.headers['content-length'] === undefined;
    const headers = isKnown ? { ...response.headers, 'content-length': String(byteLength(body)) } : response.headers;
    return reply.send(response.status, headers, undefined);
  }
  reply.send(response.status, { ...response.headers, 'content-length': String(byteLength(body)) }, body);
}

function deliverStream(core: Core, request: HttpRequest, reply: Reply, response: HttpResponse, start: (sink: QueuedSink) => void) {
  if (request.method === 'HEAD') return reply.send(response.status, response.headers, undefined);
  const out = reply.open(response.status, response.headers);
  const sink: QueuedSink = new QueuedSink(out, {
    world: request.world,
    durable: core.durable,
    limits: core.limits,
    cut(reason) {
      core.log.debug({ reason, host: request.host, path: request.path }, 'stream cut off');
      reply.cut();
    },
  });
  core.sinks.add(sink);
  sink.onClose(() => core.sinks.delete(sink));
  start(sink);
  if (core.isStopping) sink.end();
}

/** Sends an answer whose revision is durable. */
function deliver(core: Core, request: HttpRequest, reply: Reply, response: HttpResponse) {
  if (reply.isClosed) return;
  if (typeof response.body === 'function') return deliverStream(core, request, reply, response, response.body);
  const { body } = response;
  const sizeBytes = byteLength(body);
  const { gzipFromBytes, gzipToBytes } = core.limits;
  const isCompressible = sizeBytes >= gzipFromBytes && sizeBytes <= gzipToBytes && response.headers['content-encoding'] === undefined;
  if (!isCompressible || !acceptsGzip(request.headers['accept-encoding'])) return sendWhole(request, reply, response, body);
  const headers = { ...response.headers, 'content-encoding': 'gzip', vary: response.headers.vary ?? 'Accept-Encoding' };
  compress(typeof body === 'string' ? Buffer.from(body) : body)
    .then((bytes) => (reply.isClosed ? undefined : sendWhole(request, reply, { ...response, headers }, bytes)))
    .catch((error: unknown) => answerDefect(core, request, reply, error));
}

/** Holds an answer back until the revision that it shows is durable (the outbox), then sends it. */
export function respond(core: Core, request: HttpRequest, reply: Reply, response: HttpResponse) {
  const revision = response.revision ?? 0;
  const { durable } = core;
  try {
    const wait = revision > durable.revision(request.world) ? durable.whenDurable(request.world, revision) : undefined;
    if (wait === undefined) return deliver(core, request, reply, response);
    wait.then(() => deliver(core, request, reply, response)).catch((error: unknown) => answerDefect(core, request, reply, error));
  } catch (error) {
    answerDefect(core, request, reply, error);
  }
}

/** Waits for a pipeline that did not answer at once, up to its deadline. */
function awaitAnswer(
  core: Core,
  request: HttpRequest,
  lifetime: Lifetime,
  answer: Promise<HttpResponse>,
  done: (response: HttpResponse) => void,
  fail: (error: unknown) => void,
) {
  const deadline = core.deadline?.(request);
  if (deadline === undefined) return void answer.then(done, fail);
  let isOver = false;
  const once =
    <Value>(run: (value: Value) => void) =>
    (value: Value) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      run(value);
    };
  const timer = setTimeout(
    once(() => {
      lifetime.abort('late');
      done(deadline.response());
    }),
    deadline.afterMs,
  );
  answer.then(once(done), once(fail));
}

/** Runs a pipeline for a request and sends what it answers; a throw or rejection is a defect and answered with a bare 500. */
export function serve(
  core: Core,
  request: HttpRequest,
  reply: Reply,
  lifetime: Lifetime,
  run: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
) {
  const fail = (error: unknown) => answerDefect(core, request, reply, error);
  try {
    const answer = run(request);
    if (!(answer instanceof Promise)) return respond(core, request, reply, answer);
    awaitAnswer(core, request, lifetime, answer, (response) => respond(core, request, reply, response), fail);
  } catch (error) {
    fail(error);
  }
}
