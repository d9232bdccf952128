import type { PodDNSConfig, PodSecurityContext, PodSpec, PodTemplateSpec } from '../../../../gen/kubernetes-types.ts';
import { duplicate, invalid, required } from '../../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain, underscoredSubdomain } from '../../../kube/names/dns.ts';
import { ipAddress } from '../../../kube/names/ip.ts';
import { qualifiedName, validateAnnotations, validateLabels } from '../../../kube/names/labels.ts';
import { inRange } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf } from '../../faults.ts';
import { containerFaults, ephemeralContainerFaults, initContainerFaults, podScope } from './validate-container.ts';
import { amountFaults } from './validate-resources.ts';
import { affinityFaults, tolerationFaults, topologySpreadFaults } from './validate-scheduling.ts';
import { seccompFaults } from './validate-security.ts';
import { volumeFaults } from './validate-volume.ts';

// Models kubernetes pkg/apis/core/validation ValidatePodSpec, in its order.

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2_147_483_647;
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;

function dnsConfigFaults(path: string, policy: string | undefined, config: PodDNSConfig | undefined, out: Faults): void {
  const nameservers = config?.nameservers ?? [];
  if (policy === 'None') {
    if (!config) return void out.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    if (nameservers.length === 0)
      out.push(required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
  }
  if (nameservers.length > MAX_NAMESERVERS)
    out.push(invalid(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  nameservers.forEach((address, i) => {
    messages(`${path}.nameservers[${i}]`, address, ipAddress(address, false), out);
  });
  if ((config?.searches?.length ?? 0) > MAX_SEARCHES)
    out.push(invalid(`${path}.searches`, config?.searches, `must not have more than ${MAX_SEARCHES} search paths`));
  config?.searches?.forEach((search, i) => {
    const name = search.replace(/\.$/, '');
    messages(`${path}.searches[${i}]`, search, name === '' ? [] : underscoredSubdomain(name), out);
  });
  config?.options?.forEach(({ name }, i) => {
    if (!name) out.push(required(`${path}.options[${i}]`, 'must not be empty'));
  });
}

function securityFaults(path: string, context: PodSecurityContext | undefined, out: Faults): void {
  if (!context) return;
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    const id = context[field];
    if (id !== undefined) messages(`${path}.${field}`, id, inRange(id, 0, MAX_INT32), out);
  }
  context.supplementalGroups?.forEach((id, i) => {
    messages(`${path}.supplementalGroups[${i}]`, id, inRange(id, 0, MAX_INT32), out);
  });
  oneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], false, out);
  if (context.sysctls) sysctlFaults(`${path}.sysctls`, context.sysctls, out);
  seccompFaults(`${path}.seccompProfile`, context.seccompProfile, out);
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
/** The same language without nested repetitions, which would backtrack without end. */
const isSysctl = (name: string): boolean =>
  name.length <= MAX_SYSCTL && name.split(/[./]/).every((part) => /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(part));
const MAX_SYSCTL = 253;

function sysctlFaults(path: string, sysctls: NonNullable<PodSecurityContext['sysctls']>, out: Faults): void {
  const names = new Set<string>();
  sysctls.forEach(({ name = '' }, i) => {
    const at = `${path}[${i}].name`;
    if (name === '') out.push(required(at));
    else if (!isSysctl(name)) out.push(invalid(at, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL}`));
    else if (names.has(name)) out.push(duplicate(at, name));
    names.add(name);
  });
}

function placementFaults(path: string, spec: PodSpec, out: Faults): void {
  if (spec.nodeSelector) out.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`));
  securityFaults(`${path}.securityContext`, spec.securityContext, out);
  affinityFaults(`${path}.affinity`, spec.affinity, out);
  dnsConfigFaults(`${path}.dnsConfig`, spec.dnsPolicy, spec.dnsConfig, out);
  spec.readinessGates?.forEach(({ conditionType }, i) => {
    messages(`${path}.readinessGates[${i}].conditionType`, conditionType, qualifiedName(conditionType), out);
  });
  spec.schedulingGates?.forEach(({ name }, i, gates) => {
    messages(`${path}.schedulingGates[${i}].name`, name, qualifiedName(name), out);
    if (gates.findIndex((other) => other.name === name) < i) out.push(duplicate(`${path}.schedulingGates[${i}]`, name));
  });
  topologySpreadFaults(`${path}.topologySpreadConstraints`, spec.topologySpreadConstraints, out);
}

function nameFaults(path: string, spec: PodSpec, out: Faults): void {
  const check = (field: keyof PodSpec, value: string | undefined, rule: (value: string) => readonly string[]): void => {
    if (value) messages(`${path}.${field}`, value, rule(value), out);
  };
  check('serviceAccountName', spec.serviceAccountName, dnsSubdomain);
  check('nodeName', spec.nodeName, dnsSubdomain);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined) messages(`${path}.activeDeadlineSeconds`, deadline, inRange(deadline, 1, MAX_INT32), out);
  check('hostname', spec.hostname, dnsLabel);
  check('subdomain', spec.subdomain, dnsLabel);
  tolerationFaults(`${path}.tolerations`, spec.tolerations, out);
  spec.hostAliases?.forEach(({ ip, hostnames = [] }, i) => {
    messages(`${path}.hostAliases[${i}].ip`, ip, ipAddress(ip, false), out);
    hostnames.forEach((name, j) => {
      messages(`${path}.hostAliases[${i}].hostnames[${j}]`, name, dnsSubdomain(name), out);
    });
  });
  check('priorityClassName', spec.priorityClassName, dnsSubdomain);
  check('runtimeClassName', spec.runtimeClassName, dnsSubdomain);
  oneOf(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], false, out);
  for (const [name, amount] of Object.entries(spec.overhead ?? {})) amountFaults(`${path}.overhead[${name}]`, name, amount, out);
  if (spec.os && !spec.os.name) out.push(required(`${path}.os.name`));
  else if (spec.os) oneOf(`${path}.os`, spec.os.name, ['linux', 'windows'], true, out);
}

