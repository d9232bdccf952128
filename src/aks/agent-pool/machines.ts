import { notFound } from '../../arm/errors.ts';
import { getResource } from '../../arm/estate.ts';
import { parseId } from '../../arm/ids.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Action, ActionContext } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { AGENT_POOLS, nodeName, scaleSetName } from '../names.ts';
import { instancesOf, scaleSetId } from './scale-set.ts';

const MACHINES = `${AGENT_POOLS}/machines`;

/** The machines of a pool, one for each instance of its scale set, under the names of their nodes. Read only. */
export const machineActions: readonly Action[] = [
  {
    method: 'GET',
    path: 'machines',
    permission: `${MACHINES}/read`,
    run: ({ resource, reader }) => ({ status: 200, body: { value: machinesOf(reader, resource) } }),
  },
  {
    method: 'GET',
    path: 'machines/{machine}',
    permission: `${MACHINES}/read`,
    run: (context) => ({ status: 200, body: machine(context) }),
  },
];

function machinesOf(reader: Reader, pool: Resource): JsonObject[] {
  const cluster = getResource(reader, parseId(pool.id)?.parent ?? '');
  if (!cluster) return [];
  const prefix = scaleSetName(textAt(cluster.observed, 'resourceUID'), pool.name, false);
  return instancesOf(reader, scaleSetId(cluster, pool)).map((instance) => {
    const name = nodeName(prefix, Number(instance.name));
    const addresses = Object.values(objectAt(instance.observed, 'privateAddresses'));
    return {
      id: `${pool.id}/machines/${name}`,
      name,
      type: MACHINES,
      ...(instance.zones && { zones: instance.zones }),
      properties: { network: { ipAddresses: addresses.map((ip) => ({ family: 'IPv4', ip })) }, resourceId: instance.id },
    };
  });
}

function machine({ reader, resource, parameters }: ActionContext): JsonObject {
  const wanted = parameters['machine']?.toLowerCase();
  const found = machinesOf(reader, resource).find(({ name }) => name === wanted);
  if (found) return found;
  throw notFound(`Could not find the machine ${parameters['machine']} in agent pool ${resource.name}.`);
}
