import type { User } from '../kind.ts';

/** What an authorizer decides on: a verb on a resource, or on a path. */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  /** "" for requests over the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Of requests that concern no resource. */
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why, as SubjectAccessReview shows it; "" when no rule said anything. */
  readonly reason: string;
}

/** Attributes of a check that is no request of its own (impersonation, bind, escalate). */
export const checkOf = (user: User, verb: string, group: string, resource: string, namespace = '', name = ''): Attributes => ({
  user,
  verb,
  isResource: true,
  group,
  version: '',
  resource,
  subresource: '',
  namespace,
  name,
  path: '',
});

/** The message of a 403, without its resource. Models responsewriters.Forbidden. */
export function refusalText({ user, verb, isResource, group, resource, subresource, namespace, path }: Attributes): string {
  const who = `User ${JSON.stringify(user.name)}`;
  if (!isResource) return `${who} cannot ${verb} path ${JSON.stringify(path)}`;
  const what = JSON.stringify(subresource ? `${resource}/${subresource}` : resource);
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  return `${who} cannot ${verb} resource ${what} in API group ${JSON.stringify(group)} ${where}`;
}
