import type { Node } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { cidr } from '../../kube/names/ip.ts';
import { labelValue, qualifiedName } from '../../kube/names/labels.ts';
import { type Faults, messages } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { amountFaults } from './pod/validate-resources.ts';

// Models kubernetes pkg/apis/core/validation ValidateNode.

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function nodeFaults({ spec, status }: Node): readonly FieldError[] {
  const out: FieldError[] = [];
  const seen = new Set<string>();
  spec.taints?.forEach((taint, i) => {
    // Upstream takes taints for metadata, which they once were.
    const path = `metadata.taints[${i}]`;
    const { key = '', value, effect } = taint;
    messages(`${path}.key`, key, qualifiedName(key), out);
    const wrong = value ? labelValue(value) : [];
    if (wrong.length > 0) out.push(invalid(`${path}.value`, value, wrong.join(';')));
    if (!effect) out.push(required(`${path}.effect`));
    else if (!EFFECTS.includes(effect)) out.push(notSupported(`${path}.effect`, effect, EFFECTS));
    const pair = `${key}:${effect}`;
    if (seen.has(pair))
      out.push({ ...duplicate(path, internalForm('core.Taint', taint)), detail: 'taints must be unique by key and effect pair' });
    seen.add(pair);
  });
  resourceFaults(status, out);
  spec.podCIDRs?.forEach((range, i) => {
    messages(`spec.podCIDRs[${i}]`, range, cidr(range, false), out);
  });
  const families = (spec.podCIDRs ?? []).map((range) => range.includes(':'));
  if (families.length > 2 || (families.length === 2 && families[0] === families[1]))
    out.push(invalid('spec.podCIDRs', spec.podCIDRs, 'may specify no more than one CIDR for each IP family'));
  return out;
}

function resourceFaults(status: Node['status'], out: Faults): void {
  for (const field of ['capacity', 'allocatable'] as const)
    for (const [name, amount] of Object.entries(status?.[field] ?? {})) amountFaults(`status.${field}.${name}`, name, amount, out);
}

/** What kubelets say of their nodes. */
export function nodeStatusFaults({ status }: Node): readonly FieldError[] {
  const out: FieldError[] = [];
  resourceFaults(status, out);
  const seen = new Set<string>();
  status?.addresses?.forEach(({ type, address }, i) => {
    const key = `${type}:${address}`;
    if (seen.has(key)) out.push(duplicate(`status.addresses[${i}]`, { Type: type, Address: address }));
    seen.add(key);
  });
  return out;
}

/** What a node is called in the cloud, and the addresses of its pods, are set once. */
export function nodeUpdateFaults({ spec }: Node, { spec: previous }: Node): readonly FieldError[] {
  const out: FieldError[] = [];
  if (previous.podCIDRs?.length && previous.podCIDRs.join() !== (spec.podCIDRs ?? []).join())
    out.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  if (previous.providerID && previous.providerID !== spec.providerID)
    out.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  return out;
}
