import type { Entry } from '../../kernel/collection.ts';
import { fnv1a32 } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { StatusError } from '../status.ts';
import type { WriteContext } from './context.ts';
import { createObject } from './create.ts';
import { updateObject } from './update.ts';

/** Events as the recorder writes them. What the server does with events of clients is declared in kinds/. */
const eventKind: Kind = {
  group: '',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
};

/**
 * Records an Event about an object. Equal ones (object, type, reason, message, source) are folded into one by count, as client-go's
 * correlator does; the name follows from what is equal, so that the earlier one is found without an index.
 */
export function recordEvent(context: WriteContext, about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
  const { tx, manager, source = manager } = context;
  const namespace = about.metadata.namespace ?? 'default';
  const identity = [about.apiVersion, about.kind, about.metadata.uid, type, reason, message, source].join('\u0000');
  const suffix = fnv1a32(identity).toString(16).padStart(8, '0') + fnv1a32(`${identity}\u0000`).toString(16).padStart(8, '0');
  const name = `${about.metadata.name}.${suffix}`;
  const earlier = tx.get<KubeObject>(collectionOf(eventKind, context.scope), objectKey(namespace, name));
  try {
    if (earlier) repeat(context, earlier);
    else createEvent(context, { name, namespace }, firstEvent(context, about, type, reason, message));
  } catch (error) {
    // What was done stays done where the server takes no event of it (a namespace that is going), as with client-go's recorder.
    if (!(error instanceof StatusError)) throw error;
  }
}

const fieldsOfEvents = new Map<string, JsonObject>();

/** All first events have the same fields: which these are is found out once per version and kind of namespace. */
function createEvent(context: WriteContext, metadata: { readonly name: string; readonly namespace: string }, body: Body): void {
  const shape = `${context.version} ${body.involvedObject.namespace !== undefined}`;
  const fields = fieldsOfEvents.get(shape);
  if (fields) {
    const managedFields = [{ ...fields, manager: context.manager, time: context.tx.nowIso }];
    createObject(context, eventKind, { metadata: { ...metadata, managedFields }, ...body }, true);
    return;
  }
  const entry = createObject(context, eventKind, { metadata, ...body }).object.metadata.managedFields?.[0];
  if (entry) fieldsOfEvents.set(shape, entry);
}

type Body = ReturnType<typeof firstEvent>;

function firstEvent({ tx, manager, source = manager }: WriteContext, about: KubeObject, type: string, reason: string, message: string) {
  return {
    involvedObject: {
      kind: about.kind,
      ...(about.metadata.namespace !== undefined && { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
    },
    reason,
    message,
    source: { component: source },
    firstTimestamp: tx.nowIso,
    lastTimestamp: tx.nowIso,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: source,
    reportingInstance: '',
  };
}

function repeat(context: WriteContext, { value }: Entry<KubeObject>): void {
  const count = typeof value.count === 'number' ? value.count + 1 : 2;
  updateObject(context, eventKind, { ...value, count, lastTimestamp: context.tx.nowIso });
}
