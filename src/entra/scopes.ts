/** Scopes of OpenID Connect itself: they name no resource. */
const OIDC = new Set(['openid', 'profile', 'offline_access', 'email']);
const GRAPH = 'https://graph.microsoft.com';

/** What a token is asked for. */
export interface Wanted {
  /** The `aud` of the access token. */
  readonly audience: string;
  /** Scopes granted, as the answer repeats them. */
  readonly scopes: readonly string[];
  readonly refreshToken: boolean;
  readonly idToken: boolean;
}

/**
 * Splits a v2 scope. `X/.default` gives audience `X`, so that `https://management.core.windows.net//.default` keeps its slash and clients
 * find the audience that they compare with. Unknown resources are accepted. A scope without a resource is one of Graph's.
 */
export function wantedByScope(scope: string): Wanted {
  const all = scope.split(/\s+/).filter((item) => item !== '');
  const resource = all.filter((item) => !OIDC.has(item));
  return {
    audience: resource[0] === undefined ? GRAPH : audienceOf(resource[0]),
    scopes: resource,
    refreshToken: all.includes('offline_access'),
    idToken: all.includes('openid'),
  };
}

/** v1: the resource is the audience as it stands, and users always get id and refresh tokens. */
export const wantedByResource = (resource: string): Wanted => ({
  audience: resource,
  scopes: ['user_impersonation'],
  refreshToken: true,
  idToken: true,
});

function audienceOf(scope: string): string {
  const slash = scope.lastIndexOf('/');
  return slash < 0 ? GRAPH : scope.slice(0, slash);
}
