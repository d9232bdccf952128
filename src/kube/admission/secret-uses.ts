import type { Container, PodSpec } from '../../../gen/kubernetes-types.ts';

/** One secret that a pod wants, and how upstream words it in refusals. */
export interface SecretUse {
  readonly secret: string;
  readonly kind: 'mount' | 'projection' | 'pull';
  readonly use: string;
}

function* containerUses(containers: readonly Container[] = [], title: string): Generator<SecretUse> {
  for (const { name, env = [], envFrom = [] } of containers) {
    for (const variable of env) {
      const secret = variable.valueFrom?.secretKeyRef?.name;
      const use = `${title} ${name} with envVar ${variable.name} referencing secret.secretName="${secret}"`;
      if (secret) yield { secret, kind: 'mount', use };
    }
    for (const { secretRef } of envFrom) {
      const secret = secretRef?.name;
      if (secret) yield { secret, kind: 'mount', use: `${title} ${name} with envFrom referencing secret.secretName="${secret}"` };
    }
  }
}

/** Secrets that a pod's volumes, environment variables and image pulls name, in upstream's order. */
export function* secretUses(spec: PodSpec): Generator<SecretUse> {
  for (const { secret, projected } of spec.volumes ?? []) {
    const { secretName } = secret ?? {};
    if (secretName) yield { secret: secretName, kind: 'mount', use: `volume with secret.secretName="${secretName}"` };
    for (const { secret: part } of projected?.sources ?? []) {
      if (part?.name) yield { secret: part.name, kind: 'projection', use: `volume with projected secret.name="${part.name}"` };
    }
  }
  yield* containerUses(spec.initContainers, 'init container');
  yield* containerUses(spec.containers, 'container');
  yield* containerUses(spec.ephemeralContainers, 'ephemeral container');
  for (const [i, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    if (name) yield { secret: name, kind: 'pull', use: `imagePullSecrets[${i}].name="${name}"` };
  }
}
