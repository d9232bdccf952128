import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import type { AdmissionContext } from './plugin.ts';

/** Another kind, named by where it is stored: plugins don't import the kinds themselves. */
export type Resource = Pick<Kind, 'group' | 'resource'>;

export const core = (resource: string): Resource => ({ group: '', resource });

export const PODS = core('pods');
export const SERVICES = core('services');
export const NAMESPACES = core('namespaces');
export const NODES = core('nodes');
export const SERVICE_ACCOUNTS = core('serviceaccounts');
export const LIMIT_RANGES = core('limitranges');
export const RESOURCE_QUOTAS = core('resourcequotas');
export const CLAIMS = core('persistentvolumeclaims');
export const VOLUMES = core('persistentvolumes');
export const PRIORITY_CLASSES: Resource = { group: 'scheduling.k8s.io', resource: 'priorityclasses' };
export const RUNTIME_CLASSES: Resource = { group: 'node.k8s.io', resource: 'runtimeclasses' };
export const STORAGE_CLASSES: Resource = { group: 'storage.k8s.io', resource: 'storageclasses' };
export const INGRESSES: Resource = { group: 'networking.k8s.io', resource: 'ingresses' };
export const INGRESS_CLASSES: Resource = { group: 'networking.k8s.io', resource: 'ingressclasses' };
export const SIGNING_REQUESTS: Resource = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };

/** Whether a request is about this resource, through whatever subresource. */
export const concerns = ({ kind }: { readonly kind: Kind }, { group, resource }: Resource): boolean =>
  kind.resource === resource && kind.group === group;

export const collectionIn = ({ scope }: AdmissionContext, resource: Resource): string => collectionOf(resource, scope);

/** One stored object of the cluster; `T` is the generated type of the resource's kind. */
export const readObject = <T extends KubeObject>(
  context: AdmissionContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): T | undefined => context.tx.get<T>(collectionIn(context, resource), objectKey(namespace, name))?.value;

/** All stored objects of a resource, or those of one namespace, in key order. Cost: O(objects found). */
export const readAll = <T extends KubeObject>(context: AdmissionContext, resource: Resource, namespace?: string): T[] =>
  context.tx.list<T>(collectionIn(context, resource), namespace === undefined ? {} : { prefix: `${namespace}/` }).map(({ value }) => value);
