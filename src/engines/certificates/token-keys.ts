import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Vault } from './vault.ts';

/** A key that signs tokens (RS256). `kid` is the RFC 7638 thumbprint of the public key. */
export interface TokenKey {
  readonly kid: string;
  readonly alg: 'RS256';
  /** What a key set publishes: kty, n, e, kid, alg, use. */
  readonly publicJwk: JWK;
  /** Signs claims as a compact JWT. `typ` is the protected header's type, "JWT" unless given; "" leaves it out. */
  sign(claims: JWTPayload, options?: { readonly typ?: string }): Promise<string>;
}

const generate = promisify(generateKeyPair);

async function parse(text: string): Promise<TokenKey> {
  const jwk: JWK = JSON.parse(text);
  const key: KeyObject = createPrivateKey({ key: jwk, format: 'jwk' });
  const { kty, n, e } = jwk;
  if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('a kept token key is not an RSA key');
  const alg = 'RS256';
  const kid = await calculateJwkThumbprint({ kty, n, e });
  return {
    kid,
    alg,
    publicJwk: { kty, n, e, kid, alg, use: 'sig' },
    sign(claims, options) {
      const typ = options?.typ ?? 'JWT';
      return new SignJWT(claims).setProtectedHeader(typ === '' ? { alg, kid } : { typ, alg, kid }).sign(key);
    },
  };
}

/** The token key kept under `fileName` (a private JWK), made now where there is none: 40 ms or more, off the main thread. */
export async function openTokenKey(vault: Vault, fileName: string): Promise<TokenKey> {
  const kept = vault.read(fileName);
  if (kept !== undefined) return parse(kept);
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return parse(vault.create(fileName, JSON.stringify(privateKey.export({ format: 'jwk' }))));
}
