import { keyOf } from '../../arm/ids.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** One ip configuration of a resource, wherever its type keeps it, with the id under which Azure names it. */
export interface IpConfiguration {
  readonly id: string;
  readonly name: string;
  readonly properties: JsonObject;
}

/** A configuration as the list that holds it tells it: where it is below its resource, and keys of what it refers to. */
interface Placed {
  readonly path: string;
  readonly name: string;
  readonly properties: JsonObject;
  readonly targets: readonly string[];
}

// Values never change, and all instances of a scale set share one profile: each profile is read once.
const read = new WeakMap<JsonObject, readonly Placed[]>();

const TARGETS = ['subnet', 'publicIPAddress', 'publicIPPrefix'];

function placedIn(owner: JsonObject): readonly Placed[] {
  const known = read.get(owner);
  if (known) return known;
  const below = (prefix: string, list: string, holder: JsonObject): Placed[] =>
    objectsAt(holder, list).map((entry) => {
      const properties = objectAt(entry, 'properties');
      const name = textAt(entry, 'name');
      const targets = TARGETS.flatMap((member) => textAt(objectAt(properties, member), 'id') || []).map(keyOf);
      return { path: `${prefix}/${list}/${name}`, name, properties, targets };
    });
  const placed = [
    ...below('', 'ipConfigurations', owner),
    ...below('', 'frontendIPConfigurations', owner),
    ...objectsAt(owner, 'networkInterfaceConfigurations').flatMap((card) =>
      below(`/networkInterfaces/${textAt(card, 'name')}`, 'ipConfigurations', objectAt(card, 'properties')),
    ),
  ];
  read.set(owner, placed);
  return placed;
}

/** Configurations of a network interface or of a load balancer's frontends, and of the interfaces of a scale-set instance. */
const placedOf = ({ desired }: Pick<Resource, 'desired'>): readonly Placed[] => {
  const profile = objectAt(desired, 'networkProfileConfiguration');
  return desired['networkProfileConfiguration'] ? placedIn(profile) : placedIn(desired);
};

/** Ip configurations of a network interface, a load balancer's frontends, or of the interfaces of a scale-set instance. */
export const ipConfigurationsOf = (resource: Pick<Resource, 'id' | 'desired'>): IpConfiguration[] =>
  placedOf(resource).map(({ path, name, properties }) => ({ id: resource.id + path, name, properties }));

/** Ids of those configurations of a resource that refer to a subnet or public address. */
export const ipConfigurationsIn = (resource: Resource, target: string): string[] => {
  const key = keyOf(target);
  return placedOf(resource)
    .filter(({ targets }) => targets.includes(key))
    .map(({ path }) => resource.id + path);
};
