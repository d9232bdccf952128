import type { Headers } from '../../kernel/http.ts';
import { type Attributes, checkOf } from '../authz/attributes.ts';
import type { User } from '../kind.ts';
import { internalError } from '../status.ts';
import { parseServiceAccount, serviceAccountGroups } from './service-account.ts';

const EXTRA_PREFIX = 'impersonate-extra-';

/** Whom a request acts as, and what the user who sent it must be allowed for that. */
export interface Impersonation {
  readonly user: User;
  readonly checks: readonly Attributes[];
}

/** Reads the Impersonate-* headers; undefined without them. Models apiserver's impersonation filter. Throws 500 as upstream does. */
export function impersonationOf(headers: Headers, sender: User): Impersonation | undefined {
  const name = headers['impersonate-user'] ?? '';
  const groups = list(headers['impersonate-group']);
  const uid = headers['impersonate-uid'];
  const extra = extraOf(headers);
  if (!name) {
    if (groups.length === 0 && !uid && Object.keys(extra).length === 0) return undefined;
    throw internalError(`requested ${JSON.stringify(groups)} without impersonating a user`);
  }
  const account = parseServiceAccount(name);
  const checks = [
    account
      ? checkOf(sender, 'impersonate', '', 'serviceaccounts', account.namespace, account.name)
      : checkOf(sender, 'impersonate', '', 'users', '', name),
    ...groups.map((group) => checkOf(sender, 'impersonate', '', 'groups', '', group)),
    ...(uid ? [checkOf(sender, 'impersonate', 'authentication.k8s.io', 'uids', '', uid)] : []),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({ ...checkOf(sender, 'impersonate', 'authentication.k8s.io', 'userextras', '', value), subresource: key })),
    ),
  ];
  const own = account && groups.length === 0 ? serviceAccountGroups(account.namespace) : groups;
  const state = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const all = own.includes(state) ? own : [...own, state];
  return { user: { name, groups: all, ...(uid && { uid }), ...(Object.keys(extra).length > 0 && { extra }) }, checks };
}

/** Header values that came several times are joined by ", ". */
const list = (value: string | undefined): string[] => (value ? value.split(', ') : []);

function extraOf(headers: Headers): { readonly [key: string]: readonly string[] } {
  const found: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(EXTRA_PREFIX)) continue;
    const key = name.slice(EXTRA_PREFIX.length);
    found[decoded(key)] = list(headers[name]);
  }
  return found;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
