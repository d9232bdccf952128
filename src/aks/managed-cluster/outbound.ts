import { parseId } from '../../arm/ids.ts';
import { objectsAt } from '../../arm/merge.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { equal, type Json, type JsonObject } from '../../kernel/json.ts';
import { given, objectAt, textAt } from './given.ts';

/** The load balancer profile: which addresses a cluster's egress leaves from, and how (aks-facts §1.4, aks-facts-networking). */

const OWN = ['outboundIPs', 'outboundIPPrefixes'] as const;
const KINDS = ['managedOutboundIPs', ...OWN] as const;

/** Ids of the public addresses that the caller brings. */
export const ownAddresses = (profile: JsonObject): string[] =>
  objectsAt(objectAt(profile, 'outboundIPs'), 'publicIPs').map((address) => textAt(address, 'id'));

/** Addresses that the egress leaves from: as many as the caller brings, or as are managed. */
export const addressCount = (profile: JsonObject): number =>
  ownAddresses(profile).length || Number(objectAt(profile, 'managedOutboundIPs')['count'] ?? 1);

/**
 * Addresses are managed, the caller's own, or of the caller's prefixes. A body that brings one kind to a cluster with another means a
 * change from this to that: the merged profile then holds both, and what is not new goes.
 */
export function outboundDefaults(asked: JsonObject, before: JsonObject | undefined): JsonObject {
  const changed = (name: string): boolean => given(asked[name]) && !equal(asked[name], before?.[name]);
  const kept: { [name: string]: Json } = { ...asked };
  if (before && KINDS.some(changed)) for (const name of KINDS) if (!changed(name)) delete kept[name];
  const isManaged = given(kept['managedOutboundIPs']) || !OWN.some((name) => given(kept[name]));
  return {
    ...kept,
    ...(isManaged && { managedOutboundIPs: { count: 1, ...objectAt(kept, 'managedOutboundIPs') } }),
    backendPoolType: asked['backendPoolType'] ?? 'nodeIPConfiguration',
  };
}

const fault = (path: string, value: unknown, detail: string, code = 'InvalidParameter'): FieldError => ({
  ...invalid(`networkProfile.loadBalancerProfile${path}`, value, detail),
  code,
});

const LIMITS: readonly (readonly [path: string, least: number, most: number])[] = [
  ['managedOutboundIPs.count', 1, 100],
  ['managedOutboundIPs.countIPv6', 0, 100],
  ['allocatedOutboundPorts', 0, 64_000],
  ['idleTimeoutInMinutes', 4, 120],
];

/** Limits of the profile, and that it names one kind of addresses. */
export function validateOutbound(profile: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const [path, least, most] of LIMITS) {
    const value = path.split('.').reduce<Json | undefined>((at, name) => objectAt({ at: at ?? null }, 'at')[name], profile);
    if (!given(value) || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) continue;
    const detail = `The value of parameter networkProfile.loadBalancerProfile.${path} is invalid. Error details: Expected '${path}' to be between ${least} and ${most}, got ${value}.`;
    errors.push(fault(`.${path}`, value, detail));
  }
  const ports = profile['allocatedOutboundPorts'];
  if (Number.isInteger(ports) && Number(ports) % 8 !== 0)
    errors.push(fault('.allocatedOutboundPorts', ports, `Allocated outbound ports have to be a multiple of 8, got ${ports}.`));
  const kinds = KINDS.filter((name) => given(profile[name]));
  if (kinds.length > 1)
    errors.push(
      fault('', kinds, `A load balancer profile must specify at most one of managedOutboundIPs, outboundIPPrefixes and outboundIPs.`),
    );
  if (given(profile['outboundIPPrefixes']))
    errors.push(fault('.outboundIPPrefixes', undefined, 'Egress from public IP prefixes is not implemented yet.', 'NotImplemented'));
  if (given(profile['outboundIPs'])) errors.push(...validateOwn(profile));
  return errors;
}

function validateOwn(profile: JsonObject): FieldError[] {
  const ids = ownAddresses(profile);
  const wrong = ids.filter((id) => parseId(id)?.type.toLowerCase() !== 'microsoft.network/publicipaddresses');
  if (ids.length > 0 && wrong.length === 0) return [];
  const detail =
    ids.length === 0
      ? 'networkProfile.loadBalancerProfile.outboundIPs.publicIPs names no public IP address.'
      : `'${wrong[0]}' is not the id of a public IP address.`;
  return [fault('.outboundIPs.publicIPs', ids, detail)];
}
