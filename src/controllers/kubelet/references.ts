import type { ConfigMap, Container, EnvVar, Pod, Secret } from '../../../gen/kubernetes-types.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { secret } from '../../kinds/core/secret.ts';
import type { Cluster } from '../../kube/cluster.ts';

// What keeps a container from being made because what it refers to is not there. Models kubernetes pkg/kubelet kubelet_pods.go.

type Kept = 'configmap' | 'secret';

function find(cluster: Cluster, pod: Pod, kept: Kept, name = ''): ConfigMap | Secret | undefined {
  const { namespace } = pod.metadata;
  return kept === 'configmap' ? cluster.get<ConfigMap>(configMap, namespace, name) : cluster.get<Secret>(secret, namespace, name);
}

/** Why a pod's volumes cannot be mounted: the event's message. Undefined: they can. */
export function mountFault(cluster: Cluster, pod: Pod): string | undefined {
  for (const { name, configMap: map, secret: kept } of pod.spec.volumes ?? []) {
    const wanted: readonly [Kept, string | undefined] | undefined =
      map && !map.optional ? ['configmap', map.name] : kept && !kept.optional ? ['secret', kept.secretName] : undefined;
    if (wanted && !find(cluster, pod, ...wanted))
      return `MountVolume.SetUp failed for volume "${name}" : ${wanted[0]} "${wanted[1]}" not found`;
  }
  return undefined;
}

interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

function keyFault(cluster: Cluster, pod: Pod, kept: Kept, { name = '', key, optional }: KeyRef): string | undefined {
  if (optional) return undefined;
  const found = find(cluster, pod, kept, name);
  if (!found) return `${kept} "${name}" not found`;
  if (found.data?.[key] !== undefined || (found as ConfigMap).binaryData?.[key] !== undefined) return undefined;
  return `couldn't find key ${key} in ${kept === 'configmap' ? 'ConfigMap' : 'Secret'} ${pod.metadata.namespace}/${name}`;
}

/** Why a container cannot be made: the message of its waiting state. Undefined: it can. */
export function configFault(cluster: Cluster, pod: Pod, container: Container): string | undefined {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const [kept, ref] = configMapRef ? (['configmap', configMapRef] as const) : (['secret', secretRef] as const);
    if (ref && !ref.optional && !find(cluster, pod, kept, ref.name)) return `${kept} "${ref.name}" not found`;
  }
  for (const { valueFrom } of container.env ?? []) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const fault =
      (configMapKeyRef && keyFault(cluster, pod, 'configmap', configMapKeyRef)) ??
      (secretKeyRef && keyFault(cluster, pod, 'secret', secretKeyRef));
    if (fault !== undefined) return fault;
  }
  return subPathFault(pod, container);
}

/** Paths inside volumes that are made of the environment: absolute ones, and ones that lead out, are refused. */
function subPathFault(pod: Pod, { env = [], volumeMounts = [] }: Container): string | undefined {
  for (const { subPathExpr } of volumeMounts) {
    if (!subPathExpr) continue;
    const missing = new Set<string>();
    const path = subPathExpr.replace(/\$\(([^)]+)\)/g, (_, name: string) => {
      const value = valueOfVariable(
        pod,
        env.findLast((each) => each.name === name),
      );
      if (value === '') missing.add(name);
      // What only a running pod knows is taken for a plain name.
      return value ?? name;
    });
    if (missing.size > 0) return `missing value for ${[...missing].sort().join(', ')}`;
    if (path.startsWith('/')) return `error SubPath \`${path}\` must not be an absolute path`;
    if (path.split('/').includes('..')) return `unable to provision SubPath \`${path}\`: must not contain '..'`;
  }
  return undefined;
}

/** The value of a variable: "" where it is not set, undefined where it is taken from elsewhere than the pod's metadata. */
function valueOfVariable({ metadata }: Pod, variable: EnvVar | undefined): string | undefined {
  const { value, valueFrom } = variable ?? {};
  if (!valueFrom) return value ?? '';
  const fieldPath = valueFrom.fieldRef?.fieldPath ?? '';
  if (fieldPath === 'metadata.name') return metadata.name;
  if (fieldPath === 'metadata.namespace') return metadata.namespace ?? '';
  const [, field, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  return field === undefined ? undefined : (metadata[field as 'labels' | 'annotations']?.[key] ?? '');
}
