import type { Container, Pod, PodSpec, ServiceAccount, Volume, VolumeMount } from '../../../gen/kubernetes-types.ts';
import type { Random } from '../../kernel/random.ts';
import { generatedName } from '../write/metadata.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import { concerns, PODS, readObject, SERVICE_ACCOUNTS } from './read.ts';
import { refuse, refuseEarly } from './refuse.ts';
import { secretUses } from './secret-uses.ts';

/** Marks a pod that only mirrors what a node runs by itself. */
const MIRROR = 'kubernetes.io/config.mirror';
const ENFORCE_SECRETS = 'kubernetes.io/enforce-mountable-secrets';
const VOLUME_PREFIX = 'kube-api-access-';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and seven seconds: that length tells these tokens from those that someone asked for. */
const TOKEN_SECONDS = 3607;
const FILE_MODE = 0o644;

const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[MIRROR] !== undefined;

function accountOf(request: AdmissionRequest, context: AdmissionContext, name: string, refusal: typeof refuse): ServiceAccount {
  const { namespace } = request;
  const account = readObject<ServiceAccount>(context, SERVICE_ACCOUNTS, namespace, name);
  if (account) return account;
  throw refusal(request, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: FILE_MODE,
  },
});

/** The containers with the mount wherever nothing else lies at its path; the same array where that is nowhere. */
function withMounts(containers: readonly Container[], mount: VolumeMount): readonly Container[] {
  const isTaken = ({ volumeMounts = [] }: Container) => volumeMounts.some(({ mountPath }) => mountPath === TOKEN_PATH);
  if (containers.every(isTaken)) return containers;
  return containers.map((container) =>
    isTaken(container) ? container : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] },
  );
}

function withToken(spec: PodSpec, random: Random): PodSpec {
  const present = spec.volumes?.find(({ name, projected }) => projected && name.startsWith(VOLUME_PREFIX));
  const name = present?.name ?? generatedName(VOLUME_PREFIX, random);
  const mount: VolumeMount = { name, readOnly: true, mountPath: TOKEN_PATH };
  const containers = withMounts(spec.containers, mount);
  const initContainers = spec.initContainers && withMounts(spec.initContainers, mount);
  if (containers === spec.containers && initContainers === spec.initContainers) return spec;
  const volumes = present && spec.volumes ? spec.volumes : [...(spec.volumes ?? []), tokenVolume(name)];
  return { ...spec, volumes, ...(initContainers && { initContainers }), containers };
}

function withAccount(pod: Pod, account: ServiceAccount, random: Random): Pod {
  const { name } = account.metadata;
  let spec: PodSpec = { ...pod.spec, serviceAccountName: name, serviceAccount: name };
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) spec = withToken(spec, random);
  const secrets = account.imagePullSecrets;
  if (!spec.imagePullSecrets?.length && secrets?.length) spec = { ...spec, imagePullSecrets: secrets };
  return { ...pod, spec };
}

function validateMirror(request: AdmissionRequest, { spec }: Pod): void {
  if (spec.serviceAccountName) throw refuse(request, 'a mirror pod may not reference service accounts');
  if (!secretUses(spec).next().done) throw refuse(request, 'a mirror pod may not reference secrets');
  if (spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken))) {
    throw refuse(request, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

/** Where the account asks for it, its pods may use only the secrets that it lists. */
function validateSecrets(request: AdmissionRequest, spec: PodSpec, account: ServiceAccount): void {
  if (account.metadata.annotations?.[ENFORCE_SECRETS] !== 'true') return;
  const mountable = new Set(account.secrets?.map(({ name }) => name));
  const pullable = new Set(account.imagePullSecrets?.map(({ name }) => name));
  for (const { secret, use, kind } of secretUses(spec)) {
    // Upstream's policy does not look into projected volumes.
    if (kind === 'projection' || (kind === 'pull' ? pullable : mountable).has(secret)) continue;
    const noun = kind === 'pull' ? 'imagePullSecret' : 'secret';
    throw refuse(request, `${use} is not allowed because service account ${account.metadata.name} does not reference that ${noun}`);
  }
}

/** Pods run as a service account of their namespace and get its token. Models kubernetes plugin/pkg/admission/serviceaccount. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate(request, context) {
    if (request.operation !== 'CREATE' || request.subresource || !concerns(request, PODS)) return request.object;
    const pod = request.object as Pod; // the request concerns pods
    if (isMirror(pod)) return pod;
    const account = accountOf(request, context, pod.spec.serviceAccountName || 'default', refuseEarly);
    return withAccount(pod, account, context.tx.random);
  },
  validate(request, context) {
    const { operation, subresource, object } = request;
    if (!object || !concerns(request, PODS)) return;
    const pod = object as Pod; // the request concerns pods
    const { spec } = pod;
    const isNew = operation === 'CREATE' && !subresource;
    if (!isNew && !(operation === 'UPDATE' && subresource === 'ephemeralcontainers')) return;
    if (isMirror(pod)) return isNew ? validateMirror(request, pod) : undefined;
    const account = accountOf(request, context, spec.serviceAccountName || 'default', refuse);
    validateSecrets(request, isNew ? spec : { containers: [], ephemeralContainers: spec.ephemeralContainers ?? [] }, account);
  },
};
