import type { MutatingWebhookConfiguration } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defaults } from '../defaulting.ts';
import { mutatingWebhooks } from './defaults.ts';
import { webhooksFaults } from './webhook-validation.ts';

export const mutatingWebhookConfiguration: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingWebhookConfiguration',
  resource: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  requiresResourceVersion: true,
  default: defaults({ webhooks: mutatingWebhooks }),
  validate: ({ webhooks }: MutatingWebhookConfiguration) => webhooksFaults(webhooks),
  columns: [
    nameColumn,
    integer<MutatingWebhookConfiguration>('Webhooks', 'Number of webhooks.', (o) => o.webhooks?.length ?? 0),
    ageColumn,
  ],
};
