import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from '../../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../../kernel/field-error.ts';
import { dnsSubdomain } from '../../../kube/names/dns.ts';
import { qualifiedName } from '../../../kube/names/labels.ts';
import { configMapKey, environmentVariable } from '../../../kube/names/values.ts';
import { canonicalQuantity } from '../../../kube/quantity.ts';
import { type Faults, messages, requiredName } from '../../faults.ts';
import { quantityOf } from './validate-resources.ts';

/** Fields of its own that a pod can see in its environment, in upstream's (sorted) order. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** … and in files that a volume projects. */
export const FILE_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

/** Fields that a reference can name at all. */
const FIELDS: ReadonlySet<string> = new Set([...ENV_FIELDS, ...FILE_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase']);

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

/** A reference to one of the pod's own fields, or to one label or annotation. */
export function fieldRefFaults(path: string, ref: ObjectFieldSelector, allowed: readonly string[], out: Faults): void {
  if (!ref.apiVersion) return void out.push(required(`${path}.apiVersion`));
  if (!ref.fieldPath) return void out.push(required(`${path}.fieldPath`));
  const [, field, key] = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(ref.fieldPath) ?? [];
  if (field !== undefined && key !== undefined)
    messages(path, key, qualifiedName(field === 'metadata.annotations' ? key.toLowerCase() : key), out);
  else if (!FIELDS.has(ref.fieldPath))
    out.push(invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`));
  else if (!allowed.includes(ref.fieldPath)) out.push(notSupported(`${path}.fieldPath`, ref.fieldPath, allowed));
}

const CPU_DIVISORS = new Set(['1m', '1']);
const BYTE_DIVISORS = new Set('1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' '));

/** Of each resource: what its amounts may be divided by, and what upstream calls the resource. */
const DIVISORS: readonly (readonly [RegExp, ReadonlySet<string>, string])[] = [
  [/^(limits|requests)\.cpu$/, CPU_DIVISORS, 'cpu'],
  [/^(limits|requests)\.memory$/, BYTE_DIVISORS, 'memory'],
  [/^(limits|requests)\.ephemeral-storage$/, BYTE_DIVISORS, 'local ephemeral storage'],
  [/^(limits|requests)\.hugepages-/, BYTE_DIVISORS, 'hugepages'],
];

function divisorFaults(path: string, resource: string, divisor: string | undefined, out: Faults): void {
  if (divisor === undefined || quantityOf(divisor).nano === 0n) return;
  const [, allowed, name] = DIVISORS.find(([pattern]) => pattern.test(resource)) ?? [];
  if (!allowed || allowed.has(canonicalQuantity(divisor))) return;
  const listed = allowed === CPU_DIVISORS ? '1m and 1' : [...allowed].join(', ');
  out.push(invalid(path, resource, `only divisor's values ${listed} are supported with the ${name} resource`));
}

/** A reference to a container's request or limit; a file's must say whose. */
export function resourceRefFaults(path: string, ref: ResourceFieldSelector, needsContainer: boolean, out: Faults): void {
  const { resource = '', containerName, divisor } = ref;
  if (needsContainer && !containerName) out.push(required(`${path}.containerName`));
  else if (!resource) out.push(required(`${path}.resource`));
  else if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    out.push(notSupported(`${path}.resource`, resource, RESOURCES));
  divisorFaults(`${path}.divisor`, resource, divisor, out);
}

function keyFaults(path: string, ref: { readonly name?: string; readonly key: string }, out: Faults): void {
  const { name = '' } = ref;
  messages(`${path}.name`, name, dnsSubdomain(name), out);
  requiredName(`${path}.key`, ref.key, configMapKey, out);
}

function sourceFaults(path: string, value: string | undefined, source: EnvVarSource, out: Faults): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) fieldRefFaults(`${path}.fieldRef`, fieldRef, ENV_FIELDS, out);
  if (resourceFieldRef) resourceRefFaults(`${path}.resourceFieldRef`, resourceFieldRef, false, out);
  if (configMapKeyRef) keyFaults(`${path}.configMapKeyRef`, configMapKeyRef, out);
  if (secretKeyRef) keyFaults(`${path}.secretKeyRef`, secretKeyRef, out);
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((ref) => ref !== undefined).length;
  const fault = (detail: string): FieldError => invalid(path, '', detail);
  if (count === 0)
    out.push(fault('must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (value) out.push(fault('may not be specified when `value` is not empty'));
  else if (count > 1) out.push(fault('may not have more than one field specified at a time'));
}

/** Faults of a container's environment. */
export function envFaults(path: string, env: readonly EnvVar[] = [], out: Faults): void {
  env.forEach(({ name, value, valueFrom }, i) => {
    requiredName(`${path}[${i}].name`, name, environmentVariable, out);
    if (valueFrom) sourceFaults(`${path}[${i}].valueFrom`, value, valueFrom, out);
  });
}

/** Faults of the objects that a container's environment is taken from as a whole. */
export function envFromFaults(path: string, sources: readonly EnvFromSource[] = [], out: Faults): void {
  sources.forEach(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${path}[${i}]`;
    if (prefix) messages(`${at}.prefix`, prefix, environmentVariable(prefix), out);
    if (configMapRef) requiredName(`${at}.configMapRef.name`, configMapRef.name, dnsSubdomain, out);
    if (secretRef) requiredName(`${at}.secretRef.name`, secretRef.name, dnsSubdomain, out);
    if (configMapRef && secretRef) out.push(invalid(path, '', 'may not have more than one field specified at a time'));
    if (!configMapRef && !secretRef) out.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
  });
}
