import type { HttpResponse } from '../kernel/http.ts';
import { json } from './errors.ts';
import type { EntraPorts } from './ports.ts';
import { issuerV1, issuerV2 } from './tokens.ts';

/** Which of the authority's faces a client talks to. */
export interface Authority {
  /** Origin under which the client knows us. */
  readonly origin: string;
  /** Below `/adfs` MSAL does no instance discovery (azure-contract §1.2). */
  readonly isAdfs: boolean;
  readonly isV2: boolean;
  readonly tenantId: string;
}

/** Hosts that MSAL knows as the public cloud's. */
const ALIASES = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'];

/** What `issuer` says: clients compare its host with their authority's. */
export function issuerFor({ origin, isAdfs, isV2, tenantId }: Authority): string {
  if (isAdfs) return `${origin}/adfs`;
  if (!ALIASES.includes(new URL(origin).hostname)) return `${origin}/${tenantId}/v2.0`;
  return isV2 ? issuerV2(tenantId) : issuerV1(tenantId);
}

/**
 * The OpenID Connect configuration. Endpoints always name the tenant by its id: MSAL for Python reads the tenant from the token
 * endpoint's path.
 */
export function openidConfiguration(authority: Authority): HttpResponse {
  const { origin, isAdfs, isV2, tenantId } = authority;
  const base = isAdfs ? `${origin}/adfs` : `${origin}/${tenantId}`;
  const oauth = isV2 || isAdfs ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  return json(200, {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: issuerFor(authority),
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'acr', 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'oid', 'upn'],
    tenant_region_scope: 'NA',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  });
}

export const keySet = (ports: EntraPorts): HttpResponse => json(200, { keys: [ports.key.publicJwk] });

/** Instance discovery: which hosts are one cloud. The host that was asked about counts as one of ours. */
export function instanceDiscovery(origin: string, tenantId: string): HttpResponse {
  const host = new URL(origin).host;
  const aliases = [...new Set([...ALIASES, host])];
  return json(200, {
    tenant_discovery_endpoint: `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: ALIASES.includes(host) ? ALIASES[0] : host,
        preferred_cache: ALIASES.includes(host) ? ALIASES[1] : host,
        aliases,
      },
    ],
  });
}

/** Whether a user signs in here or with a federated identity provider: always here. */
export const userRealm = (user: string): HttpResponse =>
  json(200, {
    ver: '1.0',
    account_type: 'Managed',
    domain_name: user.slice(user.indexOf('@') + 1),
    cloud_instance_name: 'microsoftonline.com',
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  });
