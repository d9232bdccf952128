import type { Change, Entry } from '../../kernel/collection.ts';
import type { HttpResponse, StreamSink } from '../../kernel/http.ts';
import { Compacted } from '../../kernel/store.ts';
import { collectionOf } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceExchange } from '../pipeline/exchange.ts';
import { type ListOptions, listOptions, parseRevision } from '../pipeline/list-options.ts';
import { negotiate } from '../pipeline/negotiate.ts';
import { matches, select } from '../pipeline/read.ts';
import { headersOf } from '../pipeline/respond.ts';
import { expired, tooLargeResourceVersion } from '../status.ts';
import { type EventType, type Framer, framerOf } from './frames.ts';
import { hubOf } from './hub.ts';

/** How often an idle watcher that allows them gets a bookmark. Models apiserver's cacher: about once a minute. */
const BOOKMARK_EVERY_MS = 60_000;
/** How long a watch lasts that names no timeout: upstream draws from 30 to 60 minutes. */
const DEFAULT_TIMEOUT_MS = 2_700_000;

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** Streams the changes of a collection, from a revision, from now, or after all objects that there are. */
export function watch(exchange: ResourceExchange): HttpResponse {
  const options = withName(exchange, listOptions(exchange.query, exchange.resource.kind, true));
  const framer = framerOf(exchange, negotiate(exchange.request.headers.accept, false));
  const since = parseRevision(options.resourceVersion);
  if (options.sendInitialEvents && since !== undefined && since > exchange.ports.world.reader.revision) {
    throw tooLargeResourceVersion(since, exchange.ports.world.reader.revision);
  }
  const headers = headersOf(exchange, framer.contentType);
  return { status: 200, headers, body: (sink) => new Watcher(exchange, options, framer, sink).start(since) };
}

/** GET of one object with watch=true watches that object alone. */
const withName = (exchange: ResourceExchange, options: ListOptions): ListOptions => {
  const { name } = exchange.info;
  if (!name) return options;
  const { fields } = options;
  return {
    ...options,
    isUnfiltered: false,
    fields: { ...fields, matches: (object) => object.metadata.name === name && fields.matches(object) },
  };
};

/** One open watch. */
class Watcher {
  readonly #exchange: ResourceExchange;
  readonly #options: ListOptions;
  readonly #framer: Framer;
  readonly #sink: StreamSink;
  readonly #prefix: string;
  /** Newest revision whose changes are sent or known not to concern this watcher. */
  #revision = 0;
  #isOpen = true;
  #stops: (() => void)[] = [];

  constructor(exchange: ResourceExchange, options: ListOptions, framer: Framer, sink: StreamSink) {
    this.#exchange = exchange;
    this.#options = options;
    this.#framer = framer;
    this.#sink = sink;
    this.#prefix = exchange.info.namespace === undefined ? '' : `${exchange.info.namespace}/`;
  }

  start(since: number | undefined): void {
    const { ports, resource, cluster } = this.#exchange;
    const collection = collectionOf(resource.kind, cluster.scope);
    this.#sink.onClose(() => this.#close());
    if (!this.#begin(since, collection)) return;
    const { timeoutSeconds, allowBookmarks } = this.#options;
    this.#stops = [
      hubOf(ports.world).subscribe(collection, { observe: (change) => this.#observe(change), end: () => this.#end() }),
      ports.after(timeoutSeconds > 0 ? timeoutSeconds * 1000 : DEFAULT_TIMEOUT_MS, () => this.#end()),
    ];
    if (allowBookmarks) this.#scheduleBookmark();
  }

  /** Sends what comes before the live events. False when the watch is over already. */
  #begin(since: number | undefined, collection: string): boolean {
    const { store } = this.#exchange.ports.world;
    const { sendInitialEvents } = this.#options;
    const wantsState = sendInitialEvents ?? (since === undefined || since === 0);
    if (wantsState) {
      this.#revision = store.revision;
      for (const entry of select(this.#exchange, this.#options)) this.#send('ADDED', entry);
      if (sendInitialEvents) this.#write(this.#framer.bookmark(this.#revision, INITIAL_EVENTS_END), this.#revision);
      return this.#isOpen;
    }
    this.#revision = since && since > 0 ? since : store.revision;
    try {
      for (const change of store.changesSince(collection, this.#revision)) this.#observe(change);
    } catch (error) {
      if (!(error instanceof Compacted)) throw error;
      const refusal = expired(`too old resource version: ${since} (${error.compactedRevision})`);
      this.#write(this.#framer.error(refusal.status), store.revision);
      this.#end();
    }
    return this.#isOpen;
  }

  #observe(change: Change): boolean {
    if (change.revision <= this.#revision) return this.#isOpen;
    this.#revision = change.revision;
    if (!change.key.startsWith(this.#prefix)) return this.#isOpen;
    // Collections of a kind's class hold objects of that kind only.
    const before = change.previous as Entry<KubeObject> | undefined;
    const after = change.entry as Entry<KubeObject> | undefined;
    const did = before !== undefined && matches(this.#options, before.value);
    const does = after !== undefined && matches(this.#options, after.value);
    if (after && does) this.#send(did ? 'MODIFIED' : 'ADDED', after, change);
    else if (before && did) {
      // Also when the object only left the selection: its last state under the revision of the change.
      this.#write(this.#framer.event('DELETED', { object: before.value, revision: change.revision }, change), change.revision);
    }
    return this.#isOpen;
  }

  #send(type: EventType, entry: Entry<KubeObject>, change?: Change): void {
    this.#write(this.#framer.event(type, { object: entry.value, revision: entry.revision, entry }, change), entry.revision);
  }

  #write(bytes: Uint8Array, revision: number): void {
    if (this.#isOpen && !this.#sink.write(bytes, revision)) this.#close();
  }

  #scheduleBookmark(): void {
    const cancel = this.#exchange.ports.after(BOOKMARK_EVERY_MS, () => {
      this.#bookmark();
      if (this.#isOpen) this.#scheduleBookmark();
    });
    this.#stops[2] = cancel;
  }

  /** The durable revision is one that every earlier event was sent for: later ones are still to come. */
  #bookmark(): void {
    const { world } = this.#exchange.ports;
    const revision = Math.max(this.#revision, Math.min(world.journal.durableRevision, world.reader.revision));
    this.#write(this.#framer.bookmark(revision), revision);
  }

  #end(): void {
    if (!this.#isOpen) return;
    if (this.#options.allowBookmarks && this.#stops.length > 0) this.#bookmark();
    this.#close();
    this.#sink.end();
  }

  #close(): void {
    this.#isOpen = false;
    for (const stop of this.#stops) stop?.();
    this.#stops = [];
  }
}
