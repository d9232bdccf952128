import type { CoreEvent } from '../../../gen/kubernetes-types.ts';
import type { Column } from '../../kube/kind.ts';
import { humanAge } from '../../kube/table-format.ts';
import { column, wide } from '../columns.ts';

const firstSeen = (event: CoreEvent): string | undefined => event.firstTimestamp || event.eventTime;
const lastSeen = (event: CoreEvent): string | undefined =>
  event.series ? event.series.lastObservedTime : event.lastTimestamp || firstSeen(event);

function objectText({ involvedObject: { kind = '', name } }: CoreEvent): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function sourceText({ source, reportingComponent, reportingInstance }: CoreEvent): string {
  const component = source?.component || reportingComponent || '';
  const host = source?.host || reportingInstance || '';
  return host ? `${component}, ${host}` : component;
}

/** Columns of events, for both groups that serve them. */
export const eventColumns: readonly Column[] = [
  column<CoreEvent>('Last Seen', 'Time since it happened last.', (event, nowMs) => humanAge(lastSeen(event), nowMs)),
  column<CoreEvent>('Type', 'Normal or Warning.', (event) => event.type ?? ''),
  column<CoreEvent>('Reason', 'Short reason for machines.', (event) => event.reason ?? ''),
  column<CoreEvent>('Object', 'Object that the event is about.', objectText),
  wide<CoreEvent>('Subobject', 'Part of the object that the event is about.', (event) => event.involvedObject.fieldPath ?? ''),
  wide<CoreEvent>('Source', 'Component that reports the event.', sourceText),
  column<CoreEvent>('Message', 'What happened.', (event) => (event.message ?? '').trim()),
  wide<CoreEvent>('First Seen', 'Time since it happened first.', (event, nowMs) => humanAge(firstSeen(event), nowMs)),
  wide<CoreEvent>('Count', 'How often it has happened.', (event) => event.series?.count ?? (event.count || 1)),
  column<CoreEvent>('Name', 'Name of the event.', (event) => event.metadata.name, { priority: 1, format: 'name' }),
];
