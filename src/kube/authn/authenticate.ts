import { sha256Hex } from '../../kernel/hash.ts';
import type { HttpRequest } from '../../kernel/http.ts';
import type { User } from '../kind.ts';
import type { Claims, KubePorts, Later, ServedCluster } from '../pipeline/ports.ts';
import { serviceAccountUser } from './service-account.ts';

const AUTHENTICATED = 'system:authenticated';
export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Runs `next` on a value that may still be on its way, without a detour through the event loop when it is not. */
export const chain = <T, U>(value: Later<T>, next: (value: T) => Later<U>): Later<U> =>
  value instanceof Promise ? value.then(next) : next(value);

/**
 * Who sent the request: by client certificate, or by bearer token (static, service account, Entra). ANONYMOUS without credentials,
 * undefined when there are some and none holds (401). Who shows both is whom the certificate names.
 * Models kubernetes pkg/kubeapiserver/authenticator: certificates are asked before tokens, and the first that holds decides.
 */
export function authenticate(ports: KubePorts, request: HttpRequest, cluster: ServedCluster): Later<User | undefined> {
  const { authorization } = request.headers;
  const certificate = cluster.localAccountsDisabled ? undefined : request.clientCertificate;
  return chain(certificate && ports.verifyClient(certificate, cluster.scope), (subject) => {
    if (subject) return { name: subject.commonName, groups: [...subject.organizations, AUTHENTICATED] };
    const token = bearerToken(authorization);
    if (token !== undefined) return chain(authenticateToken(ports, token, cluster, cluster.audiences), (found) => found?.user);
    return authorization || certificate ? undefined : ANONYMOUS;
  });
}

function bearerToken(authorization: string | undefined): string | undefined {
  if (!authorization) return undefined;
  const space = authorization.indexOf(' ');
  return authorization.slice(0, space).toLowerCase() === 'bearer' ? authorization.slice(space + 1).trim() : undefined;
}

/** A token's user and the audiences, of those asked for, that it is meant for. */
export interface TokenUser {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** Authenticates a bearer token, of a request or of a TokenReview. */
export function authenticateToken(
  ports: KubePorts,
  token: string,
  cluster: ServedCluster,
  audiences: readonly string[],
): Later<TokenUser | undefined> {
  const known = cluster.localAccountsDisabled ? undefined : ports.staticTokenUser?.(token, cluster.scope);
  if (known) return { user: known, audiences };
  const claims = unverifiedClaims(token);
  if (!claims) return undefined;
  if (claims.iss === cluster.issuer) {
    return chain(verifiedClaims(ports, token, cluster), (verified) => {
      const accepted = verified ? audiencesOf(verified).filter((audience) => audiences.includes(audience)) : [];
      if (!verified || accepted.length === 0) return undefined;
      const user = serviceAccountUser(ports.world.reader, cluster.scope, verified);
      return user && { user, audiences: accepted };
    });
  }
  if (!cluster.aad || !ports.verifyEntraToken) return undefined;
  return chain(ports.verifyEntraToken(token, cluster), (user) => user && { user: withAuthenticated(user), audiences });
}

const withAuthenticated = (user: User): User =>
  user.groups.includes(AUTHENTICATED) ? user : { ...user, groups: [...user.groups, AUTHENTICATED] };

const audiencesOf = ({ aud }: Claims): readonly string[] =>
  typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud.filter((item) => typeof item === 'string') : [];

/** Checking a signature costs more than the rest of a GET, and clients send the same token with every request. */
const CACHE_LIMIT = 10_000;
const verifiedTokens = new Map<string, { readonly claims: Claims; readonly expiresMs: number }>();

function verifiedClaims(ports: KubePorts, token: string, { scope }: ServedCluster): Later<Claims | undefined> {
  const key = `${scope} ${sha256Hex(token)}`;
  const known = verifiedTokens.get(key);
  if (known && known.expiresMs > ports.hostNowMs()) return known.claims;
  return chain(ports.verifyServiceAccountToken(token, scope), (claims) => {
    if (!claims) return undefined;
    if (verifiedTokens.size >= CACHE_LIMIT) verifiedTokens.clear();
    verifiedTokens.set(key, { claims, expiresMs: typeof claims.exp === 'number' ? claims.exp * 1000 : Number.POSITIVE_INFINITY });
    return claims;
  });
}

/** Claims of a JWT before anybody checked them: only to find out who has to. */
function unverifiedClaims(token: string): Claims | undefined {
  const [, payload, signature, more] = token.split('.');
  if (!payload || !signature || more !== undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined; // any object has claims
  } catch {
    return undefined;
  }
}
