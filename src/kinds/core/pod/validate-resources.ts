import type { Container, CoreResourceClaim, PodSpec, ResourceRequirements } from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, notFound, notSupported, required } from '../../../kernel/field-error.ts';
import { dnsLabel } from '../../../kube/names/dns.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../../kube/quantity.ts';
import { type Faults, messages, NEGATIVE } from '../../faults.ts';
import { containerResourceNameFaults, isHugePages, isOvercommitAllowed, isWhole, resourceNameFaults } from '../resource-names.ts';

type Amounts = { readonly [resource: string]: string };

const ZERO: Quantity = { nano: 0n, format: 'decimal' };
export const quantityOf = (text: string | undefined): Quantity => (text === undefined ? ZERO : (parseQuantity(text).value ?? ZERO));

/** An amount of a resource: never negative, and whole for what cannot be divided. */
export function amountFaults(path: string, name: string, amount: string, out: Faults): void {
  const quantity = quantityOf(amount);
  if (quantity.nano < 0n) out.push(invalid(path, amount, NEGATIVE));
  if (isWhole(name) && quantity.nano % 1_000_000_000n !== 0n) out.push(invalid(path, amount, 'must be an integer'));
}

/** Huge pages come in whole pages, whose size their name says. */
function pageFaults(path: string, name: string, amount: string, out: Faults): void {
  if (!isHugePages(name)) return;
  const page = quantityOf(name.slice('hugepages-'.length)).nano;
  if (page <= 0n || quantityOf(amount).nano % page !== 0n)
    out.push(invalid(path, amount, `${amount} is not positive integer multiple of ${name}`));
}

type NameRule = (path: string, name: string, out: Faults) => void;

function requirementFaults(path: string, { limits = {}, requests = {} }: ResourceRequirements, nameFaults: NameRule, out: Faults): void {
  for (const [name, amount] of Object.entries(limits)) {
    const at = `${path}.limits[${name}]`;
    nameFaults(at, name, out);
    amountFaults(at, name, amount, out);
    pageFaults(at, name, amount, out);
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = `${path}.requests[${name}]`;
    nameFaults(at, name, out);
    amountFaults(at, name, amount, out);
    const limit = limits[name];
    if (limit !== undefined) {
      const order = compareQuantities(quantityOf(amount), quantityOf(limit));
      if (!isOvercommitAllowed(name) && order !== 0)
        out.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      else if (order > 0) out.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (!isOvercommitAllowed(name)) out.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    pageFaults(at, name, amount, out);
  }
  const named = [...Object.keys(limits), ...Object.keys(requests)];
  if (!named.includes('cpu') && !named.includes('memory') && named.some(isHugePages))
    out.push(forbidden(path, 'HugePages require cpu or memory'));
}

type Names = ReadonlySet<string>;

/** A pod's claim that a container uses, as a whole or one request of it, none twice. Adds it to `used`. */
function claimFaults(path: string, { name, request }: CoreResourceClaim, known: Names, used: Set<string>, out: Faults): void {
  if (!name) return void out.push(required(path));
  if (used.has(name)) out.push(duplicate(path, name));
  else {
    if (request) messages(`${path}.request`, request, dnsLabel(request), out);
    const key = request ? `${name}/${request}` : name;
    if (used.has(key)) out.push(duplicate(path, key));
    else if (!request) for (const other of used) if (other.startsWith(`${name}/`)) out.push(duplicate(path, name));
    used.add(key);
  }
  if (known.has(name)) return;
  const names = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
  out.push({ ...notFound(path, name), detail: `must be one of the names in pod.spec.resourceClaims${names}` });
}

/** Faults of a container's requests and limits; `claims` are the names of the pod's. */
export function resourceFaults(path: string, resources: ResourceRequirements | undefined, claims: Names, out: Faults): void {
  if (!resources) return;
  requirementFaults(path, resources, containerResourceNameFaults, out);
  claimsFaults(path, resources, claims, out);
}

function claimsFaults(path: string, resources: ResourceRequirements, claims: Names, out: Faults): void {
  const used = new Set<string>();
  resources.claims?.forEach((claim, i) => {
    claimFaults(`${path}.claims[${i}]`, claim, claims, used, out);
  });
}

/** What running a pod takes besides its containers, an amount like a container's. */
export const overheadFaults = (path: string, overhead: Amounts | undefined, out: Faults): void =>
  overhead && requirementFaults(path, { limits: overhead }, containerResourceNameFaults, out);

const POD_RESOURCES = ['cpu', 'hugepages-', 'memory'];

function podResourceNameFaults(path: string, name: string, out: Faults): void {
  const before = out.length;
  resourceNameFaults(path, name, out);
  if (out.length === before && !POD_RESOURCES.includes(name) && !isHugePages(name)) out.push(notSupported(path, name, POD_RESOURCES));
}

/** What the containers of a pod request of a resource at most at a time: those that start before count while they run. */
function requested({ containers, initContainers = [] }: PodSpec, resource: string): Quantity {
  const of = (container: Container): Quantity => quantityOf(container.resources?.requests?.[resource]);
  let sidecars = ZERO;
  let peak = ZERO;
  for (const container of initContainers) {
    const during = addQuantities(sidecars, of(container));
    if (compareQuantities(during, peak) > 0) peak = during;
    if (container.restartPolicy === 'Always') sidecars = during;
  }
  const running = containers.map(of).reduce(addQuantities, sidecars);
  return compareQuantities(peak, running) > 0 ? peak : running;
}

/** What the containers of a pod request at most at a time of what pods can have as a whole, by resource. */
export function podRequestAmounts(spec: PodSpec): Amounts {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const names = new Set(containers.flatMap(({ resources }) => Object.keys(resources?.requests ?? {})));
  const shared = [...names].filter((name) => name === 'cpu' || name === 'memory');
  return Object.fromEntries(shared.map((name) => [name, formatQuantity(requested(spec, name))]));
}

/** Faults of the requests and limits of a pod as a whole, which no container may exceed. */
export function podResourceFaults(path: string, spec: PodSpec, claims: Names, out: Faults): void {
  const { resources } = spec;
  if (!resources) return;
  if (spec.os?.name === 'windows') return void out.push(forbidden(path, 'may not be set for a windows pod'));
  if (resources.claims) out.push(forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level'));
  requirementFaults(path, resources, podResourceNameFaults, out);
  claimsFaults(path, resources, claims, out);
  for (const [name, amount] of Object.entries(resources.requests ?? {})) {
    const sum = requested(spec, name);
    if (compareQuantities(sum, quantityOf(amount)) > 0)
      out.push(
        invalid(
          `${path}.requests[${name}]`,
          amount,
          `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`,
        ),
      );
  }
  spec.containers.forEach((container, i) => {
    for (const [name, amount] of Object.entries(container.resources?.limits ?? {})) {
      const limit = resources.limits?.[name];
      if (limit !== undefined && compareQuantities(quantityOf(amount), quantityOf(limit)) > 0)
        out.push(invalid(`${path}.containers[${i}][${name}].limits`, amount, `must be less than or equal to pod limits of ${limit}`));
    }
  });
}
