import type { Ingress, IngressClass, PersistentVolumeClaim, StorageClass } from '../../../gen/kubernetes-types.ts';
import type { KubeObject } from '../object.ts';
import type { AdmissionContext, AdmissionPlugin } from './plugin.ts';
import { CLAIMS, concerns, INGRESS_CLASSES, INGRESSES, type Resource, readAll, STORAGE_CLASSES } from './read.ts';
import { refuseEarly } from './refuse.ts';

const IS_DEFAULT_STORAGE = 'storageclass.kubernetes.io/is-default-class';
const IS_DEFAULT_STORAGE_BETA = 'storageclass.beta.kubernetes.io/is-default-class';
const CLAIMS_CLASS_BETA = 'volume.beta.kubernetes.io/storage-class';
const IS_DEFAULT_INGRESS = 'ingressclass.kubernetes.io/is-default-class';
const INGRESS_CLASS_BETA = 'kubernetes.io/ingress.class';

/** Objects that an annotation marks as default: the newest first, then by name. */
function defaultsAmong<T extends KubeObject>(context: AdmissionContext, resource: Resource, annotations: readonly string[]): T[] {
  const isMarked = ({ metadata }: T) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
  const time = ({ metadata }: T) => metadata.creationTimestamp;
  // The sort keeps the order of names among those of the same second.
  return readAll<T>(context, resource)
    .filter(isMarked)
    .sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
}

/** Claims that name no storage class get the default one. Models kubernetes plugin/pkg/admission/storage/storageclass/setdefault. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate(request, context) {
    if (request.operation !== 'CREATE' || request.subresource || !concerns(request, CLAIMS)) return request.object;
    const claim = request.object as PersistentVolumeClaim; // the request concerns claims
    // "" asks for no class at all, which is an answer too.
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[CLAIMS_CLASS_BETA] !== undefined) return claim;
    const [found] = defaultsAmong<StorageClass>(context, STORAGE_CLASSES, [IS_DEFAULT_STORAGE, IS_DEFAULT_STORAGE_BETA]);
    return found ? { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } } : claim;
  },
};

/** Ingresses that name no class get the default one. Models kubernetes plugin/pkg/admission/network/defaultingressclass. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  mutate(request, context) {
    if (request.operation !== 'CREATE' || request.subresource || !concerns(request, INGRESSES)) return request.object;
    const ingress = request.object as Ingress; // the request concerns ingresses
    if (ingress.spec.ingressClassName !== undefined || ingress.metadata.annotations?.[INGRESS_CLASS_BETA] !== undefined) return ingress;
    const [found, ...others] = defaultsAmong<IngressClass>(context, INGRESS_CLASSES, [IS_DEFAULT_INGRESS]);
    if (others.length > 0) throw refuseEarly(request, `${others.length + 1} default IngressClasses were found, only 1 allowed`);
    return found ? { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata.name } } : ingress;
  },
};
