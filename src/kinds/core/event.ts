import type { CoreEvent } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { defaults } from '../defaulting.ts';
import { indexBy, selectable } from '../selectable.ts';
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
    /** By the ten minutes that it was last seen in, as their start in ms: what goes together when it is old. */
    expiry: indexBy<CoreEvent>(({ lastTimestamp, series, eventTime, metadata }) => {
      const lastMs = Date.parse(lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp);
      return [String(Math.floor(lastMs / SPAN_MS) * SPAN_MS)];
    }),
  },
  default: defaults({
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  }),
  columns: eventColumns,
};

function eventSource(object: object): string {
  // Only called for events.
  const { source, reportingComponent } = object as CoreEvent;
  return source?.component || reportingComponent || '';
}
