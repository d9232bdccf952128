import type { Pod, PodDNSConfig, PodSpec, PodTemplateSpec } from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, required, tooLong } from '../../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain, underscoredSubdomain } from '../../../kube/names/dns.ts';
import { ipAddress } from '../../../kube/names/ip.ts';
import { qualifiedName, validateAnnotations, validateLabels } from '../../../kube/names/labels.ts';
import { inRange } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName } from '../../faults.ts';
import { internalForm } from '../../internal-form.ts';
import { containerFaults, ephemeralContainerFaults, imageNameFaults, initContainerFaults, podScope } from './validate-container.ts';
import { hostProcessFaults, hostUsersFaults, osFaults } from './validate-os.ts';
import { overheadFaults, podResourceFaults } from './validate-resources.ts';
import { affinityFaults, tolerationFaults, topologySpreadFaults } from './validate-scheduling.ts';
import { podSecurityFaults } from './validate-security.ts';
import { type PodIdentity, volumeFaults } from './validate-volume.ts';

// Models kubernetes pkg/apis/core/validation ValidatePodSpec, in its order.

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2_147_483_647;
const MAX_NAMESERVERS = 3;
const MAX_HOSTNAME = 64;
const MAX_SEARCHES = 32;
const MAX_SEARCH_BYTES = 2048;

