import type { Namespace } from '../../../gen/kubernetes-types.ts';
import { forbidden, notFound } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { concerns, NAMESPACES, readObject } from './read.ts';
import { refuseEarly } from './refuse.ts';

/** Namespaces that can't be deleted. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/**
 * Nothing is created in a namespace that is missing or on its way out, and some namespaces stay for good.
 * Models kubernetes apiserver/pkg/admission/plugin/namespace/lifecycle.
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  mutate(request, context) {
    const { namespace, object, operation } = request;
    if (!namespace) return object;
    const found = readObject<Namespace>(context, NAMESPACES, undefined, namespace);
    if (!found) throw notFound(NAMESPACES, namespace);
    if (operation === 'CREATE' && found.status?.phase === 'Terminating') {
      throw refuseEarly(request, `unable to create new content in namespace ${namespace} because it is being terminated`, [
        { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
      ]);
    }
    return object;
  },
  validate(request) {
    if (request.operation === 'DELETE' && IMMORTAL.has(request.name) && concerns(request, NAMESPACES)) {
      throw forbidden(NAMESPACES, request.name, 'this namespace may not be deleted');
    }
  },
};
