import type { PodTemplate } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { column, containerImages, containerNames, labelsText, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { podTemplateDefaults } from './pod/defaults.ts';
import { podTemplateFaults } from './pod/validate-spec.ts';

export const podTemplate: Kind = {
  group: '',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  namespaced: true,
  versions: [{ name: 'v1' }],
  returnsDeleted: true,
  default: defaults({ template: present(podTemplateDefaults) }),
  validate({ template }: PodTemplate) {
    const faults: FieldError[] = [];
    podTemplateFaults('template', template, faults);
    return faults;
  },
  columns: [
    nameColumn,
    column<PodTemplate>('Containers', 'Names of the containers of the template.', (o) => containerNames(o.template?.spec?.containers)),
    column<PodTemplate>('Images', 'Images of the containers of the template.', (o) => containerImages(o.template?.spec?.containers)),
    column<PodTemplate>('Pod Labels', 'Labels of the template.', (o) => labelsText(o.template?.metadata?.labels)),
  ],
};
