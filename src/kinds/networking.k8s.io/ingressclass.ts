import type { IngressClass } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { ingressClassFaults, ingressClassUpdateFaults } from './address-validation.ts';

function parametersText({ spec: { parameters } }: IngressClass): string {
  if (!parameters) return '<none>';
  return `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}`;
}

export const ingressClass: Kind = {
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  namespaced: false,
  versions: [{ name: 'v1' }],
  default: defaults({ spec: present(fields({ parameters: fields({ scope: 'Cluster' }) })) }),
  validate: (object: IngressClass) => ingressClassFaults(object),
  validateUpdate: (object: IngressClass, previous: IngressClass) => [
    ...ingressClassUpdateFaults(object, previous),
    ...ingressClassFaults(object),
  ],
  columns: [
    nameColumn,
    column<IngressClass>('Controller', 'Controller that serves the class.', (o) => o.spec.controller ?? ''),
    column<IngressClass>('Parameters', 'Object with more parameters.', parametersText),
    ageColumn,
  ],
};
