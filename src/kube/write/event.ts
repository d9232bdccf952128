import type { CoreEvent } from '../../../gen/kubernetes-types.ts';
import type { Entry, IndexDefinition } from '../../kernel/collection.ts';
import { fnv1a32 } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { collectionOf, type Kind, kindClass } from '../kind.ts';
import type { KubeObject } from '../object.ts';
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

/** What makes an event the same thing happening again. Clients may leave any of it out. */
type Identity = Partial<Pick<CoreEvent, 'involvedObject' | 'type' | 'reason' | 'message' | 'source'>>;
const identityOf = ({ involvedObject: about, type, reason, message, source }: Identity): string =>
  [about?.apiVersion, about?.kind, about?.uid, type, reason, message, source?.component].join('\u0000');
const keyOf = (identity: string): string => fnv1a32(identity).toString(36);

const REPEATS = 'repeats';
/** Events by what happened: equal ones have the same key, others seldom. */
export const eventIndex: IndexDefinition = {
  class: kindClass(eventKind),
  name: REPEATS,
  // Collections of events hold nothing else.
  keys: (value) => [keyOf(identityOf(value as Identity))],
};

/** The name that client-go's recorder gives: events of an object are listed in the order of time. */
const nameOf = ({ metadata }: KubeObject, { nowMs, nextRevision }: WriteContext['tx']): string =>
  `${metadata.name}.${(BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(nextRevision % 1_000_000)).toString(16)}`;

/** Records an Event about an object. Equal ones (object, type, reason, message, source) are folded into one by count, as client-go's correlator does. */
export function recordEvent(context: WriteContext, about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
  const { tx } = context;
  const body = firstEvent(context, about, type, reason, message);
  const identity = identityOf(body);
  const alike = tx.indexed<KubeObject>(collectionOf(eventKind, context.scope), REPEATS, keyOf(identity));
  const earlier = alike.find(({ value }) => identityOf(value as Identity) === identity);
  try {
    if (earlier) repeat(context, earlier);
    else createEvent(context, { name: nameOf(about, tx), namespace: about.metadata.namespace ?? 'default' }, body);
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