/** Specs that were found valid: they are shared by every later version of their object, and a template's by its owners. */
const valid = new WeakSet<PodSpec>();

/** All faults of a pod's spec, or a template's. Cost: none for a spec that was found valid before. */
export function podSpecFaults(path: string, spec: PodSpec, out: Faults): void {
  if (valid.has(spec)) return;
  const before = out.length;
  const volumes = volumeFaults(`${path}.volumes`, spec.volumes, out);
  const scope = podScope(spec, volumes);
  containerFaults(`${path}.containers`, spec.containers, scope, out);
  if (spec.initContainers) initContainerFaults(`${path}.initContainers`, spec.initContainers, spec.containers, scope, out);
  if (spec.ephemeralContainers) ephemeralContainerFaults(`${path}.ephemeralContainers`, spec.ephemeralContainers, spec, scope, out);
  oneOf(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES, true, out);
  oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES, true, out);
  placementFaults(path, spec, out);
  nameFaults(path, spec, out);
  if (out.length === before) valid.add(spec);
}

/** All faults of a pod template. */
export function podTemplateFaults(path: string, template: PodTemplateSpec | undefined, out: Faults): void {
  if (!template?.spec) return void out.push(required(path));
  // Upstream leaves out that they are metadata.
  out.push(...validateLabels(template.metadata?.labels, `${path}.labels`));
  out.push(...validateAnnotations(template.metadata?.annotations, `${path}.annotations`));
  podSpecFaults(`${path}.spec`, template.spec, out);
  if (template.spec.ephemeralContainers?.length)
    out.push(
      invalid(`${path}.spec.ephemeralContainers`, template.spec.ephemeralContainers, 'ephemeral containers not allowed in pod template'),
    );
}
