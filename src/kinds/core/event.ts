import type { CoreEvent } from '../../../gen/kubernetes-types.ts';
import { invalid } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import type { ObjectMeta } from '../../kube/object.ts';
import { defaults } from '../defaulting.ts';
import { selectable } from '../selectable.ts';
import { eventColumns } from './event-columns.ts';

const SPAN_MS = 600_000;

export const event: Kind = {
  group: '',
  kind: 'Event',
  resource: 'events',
  shortNames: ['ev'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  selectableFields: {
    ...selectable({
      'involvedObject.kind': '',
      'involvedObject.namespace': '',
      'involvedObject.name': '',
      'involvedObject.uid': '',
      'involvedObject.apiVersion': '',
      'involvedObject.resourceVersion': '',
      'involvedObject.fieldPath': '',
      reason: '',
      reportingComponent: '',
      type: '',
    }),
    source: (object) => eventSource(object),
  },
  indexes: {
    /** By the ten minutes that it was last written in, as their start in ms: what goes together when it is old. */
    expiry: ({ metadata }) => [String(Math.floor(Date.parse(lastWritten(metadata)) / SPAN_MS) * SPAN_MS)],
  },
  default: defaults({
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  }),
  validate: ({ metadata, eventTime, involvedObject }: CoreEvent) => {
    const namespace = involvedObject?.namespace ?? '';
    // Events of the newer form say where they come from in other ways.
    const isRight = eventTime || namespace === metadata.namespace || (namespace === '' && metadata.namespace === 'default');
    return isRight ? [] : [invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
  },
  columns: eventColumns,
};

/** Times in the event itself are its reporter's to choose, and say nothing of how long it is kept. */
function lastWritten({ creationTimestamp, managedFields = [] }: ObjectMeta): string {
  const times = managedFields.map(({ time }) => (typeof time === 'string' ? time : ''));
  // All are RFC 3339 in UTC with seconds, which sort as text.
  return times.reduce((latest, time) => (time > latest ? time : latest), creationTimestamp);
}

function eventSource(object: object): string {
  // Only called for events.
  const { source, reportingComponent } = object as CoreEvent;
  return source?.component || reportingComponent || '';
}
