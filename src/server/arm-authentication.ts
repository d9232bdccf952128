import type { ArmPorts, Authentication } from '../arm/exchange.ts';
import { TENANT_ID } from '../entra/seed.ts';
import type { VerifyToken } from '../entra/verify.ts';

/** Audiences of Azure Resource Manager: clients ask for its token under each of these names (azure-contract §1.3). */
const AUDIENCES = ['https://management.azure.com', 'https://management.core.windows.net', '797f4846-ba00-4fd7-ba43-dac1f8f63013'];

const REFUSALS: { readonly [reason: string]: readonly [code: string, message: string] } = {
  malformed: ['InvalidAuthenticationToken', 'The access token is invalid.'],
  signature: ['InvalidAuthenticationToken', 'The access token validation failure. Signature validation failed.'],
  issuer: [
    'InvalidAuthenticationTokenTenant',
    'The access token is from the wrong issuer. It must match the tenant associated with this subscription.',
  ],
  audience: [
    'InvalidAuthenticationTokenAudience',
    "The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.",
  ],
  expired: ['ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time.'],
  notYetValid: ['InvalidAuthenticationToken', 'The access token is not valid yet.'],
};

/** How ARM checks callers: a bearer token of our own Entra, for ARM, by the host's clock (DESIGN §5). */
export const armAuthentication = (verify: VerifyToken): Pick<ArmPorts, 'authenticate' | 'authority'> => ({
  async authenticate(bearer, request): Promise<Authentication> {
    const bases = request.via === 'endpoint' ? [...AUDIENCES, request.origin] : AUDIENCES;
    const verdict = await verify(bearer, { audiences: bases.flatMap((base) => [base, `${base}/`]), nowMs: Date.now() });
    if ('refusal' in verdict) {
      const [code, message] = REFUSALS[verdict.refusal] ?? (REFUSALS['malformed'] as readonly [string, string]); // listed above
      return { code, message, error: 'invalid_token', description: message };
    }
    const { oid, tid, upn, unique_name: uniqueName, appid, idtyp } = verdict.claims as { readonly [claim: string]: string | undefined };
    return {
      caller: {
        objectId: oid ?? '',
        tenantId: tid ?? '',
        name: upn ?? uniqueName ?? appid ?? '',
        kind: idtyp === 'app' ? 'ServicePrincipal' : 'User',
      },
    };
  },
  authority: (request) => (request.via === 'endpoint' ? `${request.origin}/adfs` : `https://login.microsoftonline.com/${TENANT_ID}`),
});
