import type { ResourceRequirements } from '../../../../gen/kubernetes-types.ts';
import { invalid, notFound, required } from '../../../kernel/field-error.ts';
import { qualifiedName } from '../../../kube/names/labels.ts';
import { compareQuantities, parseQuantity, type Quantity } from '../../../kube/quantity.ts';
import { type Faults, messages, NEGATIVE } from '../../faults.ts';

type Amounts = { readonly [resource: string]: string };

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isHugePages = (name: string): boolean => name.startsWith('hugepages-');

/** Devices and other resources that somebody else counts: they cannot be overcommitted. */
const isExtended = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/');
const isOvercommitAllowed = (name: string): boolean => !isExtended(name) && !isHugePages(name);

const ZERO: Quantity = { nano: 0n, format: 'decimal' };
export const quantityOf = (text: string | undefined): Quantity => (text === undefined ? ZERO : (parseQuantity(text).value ?? ZERO));

function resourceNameFaults(path: string, name: string, out: Faults): void {
  const faults = qualifiedName(name);
  messages(path, name, faults, out);
  if (faults.length > 0) return;
  if (!name.includes('/')) {
    if (!STANDARD.has(name) && !isHugePages(name)) out.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (name.startsWith('requests.')) out.push(invalid(path, name, "doesn't follow extended resource name standard"));
}

/** An amount of a resource: never negative, and whole for what cannot be divided. */
export function amountFaults(path: string, name: string, amount: string, out: Faults): void {
  const quantity = quantityOf(amount);
  if (quantity.nano < 0n) out.push(invalid(path, amount, NEGATIVE));
  if (isExtended(name) && quantity.nano % 1_000_000_000n !== 0n) out.push(invalid(path, amount, 'must be an integer'));
}

/** Faults of a container's requests and limits. */
export function resourceFaults(path: string, resources: ResourceRequirements | undefined, claims: ReadonlySet<string>, out: Faults): void {
  if (!resources) return;
  const limits: Amounts = resources.limits ?? {};
  const requests: Amounts = resources.requests ?? {};
  for (const [name, amount] of Object.entries(limits)) {
    resourceNameFaults(`${path}.limits[${name}]`, name, out);
    amountFaults(`${path}.limits[${name}]`, name, amount, out);
  }
  for (const [name, amount] of Object.entries(requests)) {
    resourceNameFaults(`${path}.requests[${name}]`, name, out);
    amountFaults(`${path}.requests[${name}]`, name, amount, out);
    const limit = limits[name];
    if (limit !== undefined) {
      const order = compareQuantities(quantityOf(amount), quantityOf(limit));
      if (!isOvercommitAllowed(name) && order !== 0)
        out.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      else if (order > 0) out.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (!isOvercommitAllowed(name)) out.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  const lists = [limits, requests];
  const isNamed = (name: string) => lists.some((list) => list[name] !== undefined);
  if (!isNamed('cpu') && !isNamed('memory') && lists.some((list) => Object.keys(list).some(isHugePages)))
    out.push({ kind: 'forbidden', path, detail: 'HugePages require cpu or memory' });
  resources.claims?.forEach(({ name }, i) => {
    if (!name) out.push(required(`${path}.claims[${i}].name`));
    else if (!claims.has(name)) out.push(notFound(`${path}.claims[${i}].name`, name));
  });
}
