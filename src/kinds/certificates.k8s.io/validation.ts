import type { CertificateSigningRequest } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooLong } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
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
  /-----BEGIN CERTIFICATE REQUEST-----\s[\s\S]+-----END CERTIFICATE REQUEST-----/.test(Buffer.from(base64, 'base64').toString());

const MAX_DOMAIN = 253;
const MAX_SIGNER = 571;

/** Source: kubernetes pkg/apis/core/validation ValidateSignerName. */
function signerFaults(path: string, signer: string | undefined, out: Faults): void {
  if (!signer) return void out.push(required(path));
  const [domain = '', name = '', ...rest] = signer.split('/');
  if (!signer.includes('/') || rest.length > 0)
    return void out.push(invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
  if (domain.length > MAX_DOMAIN) out.push(tooLong(path, MAX_DOMAIN));
  /** Of the parts, only the first that is wrong. */
  const partFaults = (text: string, rule: (value: string) => readonly string[]): void => {
    const wrong = text.split('.').find((part) => rule(part).length > 0);
    if (wrong !== undefined)
      for (const fault of rule(wrong)) out.push(invalid(path, text, `validating label ${JSON.stringify(wrong)}: ${fault}`));
  };
  partFaults(domain, dnsLabel);
  if (!domain.includes('.')) out.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  partFaults(name, dnsSubdomain);
  if (signer.length > MAX_SIGNER) out.push(tooLong(path, MAX_SIGNER));
}

export function signingRequestFaults({ spec }: CertificateSigningRequest): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!spec.request || !isRequestPem(spec.request))
    out.push(invalid('spec.request', spec.request || null, 'PEM block type must be CERTIFICATE REQUEST'));
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
