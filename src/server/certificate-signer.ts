import type { CertificateSigningRequest } from '../../gen/kubernetes-types.ts';
import type { Certificates, SignRequestOptions } from '../engines/certificates/certificates.ts';
import { classOf, scopeOf } from '../kernel/store.ts';
import type { World } from '../kernel/world.ts';
import { certificateSigningRequest } from '../kinds/certificates.k8s.io/certificatesigningrequest.ts';
import { builtInAdmission } from '../kube/admission/chain.ts';
import { CLUSTERS, type ClusterRecord, clusterRecord } from '../kube/clusters.ts';
import { collectionOf } from '../kube/kind.ts';
import { openCluster } from '../kube/write/open-cluster.ts';

/** kube-controller-manager --cluster-signing-duration. */
const LONGEST_MS = 365 * 86_400_000;

/** What each signer signs. Models pkg/controller/certificates/signer; requests to other signers are for others to answer. */
const SIGNERS: ReadonlyMap<string, Pick<SignRequestOptions, 'use' | 'allows'>> = new Map([
  ['kubernetes.io/kube-apiserver-client', { use: 'client', allows: (_, hosts) => hosts.length === 0 }],
  ['kubernetes.io/kube-apiserver-client-kubelet', { use: 'client', allows: (subject, hosts) => isNode(subject) && hosts.length === 0 }],
  ['kubernetes.io/kubelet-serving', { use: 'server', allows: (subject, hosts) => isNode(subject) && hosts.length > 0 }],
]);

const isNode: (subject: { readonly commonName?: string; readonly organizations?: readonly string[] }) => boolean = (subject) =>
  subject.organizations?.join() === 'system:nodes' && subject.commonName?.startsWith('system:node:') === true;

/**
 * Signs approved certificate requests. An approval is an intent in the store; the private keys are the host's, so this writes the
 * outcome back (DESIGN §3). Returns how to stop.
 */
export function signRequests(world: World, certificates: Certificates): () => void {
  const requests = collectionOf(certificateSigningRequest, '');
  const answer = (scope: string, name: string) => world.transact((tx) => sign(tx, certificates, scope, name));
  for (const { value } of world.reader.list<ClusterRecord>(CLUSTERS)) {
    const waiting = world.reader.list(collectionOf(certificateSigningRequest, value.scope));
    for (const { key } of waiting) answer(value.scope, key);
  }
  return world.onCommit(({ changes }) => {
    for (const { collection, key, entry } of changes) {
      if (entry && classOf(collection) === requests) answer(scopeOf(collection), key);
    }
  });
}

type Tx = Parameters<Parameters<World['transact']>[0]>[0];

function sign(tx: Tx, certificates: Certificates, scope: string, name: string): void {
  const version = clusterRecord(tx, scope)?.version;
  if (version === undefined) return;
  const cluster = openCluster(tx, scope, version, 'certificate-controller', builtInAdmission);
  const request = cluster.get<CertificateSigningRequest>(certificateSigningRequest, undefined, name);
  const signer = request && SIGNERS.get(request.spec.signerName);
  const has = (wanted: string) => request?.status?.conditions?.some(({ type }) => type === wanted) ?? false;
  if (!request || !signer || request.status?.certificate || !has('Approved') || has('Denied') || has('Failed')) return;
  const lifetimeMs = Math.min((request.spec.expirationSeconds ?? Number.POSITIVE_INFINITY) * 1000, LONGEST_MS);
  const requestPem = Buffer.from(request.spec.request, 'base64').toString();
  const certificate = certificates.signRequest({ clusterId: scope, requestPem, lifetimeMs, ...signer });
  const outcome = certificate ? { certificate: Buffer.from(certificate).toString('base64') } : failure(request, tx.nowIso);
  cluster.updateStatus<CertificateSigningRequest>(certificateSigningRequest, { ...request, status: { ...request.status, ...outcome } });
}

function failure({ status }: CertificateSigningRequest, nowIso: string) {
  const message = 'the request is not one that its signer signs';
  const times = { lastUpdateTime: nowIso, lastTransitionTime: nowIso };
  return {
    conditions: [...(status?.conditions ?? []), { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, ...times }],
  };
}
