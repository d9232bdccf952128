import type { Container, PodSpec, ServiceAccount, Volume } from '../../../gen/kubernetes-types.ts';
import { forbidden } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { asPod, isMirrorPod, isPod, mapContainers, withSpec } from './pod.ts';
import { lookUp } from './store.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789';
/** An hour, and seven seconds by which the kubelet tells these tokens from others. */
const TOKEN_SECONDS = 3607;

/** Gives pods their service account, its pull secrets and its token. Models plugin/pkg/admission/serviceaccount. */
export const serviceAccountAdmission: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate({ operation, kind, subresource, name, namespace = '', object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || !isPod(kind) || isMirrorPod(object)) return object;
    const { spec } = asPod(object);
    const account = spec.serviceAccountName || 'default';
    const found = lookUp(tx, scope, 'core/serviceaccounts', `${namespace}/${account}`);
    if (!found) {
      throw forbidden(
        kind,
        name,
        `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`,
      );
    }
    const serviceAccount = found as unknown as ServiceAccount; // the collection holds them
    const pullSecrets =
      !spec.imagePullSecrets?.length && serviceAccount.imagePullSecrets?.length ? serviceAccount.imagePullSecrets : undefined;
    const named = { ...spec, serviceAccountName: account, serviceAccount: account, ...(pullSecrets && { imagePullSecrets: pullSecrets }) };
    const mounts = spec.automountServiceAccountToken ?? serviceAccount.automountServiceAccountToken ?? true;
    return withSpec(object, mounts ? withToken(named, () => `kube-api-access-${tx.random.text(5, SUFFIX)}`) : named);
  },
};

/** Mounts a token volume into every container that has nothing at its place. */
function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const present = spec.volumes?.find(({ name }) => name.startsWith('kube-api-access-'))?.name;
  const volumeName = present ?? newName();
  let isNeeded = false;
  const mounted = mapContainers(spec, (container: Container): Container => {
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
    isNeeded = true;
    const volumeMounts = [...(container.volumeMounts ?? []), { name: volumeName, readOnly: true, mountPath: MOUNT_PATH }];
    return { ...container, volumeMounts };
  });
  if (!isNeeded || present) return mounted;
  return { ...mounted, volumes: [...(spec.volumes ?? []), tokenVolume(volumeName)] };
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
});
