import type { PodTemplate } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { column, containerImages, containerNames, labelsText, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { podTemplateDefaults } from './pod/defaults.ts';

export const podTemplate: Kind = {
  group: '',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  namespaced: true,
  versions: [{ name: 'v1' }],
  returnsDeleted: true,
  default: defaults({ template: present(podTemplateDefaults) }),
  columns: [
    nameColumn,
    column<PodTemplate>('Containers', 'Names of the containers of the template.', (o) => containerNames(o.template?.spec?.containers)),
    column<PodTemplate>('Images', 'Images of the containers of the template.', (o) => containerImages(o.template?.spec?.containers)),
    column<PodTemplate>('Pod Labels', 'Labels of the template.', (o) => labelsText(o.template?.metadata?.labels)),
  ],
};
