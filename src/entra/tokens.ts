import type { JWTPayload } from 'jose';
import type { Reader } from '../kernel/store.ts';
import {
  type Application,
  applicationByAppId,
  applicationByUri,
  groupsOf,
  type ServicePrincipal,
  tenantOf,
  type User,
} from './directory.ts';
import { requestId } from './errors.ts';
import type { EntraPorts } from './ports.ts';
import type { Wanted } from './scopes.ts';

/** Seconds that a token lives. Entra says one less in `expires_in`. */
export const LIFETIME_SECONDS = 3_600;
/** Tokens are valid from before they were issued, since clocks differ. */
const SKEW_SECONDS = 300;
/** More groups than this are named by a link instead. */
const GROUP_LIMIT = 200;
/** Template id of the role Global Administrator. */
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';

export const issuerV1 = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`;
export const issuerV2 = (tenantId: string): string => `https://login.microsoftonline.com/${tenantId}/v2.0`;

/** Whom a token speaks for, through which client. */
export interface Subject {
  readonly principal: User | ServicePrincipal;
  readonly clientId: string;
  /** How the client proved itself: 0 not at all (public), 1 by secret, 2 by certificate or assertion. */
  readonly clientProof: '0' | '1' | '2';
  /** How a user proved himself. */
  readonly methods?: readonly string[];
}

export interface IssuedTimes {
  readonly notBefore: number;
  readonly expires: number;
}

/** Times of a token in seconds since the epoch, from host time. */
export function timesOf(nowMs: number): IssuedTimes {
  const now = Math.floor(nowMs / 1000);
  return { notBefore: now - SKEW_SECONDS, expires: now + LIFETIME_SECONDS };
}

export const isUser = (principal: User | ServicePrincipal): principal is User => 'userPrincipalName' in principal;

/** Claims of an access token (azure-contract §1.3), v1 unless the audience is an application that asks for v2. */
export function accessClaims(ports: EntraPorts, subject: Subject, wanted: Wanted, features: readonly string[]): JWTPayload {
  const { reader } = ports.world;
  const tenant = tenantOf(reader);
  const { notBefore, expires } = timesOf(ports.hostNowMs());
  const target = audienceApplication(reader, wanted.audience);
  const isV2 = target?.requestedAccessTokenVersion === 2;
  const { principal, clientId } = subject;
  const issuer = isV2 ? issuerV2(tenant.id) : issuerV1(tenant.id);
  return {
    aud: isV2 ? (target as Application).appId : wanted.audience, // a v2 token is only made for a target
    iss: issuer,
    iat: notBefore,
    nbf: notBefore,
    exp: expires,
    ...(isV2 ? { azp: clientId, azpacr: subject.clientProof } : { appid: clientId, appidacr: subject.clientProof, idp: issuer }),
    oid: principal.id,
    sub: principal.id,
    tid: tenant.id,
    uti: requestId(ports.newSecret()).replaceAll('-', '').slice(0, 22),
    ver: isV2 ? '2.0' : '1.0',
    ...(isUser(principal) ? userClaims(principal, subject, wanted, isV2) : appClaims(principal)),
    ...groupClaims(reader, principal.id),
    ...(tenant.administrators.includes(principal.id) && { wids: [GLOBAL_ADMINISTRATOR] }),
    ...(features.length > 0 && { xms_cc: features }),
  };
}

const userClaims = (user: User, subject: Subject, wanted: Wanted, isV2: boolean): JWTPayload => ({
  idtyp: 'user',
  name: user.displayName,
  ...(user.givenName && { given_name: user.givenName }),
  ...(user.surname && { family_name: user.surname }),
  upn: user.userPrincipalName,
  ...(isV2
    ? { preferred_username: user.userPrincipalName }
    : { unique_name: user.userPrincipalName, acr: '1', amr: subject.methods ?? [] }),
  scp: scopeNames(wanted),
});

const appClaims = (principal: ServicePrincipal): JWTPayload => ({
  idtyp: 'app',
  app_displayname: principal.displayName,
  ...(principal.servicePrincipalType === 'ManagedIdentity' && { xms_mirid: principal.alternativeNames[1] }),
});

/** What az may do in Graph for whoever is signed in. */
const GRAPH_CONSENT = 'AuditLog.Read.All Directory.AccessAsUser.All email Group.ReadWrite.All openid profile User.ReadWrite.All';

/** `X/.default` grants what was consented: az's scopes in Graph, and user_impersonation in the other APIs served here. */
function scopeNames(wanted: Wanted): string {
  const consented = /^https:\/\/graph\.microsoft\.com\/?$/.test(wanted.audience) ? GRAPH_CONSENT : 'user_impersonation';
  const names = wanted.scopes
    .map((scope) => scope.slice(scope.lastIndexOf('/') + 1))
    .map((name) => (name === '.default' ? consented : name));
  return [...new Set(names)].join(' ') || 'User.Read';
}

function groupClaims(reader: Reader, objectId: string): JWTPayload {
  const groups = groupsOf(reader, objectId);
  if (groups.length === 0) return {};
  if (groups.length <= GROUP_LIMIT) return { groups };
  const endpoint = `https://graph.microsoft.com/v1.0/directoryObjects/${objectId}/getMemberObjects`;
  return { hasgroups: true, _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } };
}

const audienceApplication = (reader: Reader, audience: string): Application | undefined =>
  applicationByAppId(reader, audience.replace(/^api:\/\//, '')) ?? applicationByUri(reader, audience);

/** Claims of an id token for the client itself. `issuer` is what the client's discovery document says. */
export function idClaims(ports: EntraPorts, user: User, clientId: string, issuer: string): JWTPayload {
  const tenant = tenantOf(ports.world.reader);
  const { notBefore, expires } = timesOf(ports.hostNowMs());
  return {
    aud: clientId,
    iss: issuer,
    iat: notBefore,
    nbf: notBefore,
    exp: expires,
    name: user.displayName,
    oid: user.id,
    preferred_username: user.userPrincipalName,
    upn: user.userPrincipalName,
    unique_name: user.userPrincipalName,
    sub: user.id,
    tid: tenant.id,
    ver: '2.0',
  };
}

/** Client capabilities (`xms_cc`) that a `claims` parameter asks for; [] when it has none or is no JSON. */
export function featuresOf(claims: string | null): string[] {
  if (!claims) return [];
  try {
    const values: unknown = JSON.parse(claims)?.access_token?.xms_cc?.values;
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  } catch {
    return [];
  }
}
