import type { Container, PodSpec, PodTemplateSpec } from '../../../../gen/kubernetes-types.ts';
import { dnsLabel } from '../../../kube/names/dns.ts';
import { quantityOf } from './validate-resources.ts';

// Models kubernetes pkg/api/pod/warnings.go: what a client hears although it was accepted.

const OLD_LABELS: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
]);

const OLD_ANNOTATIONS: ReadonlyMap<string, string> = new Map([
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['seccomp.security.alpha.kubernetes.io/pod', 'non-functional in v1.27+; use the "seccompProfile" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]);

const BILLION = 1_000_000_000n;

function containerWarnings(path: string, { env = [], ports = [], resources }: Container): string[] {
  const out: string[] = [];
  for (const field of ['limits', 'requests'] as const)
    for (const [name, amount] of Object.entries(resources?.[field] ?? {}))
      if ((name === 'memory' || name === 'ephemeral-storage') && quantityOf(amount).nano % BILLION !== 0n)
        out.push(`${path}.resources.${field}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`);
  const names = new Set<string>();
  env.forEach(({ name }, i) => {
    if (names.has(name))
      out.push(`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
    names.add(name);
  });
  ports.forEach((port, i) => {
    const same = ports.findIndex(
      (other) =>
        other.containerPort === port.containerPort &&
        (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP') &&
        (other.hostPort ?? 0) === (port.hostPort ?? 0) &&
        (other.hostIP ?? '') === (port.hostIP ?? ''),
    );
    if (same < i) out.push(`${path}.ports[${i}]: duplicate port definition with ${path}.ports[${same}]`);
  });
  return out;
}

function labelWarnings(path: string, labels: PodSpec['nodeSelector']): string[] {
  return Object.keys(labels ?? {}).flatMap((key) => {
    const text = OLD_LABELS.get(key);
    return text ? [`${path}.nodeSelector[${key}]: ${text}`] : [];
  });
}

/** Warnings about a pod's spec at `path` and the annotations beside it at `metadataPath`. */
export function podWarnings(
  path: string,
  spec: PodSpec,
  metadataPath: string,
  annotations: { readonly [key: string]: string } | undefined,
): readonly string[] {
  const out = labelWarnings(path, spec.nodeSelector);
  for (const key of Object.keys(annotations ?? {})) {
    const text = OLD_ANNOTATIONS.get(key);
    if (text) out.push(`${metadataPath}.annotations[${key}]: ${text}`);
  }
  spec.imagePullSecrets?.forEach(({ name }, i) => {
    if (!name) out.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`);
  });
  spec.initContainers?.forEach((container, i) => {
    out.push(...containerWarnings(`${path}.initContainers[${i}]`, container));
  });
  spec.containers?.forEach((container, i) => {
    out.push(...containerWarnings(`${path}.containers[${i}]`, container));
  });
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    out.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  return out;
}

const NAME_ADVICE = 'which can result in surprising behavior; a DNS label is recommended';

/** Pods are reached by their names as host names, where dots mean something else. */
export function podNameWarnings(name: string): readonly string[] {
  const faults = dnsLabel(name);
  return faults.length > 0 ? [`metadata.name: this is used in the Pod's hostname, ${NAME_ADVICE}: [${faults.join(' ')}]`] : [];
}

/** Warnings about what makes pods from a template: their names begin with its name. */
export function workloadWarnings(name: string, path: string, template: PodTemplateSpec | undefined): readonly string[] {
  const faults = dnsLabel(name);
  return [
    ...(faults.length > 0 ? [`metadata.name: this is used in Pod names and hostnames, ${NAME_ADVICE}: [${faults.join(' ')}]`] : []),
    ...(template?.spec ? podWarnings(`${path}.spec`, template.spec, `${path}.metadata`, template.metadata?.annotations) : []),
  ];
}
