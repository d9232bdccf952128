import type { APIService } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { dns1035Label, dnsSubdomain } from '../../kube/names/dns.ts';
import { portNumber } from '../../kube/names/values.ts';
import { messages } from '../faults.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

/** Models kube-aggregator pkg/apis/apiregistration/validation. */
export function apiServiceFaults({ metadata, spec }: APIService): readonly FieldError[] {
  const out: FieldError[] = [];
  const { group = '', version = '', service, groupPriorityMinimum = 0, versionPriority = 0 } = spec;
  const name = `${version}.${group}`;
  if (metadata.name !== name)
    out.push(invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`));
  if (group !== '') messages('spec.group', group, dnsSubdomain(group), out);
  messages('spec.version', version, dns1035Label(version), out);
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > MAX_GROUP_PRIORITY)
    out.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY)
    out.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  if (!service) {
    if (spec.caBundle)
      out.push(
        invalid('spec.caBundle', `${Buffer.byteLength(spec.caBundle, 'base64')} bytes`, 'local APIServices may not have a caBundle'),
      );
    if (spec.insecureSkipTLSVerify)
      out.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'));
    return out;
  }
  if (!service.namespace) out.push(required('spec.service.namespace'));
  if (!service.name) out.push(required('spec.service.name'));
  if (service.port !== undefined) messages('spec.service.port', service.port, portNumber(service.port), out);
  if (spec.insecureSkipTLSVerify && spec.caBundle)
    out.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  return out;
}
