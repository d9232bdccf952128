import { listChildren } from '../../arm/estate.ts';
import { keyOf, parseId } from '../../arm/ids.ts';
import { stringsAt, textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { parseAddress, parsePrefix } from '../../net/prefix.ts';
import { networkName } from './names.ts';

export const SECURITY_RULE_TYPE = 'Microsoft.Network/networkSecurityGroups/securityRules';
const ENUMS: { readonly [member: string]: readonly string[] } = {
  access: ['Allow', 'Deny'],
  direction: ['Inbound', 'Outbound'],
  protocol: ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*'],
};
const LISTS = ['sourcePortRanges', 'destinationPortRanges', 'sourceAddressPrefixes', 'destinationAddressPrefixes'];

export const securityRule: ResourceType = {
  name: SECURITY_RULE_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  defaults(draft) {
    const properties = { ...Object.fromEntries(LISTS.map((list) => [list, []])), ...draft.properties };
    for (const [member, allowed] of Object.entries(ENUMS)) {
      const value = textAt(properties, member);
      const exact = allowed.find((item) => item.toLowerCase() === value.toLowerCase());
      if (exact) Object.assign(properties, { [member]: exact });
    }
    return { ...draft, properties };
  },
  validate,
  admit(draft, { reader }) {
    const { priority, direction } = draft.properties;
    const twin = listChildren(reader, SECURITY_RULE_TYPE, parseId(draft.id)?.parent ?? '').find(
      (rule) => keyOf(rule.id) !== keyOf(draft.id) && rule.desired['priority'] === priority && rule.desired['direction'] === direction,
    );
    if (!twin) return [];
    const detail = `Security rule ${draft.name} conflicts with rule ${twin.name}. Rules cannot have the same Priority and Direction.`;
    return [{ ...invalid('properties.priority', priority, detail), code: 'SecurityRuleConflict' }];
  },
};

function validate({ properties, name }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  for (const [member, allowed] of Object.entries(ENUMS)) {
    const value = textAt(properties, member);
    if (value === '') errors.push(required(`properties.${member}`));
    else if (!allowed.includes(value)) errors.push(notSupported(`properties.${member}`, value, allowed));
  }
  const priority = properties['priority'];
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 100 || priority > 4096) {
    const detail = `Security rule has invalid Priority. Value provided: ${priority ?? 0} Allowed range 100-4096.`;
    errors.push({ ...invalid('properties.priority', priority, detail), code: 'SecurityRuleInvalidPriority' });
  }
  for (const side of ['source', 'destination']) {
    errors.push(...checkSide(name, properties, side, 'PortRange', isPortRange, 'SecurityRuleInvalidPortRange'));
    errors.push(...checkSide(name, properties, side, 'AddressPrefix', isAddressPrefix, 'SecurityRuleInvalidAddressPrefix'));
  }
  return errors;
}

function checkSide(
  name: string,
  properties: Draft['properties'],
  side: string,
  kind: 'PortRange' | 'AddressPrefix',
  accepts: (value: string) => boolean,
  code: string,
): FieldError[] {
  const plural = kind === 'PortRange' ? 'PortRanges' : 'AddressPrefixes';
  const one = textAt(properties, side + kind);
  const values = [...(one ? [one] : []), ...stringsAt(properties, side + plural)];
  const groups = properties[`${side}ApplicationSecurityGroups`];
  if (values.length === 0 && !(kind === 'AddressPrefix' && Array.isArray(groups) && groups.length > 0))
    return [required(`properties.${side}${kind}`, `Security rule ${name} must specify ${side}${kind} or ${side}${plural}.`)];
  return values
    .filter((value) => !accepts(value))
    .map((value) => ({
      ...invalid(`properties.${side}${kind}`, value, `Security rule has invalid ${kind}. Value provided: ${value}.`),
      code,
    }));
}

function isPortRange(value: string): boolean {
  if (value === '*') return true;
  const [from, to = from, ...more] = value.split('-').map(Number);
  const isPort = (port: number | undefined): boolean => port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65535;
  return /^\d+(-\d+)?$/.test(value) && more.length === 0 && isPort(from) && isPort(to) && (from ?? 0) <= (to ?? 0);
}

/** An address, a range, "*", or a service tag (`AzureLoadBalancer`, `Storage.EastUS2`), which all start with a letter. */
const isAddressPrefix = (value: string): boolean =>
  value === '*' ||
  parseAddress(value) !== undefined ||
  parsePrefix(value) !== undefined ||
  /^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$/.test(value);
