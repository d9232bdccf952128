import type { PriorityLevelConfiguration, QueuingConfiguration } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, fields, nonZero, present } from '../defaulting.ts';
import { priorityLevelFaults } from './validation.ts';

const limited = fields({
  nominalConcurrencyShares: 30,
  lendablePercent: 0,
  limitResponse: fields({
    queuing: fields({ queues: nonZero(64), handSize: nonZero(8), queueLengthLimit: nonZero(50) }),
  }),
});

const queuing =
  (field: keyof QueuingConfiguration) =>
  ({ spec }: PriorityLevelConfiguration) =>
    spec.limited?.limitResponse?.queuing?.[field] ?? '<none>';

export const priorityLevelConfiguration: Kind = {
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  resource: 'prioritylevelconfigurations',
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  default: defaults({
    spec: present(
      fields({
        limited,
        exempt: fields({ nominalConcurrencyShares: 0, lendablePercent: 0 }),
      }),
    ),
  }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: PriorityLevelConfiguration) => priorityLevelFaults(object),
  columns: [
    nameColumn,
    column<PriorityLevelConfiguration>('Type', 'Exempt or Limited.', (o) => o.spec.type),
    column<PriorityLevelConfiguration>(
      'NominalConcurrencyShares',
      'Share of the seats.',
      ({ spec }) => spec.limited?.nominalConcurrencyShares ?? spec.exempt?.nominalConcurrencyShares ?? '<none>',
    ),
    column<PriorityLevelConfiguration>('Queues', 'Number of queues.', queuing('queues')),
    column<PriorityLevelConfiguration>('HandSize', 'Queues that a flow is spread over.', queuing('handSize')),
    column<PriorityLevelConfiguration>('QueueLengthLimit', 'Requests that a queue holds.', queuing('queueLengthLimit')),
    ageColumn,
  ],
};
