import type { NetworkPolicy } from '../../../gen/kubernetes-types.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, selectorText } from '../columns.ts';
import { defaults, each, fields, present } from '../defaulting.ts';
import { networkPolicyFaults } from './networkpolicy-validation.ts';

const rules = each(fields({ ports: each(fields({ protocol: 'TCP' })) }));

/** A policy without types is about ingress, and about egress where it has rules for it. */
function policyTypes(types: Json | undefined, { egress }: JsonObject): Json {
  if (Array.isArray(types) && types.length > 0) return types as readonly Json[];
  return Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

export const networkPolicy: Kind = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  default: defaults({ spec: present(fields({ podSelector: {}, ingress: rules, egress: rules, policyTypes })) }),
  validate: (object: NetworkPolicy) => networkPolicyFaults(object),
  columns: [
    nameColumn,
    column<NetworkPolicy>('Pod-Selector', 'Pods that the policy is for.', (o) => selectorText(o.spec.podSelector)),
    ageColumn,
  ],
};
