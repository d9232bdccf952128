import type { Change, Entry } from '../../kernel/collection.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { encodedTail, encodeTail, objectHead, served, shownMetadata } from '../encode/json.ts';
import { encodedMessage, protobufFrame } from '../encode/protobuf.ts';
import type { KubeObject } from '../object.ts';
import { computed } from '../pipeline/computed.ts';
import type { ResourceExchange } from '../pipeline/exchange.ts';
import type { Representation } from '../pipeline/negotiate.ts';
import { messageOf } from '../pipeline/respond.ts';
import { renderTable } from '../table/table.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** An object as an event shows it. `entry` holds it where it is what is stored under that revision. */
export interface EventObject {
  readonly object: KubeObject;
  readonly revision: number;
  readonly entry?: Entry<KubeObject>;
}

/** Encodes the events of one watch. Plain frames of a change are shared by all watchers of the same served version. */
export interface Framer {
  readonly contentType: string;
  event(type: EventType, shown: EventObject, change?: Change): Uint8Array;
  bookmark(revision: number, annotations?: JsonObject): Uint8Array;
  error(status: JsonObject): Uint8Array;
}

export function framerOf(exchange: ResourceExchange, form: Representation): Framer {
  if (form.format === 'protobuf' && !form.as) return protobufFramer(exchange);
  return form.as ? transformingFramer(exchange, form) : plainFramer(exchange);
}

const frame = (type: string, object: JsonObject): Buffer => Buffer.from(`${JSON.stringify({ type, object })}\n`);

const bookmarkObject = (exchange: ResourceExchange, revision: number, annotations?: JsonObject): JsonObject => ({
  kind: exchange.resource.kind.kind,
  apiVersion: exchange.resource.apiVersion,
  metadata: { resourceVersion: String(revision), ...(annotations && { annotations }) },
});

type Shared = Map<string, Uint8Array>;
const shared = new WeakMap<Change, Shared>();

/** One buffer per change and form, whoever asks first makes it. */
function once(change: Change | undefined, key: string, make: () => Uint8Array): Uint8Array {
  if (!change) return make();
  const frames: Shared = shared.get(change) ?? new Map();
  shared.set(change, frames);
  const known = frames.get(key);
  if (known) return known;
  const made = make();
  frames.set(key, made);
  return made;
}

const CLOSE = Buffer.from('}\n');

function plainFramer(exchange: ResourceExchange): Framer {
  const { resource } = exchange;
  const heads = new Map<EventType, Buffer>();
  const headOf = (type: EventType): Buffer => {
    const head = heads.get(type) ?? Buffer.concat([Buffer.from(`{"type":"${type}","object":`), objectHead(resource)]);
    heads.set(type, head);
    return head;
  };
  const tailOf = ({ object, revision, entry }: EventObject): Buffer =>
    entry && !resource.kind.computed ? encodedTail(entry, resource) : encodeTail(served(computed(exchange, object), resource), revision);
  return {
    contentType: 'application/json',
    event: (type, shown, change) =>
      once(change, `${resource.apiVersion} ${type}`, () => Buffer.concat([headOf(type), tailOf(shown), CLOSE])),
    bookmark: (revision, annotations) => frame('BOOKMARK', bookmarkObject(exchange, revision, annotations)),
    error: (status) => frame('ERROR', status),
  };
}

/** Tables and bare metadata: made for each watcher, since rows show ages and the first one alone has columns. */
function transformingFramer(exchange: ResourceExchange, form: Representation): Framer {
  let isFirst = true;
  const { metaVersion } = form;
  const render = ({ object, revision }: EventObject): JsonObject => {
    if (form.as !== 'Table') {
      const metadata = shownMetadata(served(object, exchange.resource).metadata, revision);
      return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata };
    }
    const table = renderTable(exchange, metaVersion, [{ object, revision }], { resourceVersion: String(revision) }, isFirst);
    isFirst = false;
    return table;
  };
  return {
    contentType: 'application/json',
    event: (type, shown) => frame(type, render(shown)),
    bookmark: (revision, annotations) => {
      const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) };
      if (form.as !== 'Table')
        return frame('BOOKMARK', { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata });
      return frame('BOOKMARK', renderTable(exchange, metaVersion, [], metadata, isFirst));
    },
    error: (status) => frame('ERROR', status),
  };
}

function protobufFramer(exchange: ResourceExchange): Framer {
  const { resource, registry } = exchange;
  const status = registry.schemas.ofKind('', 'v1', 'Status')?.name ?? 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
  return {
    contentType: 'application/vnd.kubernetes.protobuf;stream=watch',
    event: (type, shown, change) =>
      once(change, `${resource.apiVersion} ${type} protobuf`, () => {
        const raw = messageOf(exchange, shown.object, shown.revision, shown.entry);
        return protobufFrame(type, raw, resource.apiVersion, resource.kind.kind);
      }),
    bookmark: (revision, annotations) => {
      const raw = encodedMessage(bookmarkObject(exchange, revision, annotations), resource.schema.name ?? '', registry.version);
      return protobufFrame('BOOKMARK', raw, resource.apiVersion, resource.kind.kind);
    },
    error: (object) => protobufFrame('ERROR', encodedMessage(object, status, registry.version), 'v1', 'Status'),
  };
}
