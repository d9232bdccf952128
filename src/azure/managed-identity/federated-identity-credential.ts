import { stringsAt, textAt } from '../../arm/merge.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { type FieldError, required } from '../../kernel/field-error.ts';

export const FEDERATED_CREDENTIAL_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';

/** An issuer and subject whose tokens stand for the identity: how a cluster's service account becomes one (workload identity). */
export const federatedIdentityCredential: ResourceType = {
  name: FEDERATED_CREDENTIAL_TYPE,
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
    detail: 'The name must have 3 to 120 letters, digits, underscores and hyphens.',
  },
  validate: ({ properties }) => [
    ...['issuer', 'subject'].flatMap((name): FieldError[] => (textAt(properties, name) ? [] : [required(`properties.${name}`)])),
    ...(stringsAt(properties, 'audiences').length === 1 ? [] : [required('properties.audiences', 'Exactly one audience is required.')]),
  ],
};
