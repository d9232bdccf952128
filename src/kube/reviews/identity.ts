import type { JsonObject } from '../../kernel/json.ts';
import { authenticateToken, chain } from '../authn/authenticate.ts';
import type { User } from '../kind.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { Later } from '../pipeline/ports.ts';
import { badRequest } from '../status.ts';

const userInfo = ({ name, uid, groups, extra }: User): JsonObject => ({
  username: name,
  ...(uid && { uid }),
  ...(groups.length > 0 && { groups }),
  ...(extra && Object.keys(extra).length > 0 && { extra }),
});

/** SelfSubjectReview: who am I? */
export const selfSubjectReview = ({ user }: Exchange): JsonObject => ({ userInfo: userInfo(user) });

/** TokenReview: whose token is this, and for which of these audiences? */
export function tokenReview({ ports, cluster }: Exchange, spec: JsonObject): Later<JsonObject> {
  const { token, audiences } = spec;
  if (typeof token !== 'string' || token === '') throw badRequest('token is required for TokenReview in authentication');
  const asked = Array.isArray(audiences) && audiences.length > 0 ? audiences.filter((item) => typeof item === 'string') : cluster.audiences;
  return chain(authenticateToken(ports, token, cluster, asked), (found): JsonObject => {
    if (!found) return { user: {}, error: '[invalid bearer token, square/go-jose: error in cryptographic primitive]' };
    return { authenticated: true, user: userInfo(found.user), audiences: found.audiences };
  });
}
