import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Certificates } from '../engines/certificates/certificates.ts';

type Claims = { readonly [claim: string]: unknown };

/** Verified tokens remembered, oldest forgotten first: in-cluster clients send the same one with every request. */
const REMEMBERED = 10_000;

/** Signs and checks the service-account tokens of all clusters, each with a key of its own. */
export class ServiceAccountTokens {
  readonly #certificates: Certificates;
  readonly #verified = new Map<string, { readonly claims: JWTPayload; readonly untilMs: number }>();

  constructor(certificates: Certificates) {
    this.#certificates = certificates;
  }

  async sign(claims: Claims, scope: string): Promise<string> {
    return (await this.#key(scope)).sign(claims as JWTPayload);
  }

  /** Claims of a token that the cluster's key signed and that has not expired by the host's clock. */
  async verify(token: string, scope: string): Promise<Claims | undefined> {
    const id = createHash('sha256').update(`${scope}\u0000${token}`).digest('base64url');
    const known = this.#verified.get(id);
    if (known && known.untilMs > Date.now()) return known.claims;
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(await this.keys(scope)));
      this.#verified.set(id, { claims: payload, untilMs: (payload.exp ?? 0) * 1000 });
      if (this.#verified.size > REMEMBERED) this.#verified.delete(this.#verified.keys().next().value as string);
      return payload;
    } catch {
      // Whatever is wrong with a token, its bearer is nobody.
      return undefined;
    }
  }

  async keys(scope: string): Promise<{ readonly keys: (Awaited<ReturnType<Certificates['tokenKey']>>['publicJwk'] & Claims)[] }> {
    return { keys: [(await this.#key(scope)).publicJwk as Awaited<ReturnType<Certificates['tokenKey']>>['publicJwk'] & Claims] };
  }

  #key(scope: string) {
    return this.#certificates.tokenKey(`service-account-${scope}`);
  }
}
