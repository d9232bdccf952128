import { sameId } from '../../arm/ids.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** One ip configuration of a resource, wherever its type keeps it, with the id under which Azure names it. */
export interface IpConfiguration {
  readonly id: string;
  readonly name: string;
  readonly properties: JsonObject;
}

/** Ip configurations of a network interface, a load balancer's frontends, or of the interfaces of a scale-set instance. */
export function ipConfigurationsOf({ id, desired }: Pick<Resource, 'id' | 'desired'>): IpConfiguration[] {
  const below = (parent: string, list: string, owner: JsonObject): IpConfiguration[] =>
    objectsAt(owner, list).map((entry) => ({
      id: `${parent}/${list}/${textAt(entry, 'name')}`,
      name: textAt(entry, 'name'),
      properties: objectAt(entry, 'properties'),
    }));
  const interfaces = objectsAt(objectAt(desired, 'networkProfileConfiguration'), 'networkInterfaceConfigurations');
  return [
    ...below(id, 'ipConfigurations', desired),
    ...below(id, 'frontendIPConfigurations', desired),
    ...interfaces.flatMap((card) =>
      below(`${id}/networkInterfaces/${textAt(card, 'name')}`, 'ipConfigurations', objectAt(card, 'properties')),
    ),
  ];
}

/** Ids of those configurations of a resource that refer to a subnet or public address. */
export const ipConfigurationsIn = (resource: Resource, target: string): string[] =>
  ipConfigurationsOf(resource)
    .filter(({ properties }) =>
      ['subnet', 'publicIPAddress', 'publicIPPrefix'].some((name) => sameId(textAt(objectAt(properties, name), 'id'), target)),
    )
    .map((configuration) => configuration.id);
