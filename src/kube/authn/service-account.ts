import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import type { User } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { Claims } from '../pipeline/ports.ts';

const SUBJECT_PREFIX = 'system:serviceaccount:';
const EXTRA = 'authentication.kubernetes.io';

export const serviceAccountName = (namespace: string, name: string): string => `${SUBJECT_PREFIX}${namespace}:${name}`;

/** Groups that every service account of a namespace is in. */
export const serviceAccountGroups = (namespace: string): string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

/** Namespace and name of a service account's user name; undefined for other users. */
export function parseServiceAccount(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(SUBJECT_PREFIX)) return undefined;
  const [namespace, name, more] = user.slice(SUBJECT_PREFIX.length).split(':');
  return namespace && name && more === undefined ? { namespace, name } : undefined;
}

/**
 * The user of verified claims, while what they are bound to still exists: account, and pod, node or secret by uid.
 * Models pkg/serviceaccount claims validation.
 */
export function serviceAccountUser(reader: Reader, scope: string, claims: Claims): User | undefined {
  const bound = claims['kubernetes.io'] as Json; // parsed from the token's JSON
  if (!isObject(bound) || typeof bound.namespace !== 'string' || !isObject(bound.serviceaccount)) return undefined;
  const { namespace } = bound;
  const { name, uid } = bound.serviceaccount;
  if (typeof name !== 'string' || typeof uid !== 'string') return undefined;
  const isThere = (resource: string, reference: Json | undefined, key: string): boolean => {
    if (!isObject(reference)) return true;
    const found = reader.get<KubeObject>(collectionName(`kube/core/${resource}`, scope), key)?.value;
    return found?.metadata.uid === reference.uid;
  };
  const at = (reference: Json | undefined) => `${namespace}/${isObject(reference) ? String(reference.name) : ''}`;
  const { pod, secret, node } = bound;
  const exists =
    isThere('serviceaccounts', bound.serviceaccount, `${namespace}/${name}`) &&
    isThere('pods', pod, at(pod)) &&
    isThere('secrets', secret, at(secret));
  if (!exists) return undefined;
  return {
    name: serviceAccountName(namespace, name),
    uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    extra: extraOf(claims, pod, node),
  };
}

function extraOf(claims: Claims, pod: Json | undefined, node: Json | undefined): { readonly [key: string]: readonly string[] } {
  const named = (kind: string, reference: Json | undefined): [string, string[]][] =>
    isObject(reference)
      ? [
          [`${EXTRA}/${kind}-name`, [String((reference as JsonObject).name)]],
          [`${EXTRA}/${kind}-uid`, [String((reference as JsonObject).uid)]],
        ]
      : [];
  const id: [string, string[]][] = typeof claims.jti === 'string' ? [[`${EXTRA}/credential-id`, [`JTI=${claims.jti}`]]] : [];
  return Object.fromEntries([...id, ...named('node', node), ...named('pod', pod)]);
}
