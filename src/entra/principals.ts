import type { Transaction } from '../kernel/transaction.ts';
import {
  APPLICATIONS,
  type Application,
  applicationByAppId,
  directGroupsOf,
  GROUPS,
  type Group,
  hashSecret,
  type PasswordCredential,
  SERVICE_PRINCIPALS,
  type ServicePrincipal,
  servicePrincipalByAppId,
} from './directory.ts';

export interface NewServicePrincipal {
  readonly displayName: string;
  /** Absent: drawn from the world. */
  readonly appId?: string;
  readonly objectId?: string;
  readonly servicePrincipalNames?: readonly string[];
  /** Makes no application beside it, as for applications of other tenants. */
  readonly withoutApplication?: boolean;
}

/** Makes a service principal and, when there is none yet, its application. Returns the one that exists for this `appId` already. */
export function createServicePrincipal(tx: Transaction, options: NewServicePrincipal): ServicePrincipal {
  const appId = (options.appId ?? tx.random.uuid()).toLowerCase();
  const existing = servicePrincipalByAppId(tx, appId);
  if (existing) return existing;
  if (!options.withoutApplication && !applicationByAppId(tx, appId)) createApplication(tx, { appId, displayName: options.displayName });
  const value: ServicePrincipal = {
    id: options.objectId ?? tx.random.uuid(),
    appId,
    displayName: options.displayName,
    servicePrincipalType: 'Application',
    servicePrincipalNames: [appId, ...(options.servicePrincipalNames ?? [])],
    alternativeNames: [],
    accountEnabled: true,
    passwordCredentials: [],
    createdDateTime: tx.nowIso,
  };
  return tx.put(SERVICE_PRINCIPALS, value.id, value).value;
}

export type NewApplication = Partial<Omit<Application, 'id' | 'createdDateTime'>> & Pick<Application, 'displayName'>;

export function createApplication(tx: Transaction, options: NewApplication): Application {
  const value: Application = {
    identifierUris: [],
    signInAudience: 'AzureADMyOrg',
    requestedAccessTokenVersion: null,
    passwordCredentials: [],
    keyCredentials: [],
    federatedIdentityCredentials: [],
    ...options,
    appId: (options.appId ?? tx.random.uuid()).toLowerCase(),
    id: tx.random.uuid(),
    createdDateTime: tx.nowIso,
  };
  return tx.put(APPLICATIONS, value.id, value).value;
}

export interface ManagedIdentity {
  readonly objectId: string;
  readonly clientId: string;
  readonly displayName: string;
  /** ARM id of the user-assigned identity, or of the resource that a system-assigned one belongs to. */
  readonly resourceId: string;
}

/** The service principal of a managed identity, as ARM makes it. */
export function addManagedIdentity(tx: Transaction, identity: ManagedIdentity): void {
  const { objectId, clientId, displayName, resourceId } = identity;
  const isUserAssigned = /\/providers\/microsoft\.managedidentity\/userassignedidentities\//i.test(resourceId);
  const value: ServicePrincipal = {
    id: objectId.toLowerCase(),
    appId: clientId.toLowerCase(),
    displayName,
    servicePrincipalType: 'ManagedIdentity',
    servicePrincipalNames: [clientId.toLowerCase(), `https://identity.azure.net/${objectId}`],
    alternativeNames: [`isExplicit=${isUserAssigned ? 'True' : 'False'}`, resourceId],
    accountEnabled: true,
    passwordCredentials: [],
    createdDateTime: tx.nowIso,
  };
  tx.put(SERVICE_PRINCIPALS, value.id, value);
}

export const removeManagedIdentity = (tx: Transaction, objectId: string): void =>
  removePrincipal(tx, SERVICE_PRINCIPALS, objectId.toLowerCase());

/** Deletes a user, group or service principal, and its memberships. */
export function removePrincipal(tx: Transaction, collection: string, objectId: string): void {
  for (const { key, value } of directGroupsOf(tx, objectId))
    tx.put<Group>(GROUPS, key, { ...value, members: value.members.filter((member) => member !== objectId) });
  tx.delete(collection, objectId);
}

/** What Graph stores of a secret. The secret itself is shown once, by whoever made it. */
export const passwordCredential = (
  tx: Transaction,
  secret: string,
  wanted: { readonly displayName?: string | null; readonly startDateTime?: string; readonly endDateTime?: string },
): PasswordCredential => ({
  keyId: tx.random.uuid(),
  displayName: wanted.displayName ?? null,
  hint: secret.slice(0, 3),
  secretHash: hashSecret(secret),
  startDateTime: wanted.startDateTime ?? tx.nowIso,
  endDateTime: wanted.endDateTime ?? new Date(tx.nowMs + 2 * 365 * 86_400_000).toISOString(),
});
