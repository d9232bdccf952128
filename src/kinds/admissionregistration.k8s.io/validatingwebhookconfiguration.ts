import type { ValidatingWebhookConfiguration } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defaults } from '../defaulting.ts';
import { validatingWebhooks } from './defaults.ts';
import { webhooksFaults } from './webhook-validation.ts';

export const validatingWebhookConfiguration: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  requiresResourceVersion: true,
  default: defaults({ webhooks: validatingWebhooks }),
  validate: ({ webhooks }: ValidatingWebhookConfiguration) => webhooksFaults(webhooks),
  columns: [
    nameColumn,
    integer<ValidatingWebhookConfiguration>('Webhooks', 'Number of webhooks.', (o) => o.webhooks?.length ?? 0),
    ageColumn,
  ],
};
