import type { HttpResponse } from '../../kernel/http.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { tenantOf, type User } from '../directory.ts';
import { json } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import { type Wanted, wantedByResource, wantedByScope } from '../scopes.ts';
import { putSecret, REFRESH_TOKENS, type RefreshToken } from '../sessions.ts';
import { accessClaims, featuresOf, idClaims, isUser, LIFETIME_SECONDS, type Subject, timesOf } from '../tokens.ts';

/** A refresh token lives 90 days without use, as Entra's do. */
export const REFRESH_LIFETIME_MS = 90 * 86_400_000;

/** A request to a token endpoint. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly isV1: boolean;
  /** Issuer that the discovery document of this authority names. */
  readonly issuer: string;
  /** Origin under which the client knows us. */
  readonly origin: string;
}

/** What a v2 scope or v1 resource asks for. Clients may leave it out with v1, meaning Graph. */
export const wantedBy = ({ form, isV1 }: TokenRequest, fallbackScope = ''): Wanted => {
  const resource = form.get('resource');
  return isV1 && resource !== null ? wantedByResource(resource) : wantedByScope(form.get('scope') ?? fallbackScope);
};

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The answer with tokens for `subject`. `within` may write, in the same transaction as the refresh token. */
export async function answerTokens(
  ports: EntraPorts,
  request: TokenRequest,
  subject: Subject,
  wanted: Wanted,
  within: (tx: Transaction) => void = () => {},
): Promise<HttpResponse> {
  const { principal, clientId } = subject;
  const user = isUser(principal) ? principal : undefined;
  const refreshToken = ports.world.transact((tx) => {
    within(tx);
    return user && wanted.refreshToken ? newRefreshToken(tx, ports, user, subject) : undefined;
  });
  const { revision } = ports.world.reader;
  const claims = accessClaims(ports, subject, wanted, featuresOf(request.form.get('claims')));
  const accessToken = await ports.key.sign(claims);
  const idToken = user && wanted.idToken ? await ports.key.sign(idClaims(ports, user, clientId, request.issuer)) : undefined;
  return json(
    200,
    {
      token_type: 'Bearer',
      ...(user && { scope: wanted.scopes.join(' ') }),
      ...(request.isV1 ? v1Times(ports, wanted) : { expires_in: LIFETIME_SECONDS - 1, ext_expires_in: LIFETIME_SECONDS - 1 }),
      access_token: accessToken,
      ...(refreshToken && { refresh_token: refreshToken }),
      ...(idToken && { id_token: idToken }),
      ...(user && { client_info: base64url({ uid: user.id, utid: tenantOf(ports.world.reader).id }) }),
    },
    { revision },
  );
}

/** v1 gives numbers as text. */
function v1Times(ports: EntraPorts, wanted: Wanted): { readonly [name: string]: string } {
  const { notBefore, expires } = timesOf(ports.hostNowMs());
  const lifetime = String(LIFETIME_SECONDS - 1);
  return {
    expires_in: lifetime,
    ext_expires_in: lifetime,
    expires_on: String(expires),
    not_before: String(notBefore),
    resource: wanted.audience,
  };
}

function newRefreshToken(tx: Transaction, ports: EntraPorts, user: User, { clientId, methods = [] }: Subject): string {
  const value: RefreshToken = { userId: user.id, clientId, expiresMs: ports.hostNowMs() + REFRESH_LIFETIME_MS, methods };
  return putSecret(tx, ports, REFRESH_TOKENS, value);
}
