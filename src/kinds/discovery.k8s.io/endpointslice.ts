import type { EndpointSlice } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, each, fields } from '../defaulting.ts';
import { indexBy } from '../selectable.ts';
import { endpointSliceFaults, endpointSliceUpdateFaults } from './validation.ts';

const SHOWN = 3;
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** The first three, and how many more there are. */
function firstOf(items: readonly string[]): string {
  if (items.length === 0) return '<unset>';
  const shown = items.slice(0, SHOWN).join(',');
  return items.length > SHOWN ? `${shown} + ${items.length - SHOWN} more...` : shown;
}

/** Topology was what nodes were told by in a version that is no more; it is not taken any longer. */
function withoutTopology(object: EndpointSlice): EndpointSlice {
  if (!object.endpoints?.some(({ deprecatedTopology }) => deprecatedTopology)) return object;
  return { ...object, endpoints: object.endpoints.map(({ deprecatedTopology: _, ...endpoint }) => endpoint) };
}

export const endpointSlice: Kind = {
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: 'labels',
  indexes: {
    /** By "namespace/name" of the Service. */
    service: indexBy<EndpointSlice>(({ metadata }) => {
      const name = metadata.labels?.[SERVICE_LABEL];
      return name ? [`${metadata.namespace}/${name}`] : [];
    }),
  },
  default: defaults({
    endpoints: each(fields({ conditions: {} })),
    ports: each(fields({ name: '', protocol: 'TCP' })),
  }),
  prepareForCreate: withoutTopology,
  prepareForUpdate: (object: EndpointSlice, previous: EndpointSlice) =>
    // Endpoints are plain JSON.
    equal(object.endpoints as unknown as Json, previous.endpoints as unknown as Json) ? object : withoutTopology(object),
  validate: (object: EndpointSlice) => endpointSliceFaults(object),
  validateUpdate: (object: EndpointSlice, previous: EndpointSlice) => [
    ...endpointSliceFaults(object),
    ...endpointSliceUpdateFaults(object, previous),
  ],
  columns: [
    nameColumn,
    column<EndpointSlice>('AddressType', 'Kind of the addresses.', (o) => o.addressType),
    column<EndpointSlice>('Ports', 'Ports of every endpoint.', (o) =>
      firstOf((o.ports ?? []).map(({ port, name }) => String(port ?? (name || '*')))),
    ),
    column<EndpointSlice>('Endpoints', 'Addresses of the endpoints.', (o) =>
      firstOf((o.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ),
    ageColumn,
  ],
};