function dnsConfigFaults(path: string, policy: string | undefined, config: PodDNSConfig | undefined, out: Faults): void {
  const nameservers = config?.nameservers ?? [];
  if (policy === 'None') {
    if (!config) return void out.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    if (nameservers.length === 0)
      return void out.push(required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
  }
  if (nameservers.length > MAX_NAMESERVERS)
    out.push(invalid(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  nameservers.forEach((address, i) => {
    messages(`${path}.nameservers[${i}]`, address, ipAddress(address, false), out);
  });
  if ((config?.searches?.length ?? 0) > MAX_SEARCHES)
    out.push(invalid(`${path}.searches`, config?.searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if ((config?.searches?.join(' ').length ?? 0) > MAX_SEARCH_BYTES)
    out.push(
      invalid(
        `${path}.searches`,
        config?.searches,
        `must not have more than ${MAX_SEARCH_BYTES} characters (including spaces) in the search list`,
      ),
    );
  config?.searches?.forEach((search, i) => {
    const name = search.replace(/\.$/, '');
    if (search !== '.') messages(`${path}.searches[${i}]`, name, underscoredSubdomain(name), out);
  });
  config?.options?.forEach(({ name }, i) => {
    if (!name) out.push(required(`${path}.options[${i}]`, 'must not be empty'));
  });
}

function placementFaults(path: string, spec: PodSpec, out: Faults): void {
  if (spec.nodeSelector) out.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`));
  podSecurityFaults(`${path}.securityContext`, spec, out);
  affinityFaults(`${path}.affinity`, spec.affinity, out);
  dnsConfigFaults(`${path}.dnsConfig`, spec.dnsPolicy, spec.dnsConfig, out);
  spec.readinessGates?.forEach(({ conditionType }, i) => {
    messages(`${path}.readinessGates[${i}].conditionType`, conditionType, qualifiedName(conditionType), out);
  });
  spec.schedulingGates?.forEach(({ name }, i, gates) => {
    messages(`${path}.schedulingGates[${i}]`, name, qualifiedName(name), out);
    if (gates.findIndex((other) => other.name === name) < i) out.push(duplicate(`${path}.schedulingGates[${i}]`, name));
  });
  topologySpreadFaults(`${path}.topologySpreadConstraints`, spec.topologySpreadConstraints, out);
  hostProcessFaults(path, spec, out);
  hostUsersFaults(path, spec, out);
  hostnameFaults(`${path}.hostnameOverride`, spec, out);
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
  const { runtimeClassName: runtime, preemptionPolicy: preemption } = spec;
  if (runtime !== undefined) messages(`${path}.runtimeClassName`, runtime, dnsSubdomain(runtime), out);
  if (preemption !== undefined) oneOf(`${path}.preemptionPolicy`, preemption, ['PreemptLowerPriority', 'Never'], true, out);
  overheadFaults(`${path}.overhead`, spec.overhead, out);
  osFaults(path, spec, out);
}

function hostnameFaults(path: string, { hostnameOverride: name, setHostnameAsFQDN, hostNetwork }: PodSpec, out: Faults): void {
  if (name === undefined) return;
  if (setHostnameAsFQDN) out.push(forbidden(path, 'may not be specified when setHostnameAsFQDN is true'));
  if (hostNetwork) out.push(forbidden(path, 'may not be specified when hostNetwork is true'));
  if (name.length > MAX_HOSTNAME) out.push(tooLong(path, MAX_HOSTNAME));
  messages(path, name, dnsSubdomain(name), out);
}

/** Which claims to devices a pod makes, and where from. */
function resourceClaimFaults(path: string, claims: NonNullable<PodSpec['resourceClaims']>, out: Faults): void {
  const names = new Set<string>();
  claims.forEach((claim, i) => {
    const at = `${path}[${i}]`;
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim;
    if (names.has(name)) out.push(duplicate(`${at}.name`, name));
    else requiredName(`${at}.name`, name, dnsLabel, out);
    if (name) names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
      out.push(
        invalid(
          at,
          internalForm('core.PodResourceClaim', claim),
          'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        ),
      );
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      out.push(
        invalid(at, internalForm('core.PodResourceClaim', claim), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'),
      );
    for (const [field, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName }))
      if (value !== undefined) messages(`${at}.${field}`, value, dnsSubdomain(value), out);
  });
}

/** On the host's network a container's port is the host's; a template may leave the host's away. */
function hostPortFaults(path: string, { containers, hostNetwork }: PodSpec, isPod: boolean, out: Faults): void {
  if (!hostNetwork) return;
  containers?.forEach(({ ports = [] }, i) => {
    ports.forEach(({ containerPort, hostPort = 0 }, j) => {
      if ((isPod || hostPort !== 0) && hostPort !== containerPort)
        out.push(invalid(`${path}[${i}].ports[${j}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    });
  });
}

/** Specs that were found valid: they are shared by every later version of their object, and a template's by its owners. */
const valid = new WeakSet<PodSpec>();

/** All faults of a pod's spec, or a template's, which has no `pod`. Cost: none for a spec that was found valid before. */
export function podSpecFaults(path: string, spec: PodSpec, pod: PodIdentity | undefined, out: Faults): void {
  if (valid.has(spec)) return;
  const before = out.length;
  const volumes = volumeFaults(`${path}.volumes`, spec.volumes, pod, out);
  const scope = podScope(spec, volumes);
  if (spec.resourceClaims) resourceClaimFaults(`${path}.resourceClaims`, spec.resourceClaims, out);
  containerFaults(`${path}.containers`, spec.containers, scope, out);
  if (spec.initContainers) initContainerFaults(`${path}.initContainers`, spec.initContainers, spec.containers, scope, out);
  if (spec.ephemeralContainers) ephemeralContainerFaults(`${path}.ephemeralContainers`, spec.ephemeralContainers, scope, out);
  podResourceFaults(`${path}.resources`, spec, scope.claims, out);
  hostPortFaults(`${path}.containers`, spec, pod !== undefined, out);
  oneOf(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES, true, out);
  oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES, true, out);
  placementFaults(path, spec, out);
  nameFaults(path, spec, out);
  if (out.length === before) valid.add(spec);
}

/** Faults of a pod's spec that a template may have. */
function podOnlyFaults(path: string, spec: PodSpec, out: Faults): void {
  if (!spec.serviceAccountName)
    spec.volumes?.forEach(({ projected }, i) => {
      projected?.sources?.forEach(({ serviceAccountToken }, j) => {
        if (serviceAccountToken)
          out.push(
            forbidden(
              `${path}.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          );
      });
    });
  for (const field of ['containers', 'initContainers'] as const)
    spec[field]?.forEach((container, i) => {
      imageNameFaults(`${path}.${field}[${i}]`, container, out);
    });
}

/** All faults of a new pod. */
export function podFaults({ metadata, spec }: Pod): Faults {
  const out: Faults = [];
  podSpecFaults('spec', spec, metadata, out);
  podOnlyFaults('spec', spec, out);
  if (spec.nodeName && spec.schedulingGates?.length)
    out.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return out;
}

/** All faults of a pod template. */
export function podTemplateFaults(path: string, template: PodTemplateSpec | undefined, out: Faults): void {
  if (!template?.spec) return void out.push(required(path));
  // Upstream leaves out that they are metadata.
  out.push(...validateLabels(template.metadata?.labels, `${path}.labels`));
  out.push(...validateAnnotations(template.metadata?.annotations, `${path}.annotations`));
  podSpecFaults(`${path}.spec`, template.spec, undefined, out);
  if (template.spec.ephemeralContainers?.length)
    out.push(
      invalid(`${path}.spec.ephemeralContainers`, template.spec.ephemeralContainers, 'ephemeral containers not allowed in pod template'),
    );
}
