import type { HttpResponse } from '../../kernel/http.ts';
import { tenantOf, USERS, type User } from '../directory.ts';
import { EntraError, invalidGrant, invalidRequest, json, missingParameter } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import { wantedByScope } from '../scopes.ts';
import { DEVICE_CODES, type DeviceCode, keyOf, putSecret } from '../sessions.ts';
import { answerTokens, type TokenRequest } from './answer.ts';
import { enabled } from './password.ts';

const LIFETIME_MS = 900_000;
/** Letters that cannot be mistaken for each other. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';

/** Starts a device login: the client shows the code, a browser confirms it at /devicelogin. */
export function startDeviceCode(ports: EntraPorts, { form, isV1, origin }: TokenRequest): HttpResponse {
  const clientId = form.get('client_id');
  if (!clientId) throw missingParameter('client_id');
  const scope = form.get('scope') ?? (isV1 ? `${form.get('resource') ?? ''}/.default openid offline_access` : '');
  if (!scope) throw missingParameter('scope');
  const { code, userCode } = ports.world.transact((tx) => {
    const administrator = tenantOf(tx).administrators[0];
    const value: DeviceCode = {
      userCode: tx.random.text(9, ALPHABET),
      clientId,
      scope,
      expiresMs: ports.hostNowMs() + LIFETIME_MS,
      ...(ports.autoConfirmDeviceCodes && administrator && { userId: administrator }),
    };
    return { code: putSecret(tx, ports, DEVICE_CODES, value), userCode: value.userCode };
  });
  const page = `${origin}/devicelogin`;
  const seconds = LIFETIME_MS / 1000;
  const interval = ports.autoConfirmDeviceCodes ? 1 : 5;
  const message = ports.autoConfirmDeviceCodes
    ? `Slipway signs you in as its default administrator; there is nothing to do. (Device code ${userCode}.)`
    : `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`;
  return json(
    200,
    {
      user_code: userCode,
      device_code: code,
      ...(isV1 ? { verification_url: page } : { verification_uri: page }),
      expires_in: isV1 ? String(seconds) : seconds,
      interval: isV1 ? String(interval) : interval,
      message,
    },
    { revision: ports.world.reader.revision },
  );
}

/** The client's poll: tokens once somebody has confirmed the code. */
export function deviceCodeGrant(ports: EntraPorts, request: TokenRequest): Promise<HttpResponse> {
  const presented = request.form.get('device_code') ?? request.form.get('code');
  const clientId = request.form.get('client_id');
  if (!presented) throw missingParameter('device_code');
  if (!clientId) throw missingParameter('client_id');
  const key = keyOf(presented);
  const stored = ports.world.reader.get<DeviceCode>(DEVICE_CODES, key)?.value;
  if (!stored) throw new EntraError(400, 'bad_verification_code', 70019, 'The verification code is not known or was used already.');
  if (stored.clientId.toLowerCase() !== clientId.toLowerCase())
    throw invalidRequest(700005, 'Provided device code is not intended for this client.');
  if (stored.expiresMs <= ports.hostNowMs()) throw new EntraError(400, 'expired_token', 70020, 'The provided device code has expired.');
  if (stored.declined) throw new EntraError(400, 'authorization_declined', 70018, 'The user has declined the sign-in.');
  if (stored.userId === undefined)
    throw new EntraError(400, 'authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.');
  const user = ports.world.reader.get<User>(USERS, stored.userId)?.value;
  if (!user) throw invalidGrant(50034, 'The user account does not exist in the directory.');
  const subject = { principal: enabled(user), clientId, clientProof: '0', methods: ['pwd'] } as const;
  return answerTokens(ports, request, subject, wantedByScope(stored.scope), (tx) => tx.delete(DEVICE_CODES, key));
}
