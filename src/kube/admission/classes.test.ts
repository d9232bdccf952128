import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../object.ts';
import { certificateApproval, certificateSigning } from './certificates.ts';
import { builtInAdmission } from './chain.ts';
import { CLAIMS, INGRESS_CLASSES, INGRESSES, NAMESPACES, type Resource, SIGNING_REQUESTS, STORAGE_CLASSES, VOLUMES } from './read.ts';
import { storageObjectInUseProtection } from './storage-protection.ts';
import { admissionWorld, admit, bareKind, refusalOf } from './testing.ts';

function cluster() {
  const it = admissionWorld();
  it.seed((c) => c.create(bareKind(NAMESPACES), { metadata: { name: 'n' } }));
  return it;
}

const annotated = (name: string, key: string) => ({ metadata: { name, annotations: { [key]: 'true' } } });
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

test('claims get the default storage class, the newest of several', () => {
  const it = cluster();
  const claim = (name: string, spec: object = {}, annotations?: { readonly [key: string]: string }) =>
    it.run((c) => c.create(bareKind(CLAIMS), { metadata: { name, namespace: 'n', ...(annotations && { annotations }) }, spec })).spec;
  assert.deepEqual(claim('a'), {});
  it.seed((c) => {
    c.create(bareKind(STORAGE_CLASSES), annotated('b-old', IS_DEFAULT));
    c.create(bareKind(STORAGE_CLASSES), { metadata: { name: 'a-plain' } });
  });
  assert.deepEqual(claim('b'), { storageClassName: 'b-old' });
  assert.deepEqual(claim('c', { storageClassName: '' }), { storageClassName: '' });
  assert.deepEqual(claim('d', {}, { 'volume.beta.kubernetes.io/storage-class': 'x' }), {});
  it.world.advanceTo(it.world.nowMs + 1000);
  it.seed((c) => c.create(bareKind(STORAGE_CLASSES), annotated('z-new', IS_DEFAULT)));
  assert.deepEqual(claim('e'), { storageClassName: 'z-new' });
});

test('ingresses get the default class, if there is just one', () => {
  const it = cluster();
  const ingress = (name: string) =>
    it.run((c) => c.create(bareKind(INGRESSES, 'Ingress'), { metadata: { name, namespace: 'n' }, spec: {} })).spec;
  assert.deepEqual(ingress('a'), {});
  const isDefault = 'ingressclass.kubernetes.io/is-default-class';
  it.seed((c) => c.create(bareKind(INGRESS_CLASSES), annotated('nginx', isDefault)));
  assert.deepEqual(ingress('b'), { ingressClassName: 'nginx' });
  it.seed((c) => c.create(bareKind(INGRESS_CLASSES), annotated('other', isDefault)));
  assert.equal(
    refusalOf(() => ingress('c'))?.message,
    'ingresses.networking.k8s.io "c" is forbidden: 2 default IngressClasses were found, only 1 allowed',
  );
});

