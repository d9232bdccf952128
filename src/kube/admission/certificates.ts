import type { CertificateSigningRequest } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { checkOf } from '../authz/attributes.ts';
import { decide } from '../authz/rbac.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import { concerns, SIGNING_REQUESTS } from './read.ts';
import { refuse } from './refuse.ts';

/** Whether the user holds the verb on the signer by its name, or on all signers of its domain. */
function isAllowed({ user }: AdmissionRequest, { tx, scope }: AdmissionContext, verb: string, signerName: string): boolean {
  if (user.groups.includes('system:masters')) return true;
  const names = [signerName, `${signerName.split('/')[0]}/*`];
  return names.some((name) => decide(tx, scope, checkOf(user, verb, SIGNING_REQUESTS.group, 'signers', '', name)).allowed);
}

function requireSigner(request: AdmissionRequest, context: AdmissionContext, verb: string): void {
  const { signerName } = (request.previous as CertificateSigningRequest).spec; // only called for updates of signing requests
  if (!isAllowed(request, context, verb, signerName)) {
    throw refuse(request, `user not permitted to ${verb} requests with signerName "${signerName}"`);
  }
}

/** Who approves or denies a request must be allowed to, for its signer. Models kubernetes plugin/pkg/admission/certificates/approval. */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  validate(request, context) {
    if (request.subresource !== 'approval' || !request.previous || !concerns(request, SIGNING_REQUESTS)) return;
    requireSigner(request, context, 'approve');
  },
};

/** Who issues the certificate must be allowed to act for the signer. Models kubernetes plugin/pkg/admission/certificates/signing. */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  validate(request, context) {
    const { object, previous, subresource } = request;
    if (subresource !== 'status' || !object || !previous || !concerns(request, SIGNING_REQUESTS)) return;
    const after = (object as CertificateSigningRequest).status;
    const before = (previous as CertificateSigningRequest).status;
    const sameConditions = equal(after?.conditions as Json | undefined, before?.conditions as Json | undefined); // both are stored JSON
    if (after?.certificate !== before?.certificate || !sameConditions) requireSigner(request, context, 'sign');
  },
};
