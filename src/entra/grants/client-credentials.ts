import type { HttpResponse } from '../../kernel/http.ts';
import { proveClient } from '../credentials.ts';
import { missingParameter } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import { answerTokens, type TokenRequest, wantedBy } from './answer.ts';

/** An application on its own behalf, with a secret, a certificate or a federated assertion. */
export async function clientCredentials(ports: EntraPorts, request: TokenRequest): Promise<HttpResponse> {
  const { form, isV1 } = request;
  const clientId = form.get('client_id');
  if (!clientId) throw missingParameter('client_id');
  if (!form.get('scope') && !(isV1 && form.get('resource'))) throw missingParameter(isV1 ? 'resource' : 'scope');
  const { servicePrincipal, proof } = await proveClient(ports, clientId, form);
  const subject = { principal: servicePrincipal, clientId: servicePrincipal.appId, clientProof: proof };
  return answerTokens(ports, request, subject, wantedBy(request));
}
