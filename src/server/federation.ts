import { listChildren } from '../arm/estate.ts';
import { stringsAt, textAt } from '../arm/merge.ts';
import { FEDERATED_CREDENTIAL_TYPE } from '../azure/managed-identity/federated-identity-credential.ts';
import { type FederatedCredential, servicePrincipalByAppId } from '../entra/directory.ts';
import type { Reader } from '../kernel/store.ts';

/** Whose tokens stand for a user-assigned identity: ARM keeps that below the identity. Nothing for other clients. */
export function federatedCredentialsOf(reader: Reader, clientId: string): readonly FederatedCredential[] {
  const principal = servicePrincipalByAppId(reader, clientId);
  const [, identity] = principal?.servicePrincipalType === 'ManagedIdentity' ? principal.alternativeNames : [];
  if (!identity) return [];
  return listChildren(reader, FEDERATED_CREDENTIAL_TYPE, identity).map(({ id, name, desired }) => ({
    id,
    name,
    issuer: textAt(desired, 'issuer'),
    subject: textAt(desired, 'subject'),
    audiences: stringsAt(desired, 'audiences'),
  }));
}
