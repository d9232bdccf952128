import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, importX509, type JWTPayload, jwtVerify } from 'jose';
import {
  type Application,
  applicationByAppId,
  type FederatedCredential,
  hashSecret,
  type KeyCredential,
  type ServicePrincipal,
  servicePrincipalByAppId,
} from './directory.ts';
import { EntraError, invalidClient, invalidRequest } from './errors.ts';
import type { EntraPorts } from './ports.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Algorithms that Entra takes for client assertions; never a symmetric one, whose "public" key would be the secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'RS384', 'RS512'];

/** A client that has proved who it is. */
export interface ProvenClient {
  readonly servicePrincipal: ServicePrincipal;
  readonly proof: '1' | '2';
}

/** Checks the client's secret or assertion. Throws EntraError. */
export async function proveClient(ports: EntraPorts, clientId: string, form: URLSearchParams): Promise<ProvenClient> {
  const servicePrincipal = servicePrincipalByAppId(ports.world.reader, clientId);
  if (!servicePrincipal)
    throw new EntraError(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    );
  if (!servicePrincipal.accountEnabled) throw new EntraError(401, 'unauthorized_client', 7000112, `Application '${clientId}' is disabled.`);
  const secret = form.get('client_secret');
  if (secret !== null) {
    checkSecret(ports, servicePrincipal, secret);
    return { servicePrincipal, proof: '1' };
  }
  const assertion = form.get('client_assertion');
  if (assertion === null)
    throw invalidClient(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  if (form.get('client_assertion_type') !== ASSERTION_TYPE)
    throw invalidRequest(50035, `client_assertion_type must be '${ASSERTION_TYPE}'.`);
  await checkAssertion(ports, clientId, assertion);
  return { servicePrincipal, proof: '2' };
}

function checkSecret(ports: EntraPorts, servicePrincipal: ServicePrincipal, secret: string): void {
  const { appId } = servicePrincipal;
  const application = applicationByAppId(ports.world.reader, appId);
  const hash = hashSecret(secret);
  const found = [...(application?.passwordCredentials ?? []), ...servicePrincipal.passwordCredentials].find(
    (item) => item.secretHash === hash,
  );
  if (!found)
    throw invalidClient(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
    );
  // Stored, so by the world's clock: a secret's expiry is something to rehearse.
  if (Date.parse(found.endDateTime) <= ports.world.nowMs)
    throw invalidClient(7000222, `The provided client secret keys for app '${appId}' are expired.`);
}

/** A client assertion is signed either by the client with a certificate of its own, or by an issuer that its federation names. */
async function checkAssertion(ports: EntraPorts, clientId: string, assertion: string): Promise<void> {
  let payload: JWTPayload;
  try {
    payload = decodeJwt(assertion);
  } catch {
    throw invalidClient(50027, 'JWT token is invalid or malformed.');
  }
  const application = applicationByAppId(ports.world.reader, clientId);
  const isOwn = payload.iss?.toLowerCase() === clientId.toLowerCase();
  try {
    if (isOwn) await verifyOwn(ports, application, assertion, payload);
    else await verifyFederated(ports, clientId, application, assertion, payload);
  } catch (error) {
    throw assertionError(error);
  }
}

async function verifyOwn(ports: EntraPorts, application: Application | undefined, assertion: string, payload: JWTPayload): Promise<void> {
  const { alg = 'RS256' } = decodeProtectedHeader(assertion);
  if (payload.sub?.toLowerCase() !== payload.iss?.toLowerCase())
    throw invalidClient(700021, 'Client assertion application identifier does not match subject.');
  const usable = (application?.keyCredentials ?? []).filter(({ endDateTime }) => Date.parse(endDateTime) > ports.world.nowMs);
  for (const credential of usable) if (await isSignedBy(ports, credential, assertion, alg)) return;
  throw invalidClient(700027, 'The certificate with identifier used to sign the client assertion is not registered on application.');
}

async function isSignedBy(ports: EntraPorts, credential: KeyCredential, assertion: string, alg: string): Promise<boolean> {
  try {
    const key = await importX509(`-----BEGIN CERTIFICATE-----\n${credential.key}\n-----END CERTIFICATE-----`, alg);
    await jwtVerify(assertion, key, { algorithms: ALGORITHMS, currentDate: new Date(ports.hostNowMs()), clockTolerance: 300 });
    return true;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw error;
    return false;
  }
}

async function verifyFederated(
  ports: EntraPorts,
  clientId: string,
  application: Application | undefined,
  assertion: string,
  payload: JWTPayload,
): Promise<void> {
  const credentials = [
    ...(application?.federatedIdentityCredentials ?? []),
    ...(ports.federatedCredentialsOf?.(ports.world.reader, clientId) ?? []),
  ];
  const { audiences } = matchFederated(credentials, payload);
  const keys = await ports.issuerKeys?.(payload.iss as string); // matched: an issuer without a name matches nothing
  if (!keys) throw invalidClient(50166, `Request to External OIDC endpoint '${payload.iss}' failed.`);
  await jwtVerify(assertion, createLocalJWKSet(keys), {
    algorithms: ALGORITHMS,
    audience: [...audiences],
    currentDate: new Date(ports.hostNowMs()),
    clockTolerance: 300,
  });
}

function matchFederated(credentials: readonly FederatedCredential[], { iss, sub, aud }: JWTPayload): FederatedCredential {
  const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0)
    throw invalidClient(700211, `No matching federated identity record found for presented assertion issuer '${iss}'.`);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0)
    throw invalidClient(700213, `No matching federated identity record found for presented assertion subject '${sub}'.`);
  const presented = Array.isArray(aud) ? aud : [aud ?? ''];
  const found = ofSubject.find(({ audiences }) => presented.some((audience) => audiences.includes(audience)));
  if (!found)
    throw invalidClient(700212, `No matching federated identity record found for presented assertion audience '${presented.join(' ')}'.`);
  return found;
}

function assertionError(error: unknown): EntraError {
  if (error instanceof EntraError) return error;
  if (error instanceof errors.JWTExpired) return invalidClient(700024, 'Client assertion is not within its valid time range.');
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return invalidClient(700024, 'Client assertion is not within its valid time range.');
  return invalidClient(700027, 'Client assertion failed signature validation.');
}
