import type { AdmissionPlugin } from './plugin.ts';
import { CLAIMS, concerns, VOLUMES } from './read.ts';

const PROTECTORS = [
  { resource: CLAIMS, finalizer: 'kubernetes.io/pvc-protection' },
  { resource: VOLUMES, finalizer: 'kubernetes.io/pv-protection' },
];

/** Claims and volumes stay while something uses them. Models kubernetes plugin/pkg/admission/storage/storageobjectinuseprotection. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  mutate(request) {
    const { object } = request;
    if (request.operation !== 'CREATE' || request.subresource) return object;
    const finalizer = PROTECTORS.find(({ resource }) => concerns(request, resource))?.finalizer;
    const present = object.metadata.finalizers ?? [];
    if (!finalizer || present.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } };
  },
};
