import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import {
  type Application,
  type FederatedCredential,
  type Group,
  type KeyCredential,
  type PasswordCredential,
  type Principal,
  principalBy,
  type ServicePrincipal,
  tenantOf,
  type User,
} from '../directory.ts';

/** Directory objects as Graph shows them. Secrets' hashes and passwords never leave. */
export const renderUser = (user: User): JsonObject => ({
  id: user.id,
  businessPhones: [],
  displayName: user.displayName,
  givenName: user.givenName ?? null,
  jobTitle: null,
  mail: null,
  mailNickname: user.mailNickname,
  mobilePhone: null,
  officeLocation: null,
  preferredLanguage: null,
  surname: user.surname ?? null,
  userPrincipalName: user.userPrincipalName,
  accountEnabled: user.accountEnabled,
  userType: 'Member',
  createdDateTime: user.createdDateTime,
});

export const renderGroup = (group: Group): JsonObject => ({
  id: group.id,
  displayName: group.displayName,
  description: group.description ?? null,
  mailNickname: group.mailNickname,
  mailEnabled: false,
  securityEnabled: group.securityEnabled,
  groupTypes: [],
  mail: null,
  createdDateTime: group.createdDateTime,
});

const renderPassword = ({ secretHash: _, ...shown }: PasswordCredential): JsonObject => ({
  ...shown,
  customKeyIdentifier: null,
  secretText: null,
});
const renderKey = (credential: KeyCredential): JsonObject => ({ ...credential, customKeyIdentifier: null });
export const renderFederated = (credential: FederatedCredential): JsonObject => ({ description: null, ...credential });

export const renderApplication = (application: Application, publisherDomain: string): JsonObject => ({
  id: application.id,
  appId: application.appId,
  displayName: application.displayName,
  identifierUris: application.identifierUris,
  signInAudience: application.signInAudience,
  publisherDomain,
  createdDateTime: application.createdDateTime,
  api: { requestedAccessTokenVersion: application.requestedAccessTokenVersion, oauth2PermissionScopes: [], preAuthorizedApplications: [] },
  appRoles: [],
  requiredResourceAccess: [],
  web: { redirectUris: [], implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false } },
  publicClient: { redirectUris: [] },
  spa: { redirectUris: [] },
  info: {},
  tags: [],
  isFallbackPublicClient: null,
  passwordCredentials: application.passwordCredentials.map(renderPassword),
  keyCredentials: application.keyCredentials.map(renderKey),
});

export const renderServicePrincipal = (value: ServicePrincipal, tenantId: string): JsonObject => ({
  id: value.id,
  appId: value.appId,
  displayName: value.displayName,
  appDisplayName: value.displayName,
  appOwnerOrganizationId: value.servicePrincipalType === 'Application' ? tenantId : null,
  servicePrincipalType: value.servicePrincipalType,
  servicePrincipalNames: value.servicePrincipalNames,
  alternativeNames: value.alternativeNames,
  accountEnabled: value.accountEnabled,
  appRoleAssignmentRequired: false,
  appRoles: [],
  oauth2PermissionScopes: [],
  tags: [],
  createdDateTime: value.createdDateTime,
  passwordCredentials: value.passwordCredentials.map(renderPassword),
  keyCredentials: [],
});

const TYPES: { readonly [kind in Principal['kind']]: string } = {
  User: '#microsoft.graph.user',
  Group: '#microsoft.graph.group',
  ServicePrincipal: '#microsoft.graph.servicePrincipal',
};

/** A principal where several kinds may stand, with its type; undefined when there is none with this id. */
export function renderDirectoryObject(reader: Reader, objectId: string): JsonObject | undefined {
  const principal = principalBy(reader, objectId);
  return principal && { '@odata.type': TYPES[principal.kind], ...renderPrincipal(reader, principal) };
}

function renderPrincipal(reader: Reader, principal: Principal): JsonObject {
  if (principal.kind === 'User') return renderUser(principal.value);
  if (principal.kind === 'Group') return renderGroup(principal.value);
  return renderServicePrincipal(principal.value, tenantOf(reader).id);
}