test('claims grow once they are bound, where their class allows it', () => {
  const it = cluster();
  it.seed((c) => {
    c.create(bareKind(STORAGE_CLASSES), { metadata: { name: 'grows' }, allowVolumeExpansion: true });
    c.create(bareKind(STORAGE_CLASSES), { metadata: { name: 'fixed' } });
  });
  const claims = bareKind(CLAIMS, 'PersistentVolumeClaim');
  const spec = (storageClassName: string, storage: string) => ({ storageClassName, resources: { requests: { storage } } });
  const grow = (name: string, phase: string, className: string, size: string) => {
    const made = it.seed((c) => c.create(claims, { metadata: { name, namespace: 'n' }, spec: spec(className, '2Gi'), status: { phase } }));
    return refusalOf(() => it.run((c) => c.update(claims, { ...made, spec: spec(className, size) } as KubeObject)))?.message;
  };
  const refused = (name: string, detail: string) => `persistentvolumeclaims "${name}" is forbidden: ${detail}`;
  assert.equal(grow('a', 'Bound', 'grows', '3Gi'), undefined);
  assert.equal(grow('b', 'Pending', 'grows', '3Gi'), refused('b', 'Only bound persistent volume claims can be expanded'));
  assert.equal(
    grow('c', 'Bound', 'fixed', '3Gi'),
    refused('c', 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'),
  );
  assert.equal(grow('d', 'Pending', 'fixed', '2048Mi'), undefined);
});

test('claims and volumes get the finalizer that protects them, once', () => {
  const it = cluster();
  const object = (finalizers?: readonly string[]) =>
    ({
      apiVersion: 'v1',
      kind: 'K',
      metadata: { name: 'a', uid: 'u', creationTimestamp: '', ...(finalizers && { finalizers }) },
    }) as KubeObject;
  const finalizers = (resource: Resource, given?: readonly string[]) =>
    admit(it, { resource, object: object(given) }, [storageObjectInUseProtection]).object?.metadata.finalizers;
  assert.deepEqual(finalizers(CLAIMS), ['kubernetes.io/pvc-protection']);
  assert.deepEqual(finalizers(VOLUMES, ['own/one']), ['own/one', 'kubernetes.io/pv-protection']);
  assert.deepEqual(finalizers(VOLUMES, ['kubernetes.io/pv-protection']), ['kubernetes.io/pv-protection']);
  assert.equal(finalizers(NAMESPACES), undefined);
});

test('signing requests are approved and signed by those who may act for the signer', () => {
  const it = cluster();
  const RBAC = 'rbac.authorization.k8s.io';
  it.seed((c) => {
    const role = (name: string, verb: string, signer: string) => {
      const rules = [{ apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs: [verb], resourceNames: [signer] }];
      c.create({ ...bareKind({ group: RBAC, resource: 'clusterroles' }), namespaced: false }, { metadata: { name }, rules });
      c.create(
        { ...bareKind({ group: RBAC, resource: 'clusterrolebindings' }), namespaced: false },
        { metadata: { name }, subjects: [{ kind: 'User', name }], roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name } },
      );
    };
    role('approver', 'approve', 'example.com/web');
    role('signer', 'sign', 'example.com/*');
  });
  const request = (status: object): KubeObject =>
    ({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'csr', uid: 'u', creationTimestamp: '' },
      spec: { signerName: 'example.com/web', request: '' },
      status,
    }) as unknown as KubeObject;
  const refused = (name: string, subresource: string, status: object, groups: readonly string[] = []) =>
    refusalOf(() =>
      admit(
        it,
        {
          resource: SIGNING_REQUESTS,
          operation: 'UPDATE',
          subresource,
          object: request(status),
          previous: request({}),
          user: { name, groups },
        },
        [certificateApproval, certificateSigning],
      ),
    )?.message;
  const text = (verb: string) =>
    `certificatesigningrequests.certificates.k8s.io "csr" is forbidden: user not permitted to ${verb} requests with signerName "example.com/web"`;
  const approved = { conditions: [{ type: 'Approved', status: 'True' }] };
  assert.equal(refused('approver', 'approval', approved), undefined);
  assert.equal(refused('signer', 'approval', approved), text('approve'));
  assert.equal(refused('anyone', 'approval', approved, ['system:masters']), undefined);
  assert.equal(refused('signer', 'status', { certificate: 'x' }), undefined);
  assert.equal(refused('approver', 'status', { certificate: 'x' }), text('sign'));
  assert.equal(refused('approver', 'status', {}), undefined);
});

test('the mutating plugins stand in upstream’s order, and quota is last', () => {
  const upstream =
    'NamespaceLifecycle LimitRanger ServiceAccount TaintNodesByCondition Priority DefaultTolerationSeconds DefaultStorageClass StorageObjectInUseProtection RuntimeClass DefaultIngressClass';
  const order = upstream.split(' ');
  const mutating = builtInAdmission.filter(({ mutate }) => mutate).map(({ name }) => name);
  assert.deepEqual(
    mutating,
    order.filter((name) => mutating.includes(name)),
  );
  assert.equal(builtInAdmission.at(-1)?.name, 'ResourceQuota');
});
