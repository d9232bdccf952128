import type { JSONWebKeySet, JWK, JWTPayload } from 'jose';
import type { Reader } from '../kernel/store.ts';
import type { World } from '../kernel/world.ts';
import type { FederatedCredential } from './directory.ts';

/** A key that signs tokens; `engines/certificates` keeps it. */
export interface TokenKey {
  readonly kid: string;
  readonly alg: string;
  /** As a key set publishes it: with kid, alg and use. */
  readonly publicJwk: JWK;
  sign(claims: JWTPayload): Promise<string>;
}

export type Later<T> = T | Promise<T>;

/** Everything outside that the token service and Graph call. One per world. */
export interface EntraPorts {
  readonly world: World;
  readonly key: TokenKey;
  /** Tokens are checked by clients against the host's clock, so their times follow it (DESIGN §5). Ms since the epoch. */
  hostNowMs(): number;
  /** 256 bits of the host's randomness as base64url: codes, refresh tokens, client secrets. */
  newSecret(): string;
  /**
   * Offline convenience: a device code is confirmed at once, as the default administrator. For a service that only this machine
   * reaches; else whoever reaches it is administrator.
   */
  readonly autoConfirmDeviceCodes: boolean;
  /** Federated credentials kept elsewhere: those of a user-assigned identity are ARM resources. */
  federatedCredentialsOf?(reader: Reader, clientId: string): readonly FederatedCredential[];
  /** Public keys of an issuer that federation trusts (a cluster's OIDC issuer); undefined when it cannot be found. */
  issuerKeys?(issuer: string): Later<JSONWebKeySet | undefined>;
}
