import type { FlowSchema } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, fields, nonZero, present } from '../defaulting.ts';
import { flowSchemaFaults } from './validation.ts';

export const flowSchema: Kind = {
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  default: defaults({ spec: present(fields({ matchingPrecedence: nonZero(1000) })) }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: FlowSchema) => flowSchemaFaults(object),
  columns: [
    nameColumn,
    column<FlowSchema>('PriorityLevel', 'Priority level of the requests.', (o) => o.spec.priorityLevelConfiguration.name || '<none>'),
    column<FlowSchema>('MatchingPrecedence', 'Lower ones are tried first.', (o) => o.spec.matchingPrecedence ?? 0),
    column<FlowSchema>('DistinguisherMethod', 'What sets flows apart.', (o) => o.spec.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    column<FlowSchema>(
      'MissingPL',
      'Whether the priority level is missing.',
      (o) => o.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
};
