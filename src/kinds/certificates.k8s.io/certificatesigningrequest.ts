import type { CertificateSigningRequest } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { humanDuration } from '../../kube/table-format.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { selectable } from '../selectable.ts';
import { signingRequestFaults } from './validation.ts';

/** "Pending", "Approved,Issued" … */
function conditionText({ status }: CertificateSigningRequest): string {
  const has = (wanted: string): boolean => status?.conditions?.some(({ type }) => type === wanted) ?? false;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return [decision, ...(has('Failed') ? ['Failed'] : []), ...(status?.certificate ? ['Issued'] : [])].join(',');
}

export const certificateSigningRequest: Kind = {
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  selectableFields: selectable({ 'spec.signerName': '' }),
  /** Says who asked, whatever the request claims. */
  prepareForCreate(object: CertificateSigningRequest, { user }) {
    const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = object.spec;
    const asked = user && {
      username: user.name,
      groups: user.groups,
      ...(user.uid && { uid: user.uid }),
      ...(user.extra && Object.keys(user.extra).length > 0 && { extra: user.extra }),
    };
    return { ...object, spec: { ...spec, ...asked }, status: {} };
  },
  prepareForUpdate(object: CertificateSigningRequest, previous: CertificateSigningRequest) {
    return object.spec === previous.spec ? object : { ...object, spec: previous.spec };
  },
  nameRule: nameIsPathSegment,
  validate: (object: CertificateSigningRequest) => signingRequestFaults(object),
  columns: [
    nameColumn,
    ageColumn,
    column<CertificateSigningRequest>('SignerName', 'Who should sign.', (o) => o.spec.signerName),
    column<CertificateSigningRequest>('Requestor', 'Who asked.', (o) => o.spec.username ?? ''),
    column<CertificateSigningRequest>('RequestedDuration', 'How long the certificate should be valid.', (o) =>
      o.spec.expirationSeconds === undefined ? '<none>' : humanDuration(o.spec.expirationSeconds * 1000),
    ),
    column<CertificateSigningRequest>('Condition', 'What became of the request.', conditionText),
  ],
};
