import { zonesOf } from '../../arm/locations.ts';
import { stringsAt } from '../../arm/merge.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { given, objectAt, textAt } from '../managed-cluster/given.ts';

/** What the members of a pool can be (aks-facts §1.3, aks-facts-nodes §3.3). */

const fault = (path: string, value: unknown, rule: string): FieldError => ({
  ...invalid(
    `agentPoolProfile.${path}`,
    value,
    `The value of parameter agentPoolProfile.${path} is invalid. Error details: ${rule}, got ${JSON.stringify(value)}. Please see https://aka.ms/aks-naming-rules for more details.`,
  ),
  code: 'InvalidParameter',
});

const isWithin = (value: Json | undefined, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

/** Pods that a pool has room for at the least, on all its nodes together. */
const PODS_MIN = 30;

export function validateLimits(properties: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const mode = textAt(properties, 'mode');
  const { count, maxPods, osDiskSizeGB } = properties;
  const within = (path: string, value: Json | undefined, least: number, most: number, whose = ''): boolean => {
    const isFine = isWithin(value, least, most);
    if (!isFine) errors.push(fault(path, value, `Expected '${path}' to be between ${least} and ${most}${whose}`));
    return isFine;
  };
  const counted = within('count', count, mode === 'System' ? 1 : 0, 1000, ` for a ${mode} pool`);
  const roomy = within('maxPods', maxPods, mode === 'System' ? PODS_MIN : 10, 250, ` for a ${mode} pool`);
  if (counted && roomy && count !== 0 && Number(count) * Number(maxPods) < PODS_MIN)
    errors.push(fault('maxPods', maxPods, `Expected ${count} node(s) to have room for ${PODS_MIN} pods together`));
  within('osDiskSizeGB', osDiskSizeGB, 1, 2048);
  errors.push(...validateUpgrade(objectAt(properties, 'upgradeSettings'), mode), ...validateSpot(properties));
  const system = textAt(properties, 'osSKU');
  if (system && /^windows/i.test(system) !== (textAt(properties, 'osType') === 'Windows'))
    errors.push(fault('osSKU', system, `Expected a system of osType ${textAt(properties, 'osType')}`));
  const message = properties['messageOfTheDay'];
  if (given(message) && !BASE64.test(String(message))) errors.push(fault('messageOfTheDay', message, 'Expected text in base64'));
  return errors;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A number of nodes, or a percentage of the pool. */
const NODES = /^(?:\d{1,4}|(?:100|\d{1,2})%)$/;

function validateUpgrade(settings: JsonObject, mode: string): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (name: string, rule: string): void => {
    errors.push(fault(`upgradeSettings.${name}`, settings[name], rule));
  };
  for (const name of ['maxSurge', 'maxUnavailable'])
    if (given(settings[name]) && !NODES.test(textAt(settings, name))) wrong(name, 'Expected a number of nodes or a percentage up to 100%');
  // 0 asks for the default, as clients that know no null send it.
  if (settings['drainTimeoutInMinutes'] && !isWithin(settings['drainTimeoutInMinutes'], 1, 1440))
    wrong('drainTimeoutInMinutes', 'Expected 1 to 1440 minutes');
  if (given(settings['nodeSoakDurationInMinutes']) && !isWithin(settings['nodeSoakDurationInMinutes'], 0, 30))
    wrong('nodeSoakDurationInMinutes', 'Expected 0 to 30 minutes');
  const none = /^0+%?$/;
  if (none.test(textAt(settings, 'maxSurge')) && none.test(textAt(settings, 'maxUnavailable') || '0'))
    wrong('maxSurge', 'Expected maxSurge or maxUnavailable to be more than 0');
  if (mode === 'System' && given(settings['maxUnavailable']) && !none.test(textAt(settings, 'maxUnavailable')))
    wrong('maxUnavailable', 'Expected 0 for a pool of mode System');
  return errors;
}

function validateSpot(properties: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const isSpot = textAt(properties, 'scaleSetPriority') === 'Spot';
  if (isSpot && textAt(properties, 'mode') === 'System')
    errors.push(fault('scaleSetPriority', 'Spot', 'Expected a pool of mode System to be Regular'));
  const price = properties['spotMaxPrice'];
  if (given(price) && !(price === -1 || (typeof price === 'number' && price > 0 && Number(price.toFixed(5)) === price)))
    errors.push(fault('spotMaxPrice', price, 'Expected -1 or a price above 0 with up to 5 decimals'));
  return errors;
}

/** Zones that the cluster's region has. */
export function zoneFaults(name: string, properties: JsonObject, location: string): FieldError[] {
  const wanted = stringsAt(properties, 'availabilityZones');
  const foreign = wanted.filter((zone) => !zonesOf(location).includes(zone));
  if (foreign.length === 0) return [];
  const detail = `The zone(s) '${foreign.join(',')}' for resource '${name}' is not supported. The supported zones for location '${location}' are '${zonesOf(location).join(',')}'`;
  return [{ ...invalid('agentPoolProfile.availabilityZones', wanted, detail), code: 'AvailabilityZoneNotSupported' }];
}
