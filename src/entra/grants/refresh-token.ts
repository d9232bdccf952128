import type { HttpResponse } from '../../kernel/http.ts';
import { USERS, type User } from '../directory.ts';
import { invalidGrant, missingParameter } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import { keyOf, REFRESH_TOKENS, type RefreshToken } from '../sessions.ts';
import { answerTokens, type TokenRequest, wantedBy } from './answer.ts';
import { enabled } from './password.ts';

/** A used token stays good for a while: several processes of one user (az in parallel) share a token cache. */
const GRACE_MS = 86_400_000;

/** Gives new tokens and a new refresh token. */
export function refreshTokenGrant(ports: EntraPorts, request: TokenRequest): Promise<HttpResponse> {
  const { form } = request;
  const presented = form.get('refresh_token');
  const clientId = form.get('client_id');
  if (!presented) throw missingParameter('refresh_token');
  if (!clientId) throw missingParameter('client_id');
  const key = keyOf(presented);
  const nowMs = ports.hostNowMs();
  const stored = ports.world.reader.get<RefreshToken>(REFRESH_TOKENS, key)?.value;
  if (!stored) throw invalidGrant(9002313, 'Invalid request. The refresh token is malformed, was revoked, or is not known here.');
  if (stored.expiresMs <= nowMs) throw invalidGrant(700082, 'The refresh token has expired due to inactivity.');
  if (stored.clientId.toLowerCase() !== clientId.toLowerCase())
    throw invalidGrant(700005, 'Provided refresh token is not intended for this client.');
  const user = ports.world.reader.get<User>(USERS, stored.userId)?.value;
  if (!user) throw invalidGrant(50034, 'The user account does not exist in the directory.');
  const wanted = { ...wantedBy(request), refreshToken: true };
  const subject = { principal: enabled(user), clientId, clientProof: '0', methods: stored.methods } as const;
  return answerTokens(ports, request, subject, wanted, (tx) => {
    const expiresMs = Math.min(stored.expiresMs, nowMs + GRACE_MS);
    if (expiresMs < stored.expiresMs) tx.put<RefreshToken>(REFRESH_TOKENS, key, { ...stored, expiresMs });
  });
}
