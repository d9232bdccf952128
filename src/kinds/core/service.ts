import type { Service, ServicePort, ServiceSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIs1035Label } from '../../kube/names/dns.ts';
import { ageColumn, column, labelsText, nameColumn, wide } from '../columns.ts';
import { indexBy, selectable } from '../selectable.ts';
import { ingressFaults } from '../status-validation.ts';
import { allocateService } from './service-allocation.ts';
import { serviceDefaults } from './service-defaults.ts';
import { servicePools } from './service-pools.ts';
import { prepareServiceUpdate } from './service-update.ts';
import { serviceFaults, serviceUpdateFaults } from './service-validation.ts';

function externalAddresses({ spec, status }: Service): string {
  const own = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean);
      const balanced = [...new Set(ingress)].sort();
      return [...balanced, ...own].join(',') || '<pending>';
    }
    default:
      return own.join(',') || '<none>';
  }
}

const portText = ({ port, nodePort, protocol }: ServicePort): string => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`;

/** A client may know only the first of the addresses. */
const withAllAddresses = (spec: ServiceSpec): ServiceSpec =>
  spec.clusterIP && !spec.clusterIPs?.length ? { ...spec, clusterIPs: [spec.clusterIP] } : spec;

export const service: Kind = {
  group: '',
  kind: 'Service',
  resource: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  returnsDeleted: true,
  status: true,
  generation: false,
  selectableFields: selectable({ 'spec.clusterIP': '', 'spec.type': '' }),
  indexes: {
    clusterIP: indexBy<Service>(({ spec }) => (spec.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '')),
    /** By every port that the Service takes on nodes, health check included. */
    nodePort: indexBy<Service>(({ spec }) =>
      [spec.healthCheckNodePort, ...(spec.ports ?? []).map(({ nodePort }) => nodePort)].filter((port) => !!port).map(String),
    ),
  },
  default: serviceDefaults,
  allowCreateOnUpdate: true,
  prepareForCreate: (object: Service) => ({ ...object, spec: withAllAddresses(object.spec), status: { loadBalancer: {} } }),
  prepareForUpdate: (object: Service, previous: Service) => prepareServiceUpdate(object, previous),
  // The former Service is one, too.
  allocate: (object: Service, previous, context, random) =>
    allocateService(object, servicePools(context, object.metadata), random, previous as Service | undefined),
  nameRule: nameIs1035Label,
  validate: (object: Service) => serviceFaults(object),
  validateUpdate: (object: Service, previous: Service) => serviceUpdateFaults(object, previous),
  validateStatusUpdate({ spec, status }: Service) {
    const path = 'status.loadBalancer.ingress';
    const ingress = status?.loadBalancer?.ingress ?? [];
    if (ingress.length > 0 && spec.type !== 'LoadBalancer') return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
    const faults: FieldError[] = [];
    ingressFaults(path, ingress, true, faults);
    return faults;
  },
  warnings({ spec }: Service) {
    if (spec.clusterIP !== 'None') return [];
    const ignored = [
      ...(spec.loadBalancerIP ? ['loadBalancerIP'] : []),
      ...(spec.externalIPs?.length ? ['externalIPs'] : []),
      ...(spec.sessionAffinity !== 'None' ? ['SessionAffinity'] : []),
    ];
    return ignored.map((field) => `spec.${field} is ignored when spec.clusterIP is "None"`);
  },
  columns: [
    nameColumn,
    column<Service>('Type', 'How the service is exposed.', ({ spec }) => spec.type ?? ''),
    column<Service>('Cluster-IP', 'Address inside the cluster.', ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
    column<Service>('External-IP', 'Addresses from outside the cluster.', externalAddresses),
    column<Service>('Port(s)', 'Ports, with those on the nodes.', ({ spec }) => spec.ports?.map(portText).join(',') || '<none>'),
    ageColumn,
    wide<Service>('Selector', 'Labels of the pods behind the service.', ({ spec }) => labelsText(spec.selector)),
  ],
};
