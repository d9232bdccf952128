import type { CertificateSigningRequest } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import type { Faults } from '../faults.ts';

// Models kubernetes pkg/apis/certificates/validation.

const MIN_SECONDS = 600;
const USAGES = new Set([
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
]);

const isRequestPem = (base64: string): boolean =>
  /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(Buffer.from(base64, 'base64').toString());

function signerFaults(path: string, signer: string | undefined, out: Faults): void {
  if (!signer) return void out.push(required(path));
  const slash = signer.indexOf('/');
  if (slash <= 0 || slash === signer.length - 1)
    out.push(invalid(path, signer, 'must be a fully qualified domain and path of the form "example.com/signer-name"'));
}

export function signingRequestFaults({ spec }: CertificateSigningRequest): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!spec.request || !isRequestPem(spec.request))
    out.push(invalid('spec.request', spec.request ?? '', 'PEM block type must be CERTIFICATE REQUEST'));
  if (!spec.usages?.length) out.push(required('spec.usages'));
  const seen = new Set<string>();
  spec.usages?.forEach((usage, i) => {
    if (!USAGES.has(usage)) out.push(notSupported(`spec.usages[${i}]`, usage, [...USAGES].sort()));
    if (seen.has(usage)) out.push(duplicate(`spec.usages[${i}]`, usage));
    seen.add(usage);
  });
  signerFaults('spec.signerName', spec.signerName, out);
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < MIN_SECONDS)
    out.push(
      invalid('spec.expirationSeconds', spec.expirationSeconds, `may not specify a duration less than ${MIN_SECONDS} seconds (10 minutes)`),
    );
  return out;
}
