import type { Transaction } from '../kernel/transaction.ts';
import { hashSecret, TENANT, type Tenant, USERS, type User } from './directory.ts';
import { createApplication, createServicePrincipal, passwordCredential } from './principals.ts';

/** Fixed ids, so that scripts and kubeconfigs written for one world fit every other. */
export const TENANT_ID = '51197a9e-0000-4a5a-8000-000000000001';
export const DEFAULT_DOMAIN = 'slipway.onmicrosoft.com';
export const ADMINISTRATOR_ID = '51197a9e-0000-4a5a-8000-0000000000a1';
export const ADMINISTRATOR_NAME = `admin@${DEFAULT_DOMAIN}`;
export const AUTOMATION_ID = '51197a9e-0000-4a5a-8000-0000000000b1';
export const AUTOMATION_APP_ID = '51197a9e-0000-4a5a-8000-0000000000b2';

/** Microsoft's own applications that clients expect in every tenant. */
const FIRST_PARTY = [
  { appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph', names: ['https://graph.microsoft.com'] },
  {
    appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    displayName: 'Windows Azure Service Management API',
    names: ['https://management.azure.com/', 'https://management.core.windows.net/'],
  },
  { appId: '6dae42f8-4368-4678-94ff-3960e28e3630', displayName: 'Azure Kubernetes Service AAD Server', names: [] },
];

export interface SeedSecrets {
  /** Secret of the default service principal, for automation. The host makes and keeps it. */
  readonly automationSecret: string;
  /** Password of the default administrator; absent: no password sign-in, but device codes (see `autoConfirmDeviceCodes`). */
  readonly administratorPassword?: string;
}

/** Makes tenant, default administrator and default service principal, once: does nothing in a world that has a tenant. */
export function seedDirectory(tx: Transaction, secrets: SeedSecrets): void {
  if (tx.count(TENANT) > 0) return;
  const tenant: Tenant = {
    id: TENANT_ID,
    displayName: 'Slipway',
    defaultDomain: DEFAULT_DOMAIN,
    administrators: [ADMINISTRATOR_ID, AUTOMATION_ID],
  };
  tx.put(TENANT, TENANT_ID, tenant);
  const administrator: User = {
    id: ADMINISTRATOR_ID,
    userPrincipalName: ADMINISTRATOR_NAME,
    displayName: 'Slipway Administrator',
    mailNickname: 'admin',
    givenName: 'Slipway',
    surname: 'Administrator',
    accountEnabled: true,
    ...(secrets.administratorPassword && { passwordHash: hashSecret(secrets.administratorPassword) }),
    createdDateTime: tx.nowIso,
  };
  tx.put(USERS, ADMINISTRATOR_ID, administrator);
  const automation = { displayName: 'slipway-automation', appId: AUTOMATION_APP_ID };
  const secret = passwordCredential(tx, secrets.automationSecret, { displayName: 'default', endDateTime: '9999-12-31T23:59:59Z' });
  createApplication(tx, { ...automation, passwordCredentials: [secret] });
  createServicePrincipal(tx, { ...automation, objectId: AUTOMATION_ID });
  for (const { appId, displayName, names } of FIRST_PARTY)
    createServicePrincipal(tx, { displayName, appId, servicePrincipalNames: names, withoutApplication: true });
}
