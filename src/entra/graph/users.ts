import type { JsonObject } from '../../kernel/json.ts';
import { hashSecret, tenantOf, USERS, type User, userBy } from '../directory.ts';
import { removePrincipal } from '../principals.ts';
import { badRequest, denied, GraphError, notFound } from './errors.ts';
import { type Answer, type Exchange, listAnswer, objectAnswer, optionalText, textField, write } from './exchange.ts';
import { renderUser } from './render.ts';

const CONTEXT = 'users';

export function me(exchange: Exchange): Answer {
  if (exchange.claims.idtyp !== 'user') throw badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest');
  return objectAnswer(exchange, CONTEXT, renderUser(find(exchange, String(exchange.claims.oid))));
}

export const listUsers = (exchange: Exchange): Answer =>
  listAnswer(
    exchange,
    CONTEXT,
    exchange.ports.world.reader.list<User>(USERS).map(({ value }) => renderUser(value)),
  );

export const getUser = (exchange: Exchange): Answer => objectAnswer(exchange, CONTEXT, renderUser(find(exchange, exchange.parameters[0])));

export function createUser(exchange: Exchange): Answer {
  const { body } = exchange;
  const userPrincipalName = textField(body, 'userPrincipalName');
  if (!/^[^@\s]+@[^@\s]+$/.test(userPrincipalName)) throw badRequest('Property userPrincipalName is invalid.');
  const password = passwordOf(body);
  if (!password) throw badRequest("A value is required for property 'passwordProfile' of resource 'User'.");
  const user = write(exchange, (tx) => {
    if (userBy(tx, userPrincipalName))
      throw badRequest('Another object with the same value for property userPrincipalName already exists.');
    const value: User = {
      id: tx.random.uuid(),
      userPrincipalName,
      displayName: textField(body, 'displayName'),
      mailNickname: optionalText(body, 'mailNickname') ?? (userPrincipalName.split('@')[0] as string), // a match of the pattern has an @
      accountEnabled: body.accountEnabled !== false,
      passwordHash: hashSecret(password),
      createdDateTime: tx.nowIso,
      ...names(body),
    };
    return tx.put(USERS, value.id, value).value;
  });
  return objectAnswer(exchange, CONTEXT, renderUser(user), 201);
}

export function updateUser(exchange: Exchange): Answer {
  const { body } = exchange;
  const user = find(exchange, exchange.parameters[0]);
  const password = passwordOf(body);
  write(exchange, (tx) =>
    tx.put<User>(USERS, user.id, {
      ...user,
      ...names(body),
      displayName: optionalText(body, 'displayName') ?? user.displayName,
      accountEnabled: typeof body.accountEnabled === 'boolean' ? body.accountEnabled : user.accountEnabled,
      ...(password && { passwordHash: hashSecret(password) }),
    }),
  );
  return { status: 204 };
}

export function deleteUser(exchange: Exchange): Answer {
  const { id } = find(exchange, exchange.parameters[0]);
  if (tenantOf(exchange.ports.world.reader).administrators.includes(id))
    throw exchange.claims.oid === id
      ? denied()
      : new GraphError(403, 'Authorization_RequestDenied', 'The default administrator cannot be deleted.');
  write(exchange, (tx) => removePrincipal(tx, USERS, id));
  return { status: 204 };
}

function find({ ports }: Exchange, idOrName = ''): User {
  const user = userBy(ports.world.reader, idOrName);
  if (!user) throw notFound(idOrName);
  return user;
}

function names(body: JsonObject): Pick<User, 'givenName' | 'surname'> {
  const givenName = optionalText(body, 'givenName');
  const surname = optionalText(body, 'surname');
  return { ...(givenName && { givenName }), ...(surname && { surname }) };
}

function passwordOf(body: JsonObject): string | undefined {
  const profile = body.passwordProfile;
  return typeof profile === 'object' && profile !== null && !Array.isArray(profile)
    ? optionalText(profile as JsonObject, 'password')
    : undefined;
}
