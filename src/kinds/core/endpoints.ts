import type { Endpoints } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, each, fields } from '../defaulting.ts';
import { endpointsFaults } from './endpoints-validation.ts';

const SHOWN = 3;

/** The first three addresses, each with each of its ports, and how many more there are. */
function addressesText({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))),
  );
  const shown = all.slice(0, SHOWN).join(',');
  if (all.length > SHOWN) return `${shown} + ${all.length - SHOWN} more...`;
  return shown || '<none>';
}

export const endpoints: Kind = {
  group: '',
  kind: 'Endpoints',
  resource: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  versions: [{ name: 'v1', deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice' }],
  generation: false,
  default: defaults({ subsets: each(fields({ ports: each(fields({ protocol: 'TCP' })) })) }),
  allowCreateOnUpdate: true,
  validate: (object: Endpoints) => endpointsFaults(object),
  columns: [nameColumn, column<Endpoints>('Endpoints', 'Addresses that are ready.', addressesText), ageColumn],
};
