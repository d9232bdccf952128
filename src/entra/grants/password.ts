import type { HttpResponse } from '../../kernel/http.ts';
import { hashSecret, type User, userBy } from '../directory.ts';
import { invalidGrant, missingParameter } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import { answerTokens, type TokenRequest, wantedBy } from './answer.ts';

/** Resource owner password credentials. */
export function passwordGrant(ports: EntraPorts, request: TokenRequest): Promise<HttpResponse> {
  const { form } = request;
  const [clientId, username, password] = ['client_id', 'username', 'password'].map((name) => {
    const value = form.get(name);
    if (!value) throw missingParameter(name);
    return value;
  }) as [string, string, string];
  const principal = checkPassword(ports, username, password);
  return answerTokens(ports, request, { principal, clientId, clientProof: '0', methods: ['pwd'] }, wantedBy(request));
}

/** Throws EntraError for an unknown user, a wrong password or a disabled account. */
export function checkPassword(ports: EntraPorts, username: string, password: string): User {
  const user = userBy(ports.world.reader, username);
  if (!user) throw invalidGrant(50034, `The user account ${username} does not exist in the directory.`);
  if (user.passwordHash === undefined || user.passwordHash !== hashSecret(password))
    throw invalidGrant(50126, 'Error validating credentials due to invalid username or password.');
  return enabled(user);
}

export function enabled(user: User): User {
  if (!user.accountEnabled) throw invalidGrant(50057, 'The user account is disabled.');
  return user;
}
