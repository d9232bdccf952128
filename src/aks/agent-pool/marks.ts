import { stringsAt } from '../../arm/merge.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { validateLabels as validLabels } from '../../kube/names/labels.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { parseTaints } from '../node/node.ts';

/** Labels and taints that a pool gives its nodes. Facts: aks-facts-nodes §3.2, §3.8. */

const SPOT_LABEL = 'kubernetes.azure.com/scalesetpriority';
const SPOT_TAINT = `${SPOT_LABEL}=spot:NoSchedule`;

/** What a spot pool has without being asked: kept away from what doesn't tolerate it, and shown among its own labels and taints. */
export const spotDefaults = (sent: JsonObject): JsonObject => ({
  scaleSetEvictionPolicy: sent['scaleSetEvictionPolicy'] ?? 'Delete',
  spotMaxPrice: sent['spotMaxPrice'] ?? -1,
  nodeLabels: { ...objectAt(sent, 'nodeLabels'), [SPOT_LABEL]: 'spot' },
  nodeTaints: [...new Set([...stringsAt(sent, 'nodeTaints'), SPOT_TAINT])],
});

const fault = (member: string, value: unknown, detail: string, code = 'InvalidParameter'): FieldError => ({
  ...invalid(`agentPoolProfile.${member}`, value, detail),
  code,
});

/** Labels that nodes can have, without those that are AKS's own. */
export function validateLabels(properties: JsonObject): FieldError[] {
  const labels = Object.fromEntries(Object.entries(objectAt(properties, 'nodeLabels')).map(([key, value]) => [key, String(value)]));
  const isSpot = textAt(properties, 'scaleSetPriority') === 'Spot';
  const unfit = validLabels(labels, 'nodeLabels').map(({ value, detail }) =>
    fault('nodeLabels', value, `The value of parameter agentPoolProfile.nodeLabels is invalid. Error details: '${value}': ${detail}`),
  );
  const reserved = Object.keys(labels)
    .filter((key) => /(^|\.)kubernetes\.azure\.com\//.test(key) || key.startsWith('node-role.kubernetes.io/'))
    .filter((key) => !(isSpot && key === SPOT_LABEL && labels[key] === 'spot'))
    .map((key) => fault('nodeLabels', key, `The label key ${key} is reserved and can't be used on a node pool.`));
  return [...unfit, ...reserved];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** A taint that no node could have would be lost without a word; one that keeps the system's pods away leaves them nowhere to go. */
export function validateTaints(properties: JsonObject): FieldError[] {
  const isSystem = textAt(properties, 'mode') === 'System';
  return stringsAt(properties, 'nodeTaints').flatMap((text) => {
    const [taint] = parseTaints([text]);
    if (!taint || !EFFECTS.includes(taint.effect) || validLabels({ [taint.key]: taint.value ?? '' }, 'nodeTaints').length > 0) {
      const form = `Taint '${text}' is not of the form key=value:effect, with effect one of ${EFFECTS.join(', ')}.`;
      return [fault('nodeTaints', text, `The value of parameter agentPoolProfile.nodeTaints is invalid. Error details: ${form}`)];
    }
    const isSoft = taint.key === 'CriticalAddonsOnly' || taint.effect === 'PreferNoSchedule';
    // That a system pool is no spot pool is said by its own rule.
    return isSystem && !isSoft && text !== SPOT_TAINT ? [restricted(text)] : [];
  });
}

const restricted = (text: string): FieldError =>
  fault(
    'nodeTaints',
    text,
    "Operation failed due to insufficient nodes for system pod scheduling. Placing custom taints on system pool is not supported(except 'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please refer to https://aka.ms/aks/system-taints for detail",
    'SystemPoolHasRestrictedTaint',
  );
