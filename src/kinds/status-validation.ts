import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../kernel/field-error.ts';
import { dnsSubdomain } from '../kube/names/dns.ts';
import { ipAddress } from '../kube/names/ip.ts';
import { qualifiedName } from '../kube/names/labels.ts';
import { type Faults, messages, nonNegative } from './faults.ts';

// Rules for what controllers say of objects, with upstream's wording.

/** A status as far as it counts. */
type Counts = object | undefined;
/** Fields of a status are read by name: what is no number is not looked at. */
const countOf = (status: Counts, field: string): number | undefined =>
  (status as { readonly [field: string]: number } | undefined)?.[field];

/** Counts that are not negative. */
export function countFaults(status: Counts, fields: readonly string[], out: Faults): void {
  for (const field of fields) nonNegative(`status.${field}`, countOf(status, field), out);
}

/** Parts of the replicas that there are. `ready` is what upstream calls those that are ready. */
export function replicaFaults(status: Counts, parts: readonly string[], ready: string, out: Faults): void {
  const atMost = (field: string, limit: string, name: string): void => {
    const count = countOf(status, field) ?? 0;
    if (count > (countOf(status, limit) ?? 0)) out.push(invalid(`status.${field}`, count, `cannot be greater than ${name}`));
  };
  for (const part of parts) atMost(part, 'replicas', 'status.replicas');
  atMost('availableReplicas', 'readyReplicas', ready);
}

/** Names of revisions that collided are counted, and the count never goes back. */
export function collisionFaults(status: Counts, previous: Counts, out: Faults): void {
  const before = countOf(previous, 'collisionCount');
  const after = countOf(status, 'collisionCount') ?? 0;
  if (before !== undefined && after < before) out.push(invalid('status.collisionCount', after, 'cannot be decremented'));
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
  readonly observedGeneration?: number;
}

const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_RULE = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${REASON}')`;
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;

/** Conditions of the common form. Models apimachinery ValidateConditions. */
export function conditionFaults(path: string, conditions: readonly Condition[] = [], out: Faults): void {
  conditions.forEach(({ type = '', status = '', reason = '', message = '', lastTransitionTime, observedGeneration = 0 }, i) => {
    const at = `${path}[${i}]`;
    if (conditions.findIndex((other) => other.type === type) < i) out.push(duplicate(`${at}.type`, type));
    messages(`${at}.type`, type, qualifiedName(type), out);
    if (!['False', 'True', 'Unknown'].includes(status)) out.push(notSupported(`${at}.status`, status, ['False', 'True', 'Unknown']));
    if (observedGeneration < 0) out.push(invalid(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'));
    if (!lastTransitionTime) out.push(required(`${at}.lastTransitionTime`));
    if (!reason) out.push(required(`${at}.reason`));
    else {
      if (!/^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason)) out.push(invalid(`${at}.reason`, reason, REASON_RULE));
      if (reason.length > MAX_REASON) out.push(tooLong(`${at}.reason`, MAX_REASON));
    }
    if (message.length > MAX_MESSAGE) out.push(tooLong(`${at}.message`, MAX_MESSAGE));
  });
}

interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: string;
}

/** Addresses of a balancer; `hasModes` where each says how traffic to it arrives. */
export function ingressFaults(path: string, ingress: readonly Ingress[] = [], hasModes: boolean, out: Faults): void {
  ingress.forEach(({ ip, hostname, ipMode }, i) => {
    const at = `${path}[${i}]`;
    if (ip) messages(`${at}.ip`, ip, ipAddress(ip, false), out);
    if (hasModes && ipMode === undefined && ip) out.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    if (ipMode !== undefined && !ip) out.push(forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (ipMode !== undefined && ipMode !== 'VIP' && ipMode !== 'Proxy')
      out.push(notSupported(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']));
    if (!hostname) return;
    messages(`${at}.hostname`, hostname, dnsSubdomain(hostname), out);
    if (ipAddress(hostname, false).length === 0) out.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  });
}
