import type { Ingress } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { ingressFaults as balancerFaults } from '../status-validation.ts';
import { ingressFaults } from './ingress-validation.ts';

const SHOWN = 3;
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

function hostsText({ spec }: Ingress): string {
  const hosts = (spec.rules ?? []).map(({ host }) => host).filter((host) => !!host);
  const shown = hosts.slice(0, SHOWN).join(',') || '*';
  return hosts.length > SHOWN ? `${shown} + ${hosts.length - SHOWN} more...` : shown;
}

const addressText = ({ status }: Ingress): string =>
  [...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))].sort().join(',');

export const ingress: Kind = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  resource: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  default: defaults({ spec: present() }),
  prepareForCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
  validate: (object: Ingress) => ingressFaults(object),
  validateStatusUpdate({ status }: Ingress) {
    const faults: FieldError[] = [];
    balancerFaults('status.loadBalancer.ingress', status?.loadBalancer?.ingress, false, faults);
    return faults;
  },
  warnings: ({ metadata, spec }: Ingress) =>
    metadata.annotations?.[CLASS_ANNOTATION] !== undefined && !spec.ingressClassName
      ? [`annotation ${JSON.stringify(CLASS_ANNOTATION)} is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  columns: [
    nameColumn,
    column<Ingress>('Class', 'Ingress class.', (o) => o.spec.ingressClassName ?? '<none>'),
    column<Ingress>('Hosts', 'Hosts that the rules match.', hostsText),
    column<Ingress>('Address', 'Addresses of the load balancer.', addressText),
    column<Ingress>('Ports', 'Ports that are open.', (o) => ((o.spec.tls?.length ?? 0) > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
};
