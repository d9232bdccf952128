import type { Entry, IndexDefinition } from '../kernel/collection.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { isObject, type Json } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';

/** Collections of the directory; each is keyed by object id. */
export const TENANT = 'entra/tenant';
export const USERS = 'entra/users';
export const GROUPS = 'entra/groups';
export const SERVICE_PRINCIPALS = 'entra/serviceprincipals';
export const APPLICATIONS = 'entra/applications';

export type Tenant = {
  readonly id: string;
  readonly displayName: string;
  readonly defaultDomain: string;
  /** Object ids that hold Global Administrator: they may write to the directory. */
  readonly administrators: readonly string[];
};

export type User = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly mailNickname: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly accountEnabled: boolean;
  /** SHA-256 of the password in hex; absent: no password sign-in. */
  readonly passwordHash?: string;
  readonly createdDateTime: string;
};

export type Group = {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string;
  readonly mailNickname: string;
  readonly securityEnabled: boolean;
  /** Object ids of users, groups and service principals. */
  readonly members: readonly string[];
  readonly createdDateTime: string;
};

export type PasswordCredential = {
  readonly keyId: string;
  readonly displayName: string | null;
  /** First characters of the secret, as Graph shows them. */
  readonly hint: string;
  readonly secretHash: string;
  /** World time: an expired secret is something to rehearse. */
  readonly startDateTime: string;
  readonly endDateTime: string;
};

export type KeyCredential = {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly type: string;
  readonly usage: string;
  /** DER of the certificate in base64. */
  readonly key: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
};

export type FederatedCredential = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly description?: string;
};

export type Application = {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly identifierUris: readonly string[];
  readonly signInAudience: string;
  /** 2 makes access tokens for this application v2 tokens; null means 1. */
  readonly requestedAccessTokenVersion: number | null;
  readonly passwordCredentials: readonly PasswordCredential[];
  readonly keyCredentials: readonly KeyCredential[];
  readonly federatedIdentityCredentials: readonly FederatedCredential[];
  readonly createdDateTime: string;
};

export type ServicePrincipal = {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly servicePrincipalType: 'Application' | 'ManagedIdentity';
  readonly servicePrincipalNames: readonly string[];
  /** For a managed identity its ARM resource id. */
  readonly alternativeNames: readonly string[];
  readonly accountEnabled: boolean;
  readonly passwordCredentials: readonly PasswordCredential[];
  readonly createdDateTime: string;
};

export type Principal =
  | { readonly kind: 'User'; readonly value: User }
  | { readonly kind: 'Group'; readonly value: Group }
  | { readonly kind: 'ServicePrincipal'; readonly value: ServicePrincipal };

const text = (value: Json, field: string): string[] => {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === 'string' ? [found.toLowerCase()] : [];
};

/** Indexes that the world must be made with. Index keys are lower-case. */
export const entraIndexes: readonly IndexDefinition[] = [
  { class: USERS, name: 'userPrincipalName', keys: (value) => text(value, 'userPrincipalName') },
  { class: GROUPS, name: 'member', keys: (value) => (value as Group).members },
  { class: SERVICE_PRINCIPALS, name: 'appId', keys: (value) => text(value, 'appId') },
  { class: APPLICATIONS, name: 'appId', keys: (value) => text(value, 'appId') },
  { class: APPLICATIONS, name: 'identifierUri', keys: (value) => (value as Application).identifierUris },
];

const first = <V extends Json>(entries: readonly Entry<V>[]): V | undefined => entries[0]?.value;

/** The directory's one tenant. Throws before `seedDirectory`. */
export function tenantOf(reader: Reader): Tenant {
  const tenant = first(reader.list<Tenant>(TENANT, { limit: 1 }));
  if (!tenant) throw new Error('the directory has no tenant');
  return tenant;
}

/** A user by object id or user principal name. */
export const userBy = (reader: Reader, idOrName: string): User | undefined =>
  reader.get<User>(USERS, idOrName.toLowerCase())?.value ?? first(reader.indexed<User>(USERS, 'userPrincipalName', idOrName.toLowerCase()));

export const servicePrincipalByAppId = (reader: Reader, appId: string): ServicePrincipal | undefined =>
  first(reader.indexed<ServicePrincipal>(SERVICE_PRINCIPALS, 'appId', appId.toLowerCase()));

export const applicationByAppId = (reader: Reader, appId: string): Application | undefined =>
  first(reader.indexed<Application>(APPLICATIONS, 'appId', appId.toLowerCase()));

export const applicationByUri = (reader: Reader, identifierUri: string): Application | undefined =>
  first(reader.indexed<Application>(APPLICATIONS, 'identifierUri', identifierUri));

/** Whatever has this object id, applications excepted: those are no principals. */
export function principalBy(reader: Reader, objectId: string): Principal | undefined {
  const id = objectId.toLowerCase();
  const user = reader.get<User>(USERS, id)?.value;
  if (user) return { kind: 'User', value: user };
  const servicePrincipal = reader.get<ServicePrincipal>(SERVICE_PRINCIPALS, id)?.value;
  if (servicePrincipal) return { kind: 'ServicePrincipal', value: servicePrincipal };
  const group = reader.get<Group>(GROUPS, id)?.value;
  return group && { kind: 'Group', value: group };
}

export const kindOf = (reader: Reader, objectId: string): Principal['kind'] | undefined => principalBy(reader, objectId)?.kind;

/** Object ids of the groups that a principal is in, through other groups as well, nearest first. */
export function groupsOf(reader: Reader, objectId: string): string[] {
  const found = new Set<string>();
  const open = [objectId.toLowerCase()];
  for (let id = open.shift(); id !== undefined; id = open.shift())
    for (const { key } of directGroupsOf(reader, id))
      if (!found.has(key)) {
        found.add(key);
        open.push(key);
      }
  return [...found];
}

export const directGroupsOf = (reader: Reader, objectId: string): Entry<Group>[] => reader.indexed<Group>(GROUPS, 'member', objectId);

/** How secrets and passwords are stored: generated secrets have 256 bits, so that a plain hash suffices. */
export const hashSecret = (secret: string): string => sha256Hex(`slipway-entra\u0000${secret}`);
