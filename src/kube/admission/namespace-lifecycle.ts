import { forbidden, notFound } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { lookUp } from './store.ts';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES = { group: '', resource: 'namespaces' };

/** Nothing is created in a namespace that is not there or going, and three namespaces are never deleted. Models plugin/namespace/lifecycle. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  mutate(request, { tx, scope }) {
    const { operation, kind, namespace, name, object } = request;
    if (operation !== 'CREATE' || !kind.namespaced || namespace === undefined) return object;
    const found = lookUp(tx, scope, 'core/namespaces', namespace);
    if (!found) throw notFound(NAMESPACES, namespace);
    if (!found.metadata.deletionTimestamp) return object;
    const message = `namespace ${namespace} is being terminated`;
    throw forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
      { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
    ]);
  },
  validate({ operation, kind, name }) {
    if (operation !== 'DELETE' || kind.resource !== 'namespaces' || kind.group !== '' || !IMMORTAL.has(name)) return;
    throw forbidden(kind, name, 'this namespace may not be deleted');
  },
};
