import type { CustomResourceDefinition } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { plainColumns } from '../columns.ts';
import { defaults, derived, fields, present } from '../defaulting.ts';

export const customResourceDefinition: Kind = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  requiresResourceVersion: true,
  default: defaults({
    spec: present(
      fields({
        names: fields({
          singular: derived(({ kind }) => (typeof kind === 'string' ? kind.toLowerCase() : undefined)),
          listKind: derived(({ kind }) => (typeof kind === 'string' && kind !== '' ? `${kind}List` : undefined)),
        }),
        conversion: present(fields({ strategy: 'None', webhook: fields({ clientConfig: fields({ service: fields({ port: 443 }) }) }) })),
      }),
    ),
  }),
  prepareForCreate(object: CustomResourceDefinition) {
    const storedVersions = (object.spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
    return { ...object, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions } };
  },
  columns: plainColumns,
};
