import { compactVerify, errors, importJWK, type JWTPayload } from 'jose';
import { sha256Hex } from '../kernel/hash.ts';
import type { Later, TokenKey } from './ports.ts';
import { issuerV1, issuerV2 } from './tokens.ts';

export type Verdict =
  | { readonly claims: JWTPayload }
  | { readonly refusal: 'malformed' | 'signature' | 'issuer' | 'audience' | 'expired' | 'notYetValid' };

export interface Expectation {
  /** The token's audience must be one of these, exactly. */
  readonly audiences: readonly string[];
  /** Host time, ms since the epoch. */
  readonly nowMs: number;
}

export type VerifyToken = (jwt: string, expected: Expectation) => Later<Verdict>;

/** Verified tokens remembered, oldest forgotten first: a signature costs 50 µs, a look-up 3 µs. */
const REMEMBERED = 4_096;

/**
 * A check of access tokens: signature by one of `keys`, issuer, audience, times. The answer comes at once for a token whose signature
 * was checked before.
 */
export function tokenVerifier(keys: readonly TokenKey[], tenantId: string): VerifyToken {
  const issuers = [issuerV1(tenantId), issuerV2(tenantId)];
  const remembered = new Map<string, JWTPayload>();
  const imported = new Map(keys.map(({ kid, publicJwk, alg }) => [kid, { alg, key: importJWK(publicJwk, alg) }]));
  const remember = (hash: string, claims: JWTPayload): void => {
    remembered.set(hash, claims);
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value as string);
  };
  return (jwt, expected) => {
    const hash = sha256Hex(jwt);
    const known = remembered.get(hash);
    if (known) return judge(known, issuers, expected);
    return claimsOf(jwt, imported).then((found) => {
      if ('refusal' in found) return found;
      remember(hash, found.claims);
      return judge(found.claims, issuers, expected);
    });
  };
}

type ImportedKeys = ReadonlyMap<string, { readonly alg: string; readonly key: ReturnType<typeof importJWK> }>;

async function claimsOf(jwt: string, keys: ImportedKeys): Promise<Verdict> {
  const keyOf = ({ kid = '' }: { kid?: string | undefined }): ReturnType<typeof importJWK> => {
    const found = keys.get(kid);
    if (!found) throw new errors.JWKSNoMatchingKey();
    return found.key;
  };
  try {
    const { payload } = await compactVerify(jwt, keyOf, { algorithms: [...keys.values()].map(({ alg }) => alg) });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof claims === 'object' && claims !== null ? { claims: claims as JWTPayload } : { refusal: 'malformed' };
  } catch (error) {
    const isSignature = error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey;
    return { refusal: isSignature ? 'signature' : 'malformed' };
  }
}

function judge(claims: JWTPayload, issuers: readonly string[], { audiences, nowMs }: Expectation): Verdict {
  if (!issuers.includes(claims.iss ?? '')) return { refusal: 'issuer' };
  const named = Array.isArray(claims.aud) ? claims.aud : [claims.aud ?? ''];
  if (!named.some((audience) => audiences.includes(audience))) return { refusal: 'audience' };
  if (claims.exp === undefined || claims.exp * 1000 <= nowMs) return { refusal: 'expired' };
  if (claims.nbf !== undefined && claims.nbf * 1000 > nowMs) return { refusal: 'notYetValid' };
  return { claims };
}
