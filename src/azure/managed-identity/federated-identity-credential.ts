import { listChildren } from '../../arm/estate.ts';
import { keyOf, parseId } from '../../arm/ids.ts';
import { stringsAt, textAt } from '../../arm/merge.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';

export const FEDERATED_CREDENTIAL_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
const MAX_PER_IDENTITY = 20;

/** An issuer and subject whose tokens stand for the identity: how a cluster's service account becomes one (workload identity). */
export const federatedIdentityCredential: ResourceType = {
  name: FEDERATED_CREDENTIAL_TYPE,
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
    detail:
      'The name must be 3 to 120 characters long, start with a letter or number, and contain letters, numbers, hyphens and underscores.',
  },
  stateless: true,
  validate({ properties }) {
    const errors = ['issuer', 'subject'].flatMap((member): FieldError[] =>
      textAt(properties, member) ? [] : [required(`properties.${member}`)],
    );
    const issuer = textAt(properties, 'issuer');
    if (issuer && !/^https?:\/\/\S+$/.test(issuer)) errors.push(invalid('properties.issuer', issuer, 'must be a URL'));
    const audiences = stringsAt(properties, 'audiences');
    if (audiences.length !== 1) errors.push(invalid('properties.audiences', audiences.length, 'must hold exactly one audience'));
    return errors;
  },
  admit(draft, { reader }, previous) {
    const others = listChildren(reader, FEDERATED_CREDENTIAL_TYPE, parseId(draft.id)?.parent ?? '').filter(
      (other) => keyOf(other.id) !== keyOf(draft.id),
    );
    if (!previous && others.length >= MAX_PER_IDENTITY) {
      const detail = `Too many Federated Identity Credentials are configured on Managed Identity. Maximum allowed: ${MAX_PER_IDENTITY}.`;
      return [{ ...invalid('name', draft.name, detail), code: 'TooManyFederatedIdentityCredentials' }];
    }
    const twin = others.find((other) =>
      ['issuer', 'subject'].every((member) => textAt(other.desired, member) === textAt(draft.properties, member)),
    );
    if (!twin) return [];
    const detail = `Issuer and subject combination already exists for this Managed Identity: '${twin.name}'.`;
    return [{ ...invalid('properties.subject', draft.properties['subject'], detail), code: 'DuplicateFederatedIdentityCredential' }];
  },
};
