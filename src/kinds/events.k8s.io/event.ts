import type { Json } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { event as coreEvent } from '../core/event.ts';
import { selectable } from '../selectable.ts';

/** Fields that the core group calls otherwise: this group's name, the core group's. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const toCore = new Map(RENAMED);
const fromCore = new Map(RENAMED.map(([own, core]) => [core, own]));

/** Texts that the core group shows empty and this one leaves out. */
const OMITTED_EMPTY = new Set(['reportingController', 'reportingInstance', 'note']);

function rename(object: KubeObject, names: ReadonlyMap<string, string>, apiVersion: string): KubeObject {
  const fields = Object.entries(object).map(([field, value]): [string, Json] => [names.get(field) ?? field, value]);
  // Renaming keeps kind and metadata.
  return { ...Object.fromEntries(fields.filter(([field, value]) => value !== '' || !OMITTED_EMPTY.has(field))), apiVersion } as KubeObject;
}

const involved = coreEvent.selectableFields ?? {};
const regarding = Object.fromEntries(
  Object.entries(involved)
    .filter(([path]) => path.startsWith('involvedObject.'))
    .map(([path, getter]) => [path.replace('involvedObject', 'regarding'), getter]),
);

export const eventsEvent: Kind = {
  ...coreEvent,
  group: 'events.k8s.io',
  storedAs: coreEvent,
  versions: [
    {
      name: 'v1',
      toStored: (object) => ({ reportingComponent: '', reportingInstance: '', ...rename(object, toCore, 'v1') }),
      fromStored: (object) => rename(object, fromCore, 'events.k8s.io/v1'),
    },
  ],
  selectableFields: {
    ...regarding,
    ...selectable({ reason: '', type: '' }),
    reportingController: involved.reportingComponent ?? (() => ''),
  },
};
