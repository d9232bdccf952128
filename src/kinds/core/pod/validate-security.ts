import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  WindowsSecurityContextOptions,
} from '../../../../gen/kubernetes-types.ts';
import { duplicate, invalid, notSupported, required, tooLong } from '../../../kernel/field-error.ts';
import { byteLength, dnsSubdomain } from '../../../kube/names/dns.ts';
import { unixId } from '../../../kube/names/values.ts';
import { type Faults, messages, oneOf } from '../../faults.ts';
import { internalForm } from '../../internal-form.ts';
import { descendingPathFaults } from '../volume-source-validation.ts';

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Faults of a seccomp profile, a pod's or a container's. Source: kubernetes pkg/apis/core/validation ValidateSeccompProfileField. */
function seccompFaults(path: string, profile: SeccompProfile | undefined, out: Faults): void {
  if (!profile) return;
  const { type = '', localhostProfile } = profile;
  if (type === '') out.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!TYPES.includes(type)) out.push(notSupported(`${path}.type`, type, TYPES));
  const at = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      out.push(invalid(at, internalForm('core.SeccompProfile', profile), 'can only be set when seccomp type is Localhost'));
  } else if (localhostProfile === undefined) out.push(required(at, 'must be set when seccomp type is Localhost'));
  else descendingPathFaults(at, localhostProfile, out);
}

const LONGEST_PATH = 4095;

/** Faults of an AppArmor profile. Source: ValidateAppArmorProfileField. */
function appArmorFaults(path: string, profile: AppArmorProfile | undefined, out: Faults): void {
  if (!profile) return;
  const { type = '', localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  const missing = required(at, 'must be set when AppArmor type is Localhost');
  if (type === '') out.push(required(`${path}.type`, 'type is required when appArmorProfile is set'));
  else if (!TYPES.includes(type)) out.push(notSupported(`${path}.type`, type, TYPES));
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined) out.push(invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost'));
  } else if (localhostProfile === undefined) out.push(missing);
  else {
    if (localhostProfile.trim() !== localhostProfile) out.push(invalid(at, localhostProfile, 'must not be padded with whitespace'));
    else if (localhostProfile === '') out.push(missing);
    if (localhostProfile.length > LONGEST_PATH) out.push(tooLong(at, LONGEST_PATH));
  }
}

/** Faults of what only nodes with Windows know. */
function windowsFaults(path: string, options: WindowsSecurityContextOptions | undefined, out: Faults): void {
  if (!options) return;
  const { gmsaCredentialSpecName: credential, gmsaCredentialSpec, runAsUserName } = options;
  if (credential !== undefined) messages(`${path}.gmsaCredentialSpecName`, credential, dnsSubdomain(credential), out);
  const at = `${path}.gmsaCredentialSpec`;
  if (gmsaCredentialSpec === '') out.push(invalid(at, '', 'gmsaCredentialSpec cannot be an empty string'));
  else if (gmsaCredentialSpec !== undefined && byteLength(gmsaCredentialSpec) > MAX_CREDENTIAL_KIB * 1024)
    out.push(invalid(at, gmsaCredentialSpec, `gmsaCredentialSpec size must be under ${MAX_CREDENTIAL_KIB} KiB`));
  if (runAsUserName !== undefined)
    for (const fault of windowsUserFaults(runAsUserName))
      out.push(invalid(`${path}.runAsUserName`, runAsUserName, `runAsUserName${fault}`));
}

const MAX_CREDENTIAL_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_PART = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** "DOMAIN\\user", the domain being optional. */
function windowsUserFaults(name: string): readonly string[] {
  if (name === '') return [' cannot be an empty string'];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there
  if (/[\x00-\x1f\x7f]/.test(name)) return [' cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return [' cannot contain more than one backslash'];
  const [user = '', domain] = parts.reverse();
  const faults: string[] = [];
  if (domain !== undefined && domain.length >= MAX_DOMAIN) faults.push(`'s Domain length must be under ${MAX_DOMAIN} characters`);
  if (domain !== undefined && !NET_BIOS.test(domain) && !domain.split('.').every((part) => DNS_PART.test(part)))
    faults.push("'s Domain doesn't match the NetBios nor the DNS format");
  if (user === '') faults.push("'s User cannot be empty");
  if (user.length > MAX_USER) faults.push(`'s User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user)) faults.push("'s User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) faults.push(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return faults;
}

function idFaults(path: string, context: PodSecurityContext | SecurityContext, fields: readonly string[], out: Faults): void {
  for (const field of fields) {
    // Only named with fields that hold ids.
    const id = context[field as keyof typeof context] as number | undefined;
    if (id !== undefined) messages(`${path}.${field}`, id, unixId(id), out);
  }
}

/** Faults of what all containers of a pod run as. */
export function podSecurityFaults(
  path: string,
  { securityContext: context, hostPID, shareProcessNamespace, ...spec }: PodSpec,
  out: Faults,
): void {
  if (!context) return;
  idFaults(path, context, ['fsGroup', 'runAsUser', 'runAsGroup'], out);
  context.supplementalGroups?.forEach((id, i) => {
    messages(`${path}.supplementalGroups[${i}]`, id, unixId(id), out);
  });
  if (shareProcessNamespace && hostPID)
    out.push(invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  if (context.sysctls) sysctlFaults(`${path}.sysctls`, context.sysctls, spec, out);
  oneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], false, out);
  seccompFaults(`${path}.seccompProfile`, context.seccompProfile, out);
  windowsFaults(`${path}.windowsOptions`, context.windowsOptions, out);
  appArmorFaults(`${path}.appArmorProfile`, context.appArmorProfile, out);
  oneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict'], false, out);
  oneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive'], false, out);
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
/** The same language without nested repetitions, which would backtrack without end. */
const isSysctl = (name: string): boolean =>
  name.length <= MAX_SYSCTL && name.split(/[./]/).every((part) => /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(part));
const MAX_SYSCTL = 253;

/** Parameters of the kernel by the namespace of the pod that has them to itself. */
const IPC_SYSCTLS = /^(kernel[./](shm|msg)|kernel[./]sem$|fs[./]mqueue[./])/;
const NET_SYSCTLS = /^net[./]/;

function sysctlFaults(
  path: string,
  sysctls: NonNullable<PodSecurityContext['sysctls']>,
  { hostNetwork, hostIPC }: Pick<PodSpec, 'hostNetwork' | 'hostIPC'>,
  out: Faults,
): void {
  const names = new Set<string>();
  sysctls.forEach(({ name = '' }, i) => {
    const at = `${path}[${i}].name`;
    if (name === '') out.push(required(at));
    else if (!isSysctl(name)) out.push(invalid(at, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL}`));
    else if (names.has(name)) out.push(duplicate(at, name));
    if (hostNetwork && NET_SYSCTLS.test(name)) out.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (hostIPC && IPC_SYSCTLS.test(name)) out.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  });
}

const CANNOT = 'cannot set `allowPrivilegeEscalation` to false and';

/** Faults of what a container runs as. `hostUsers` is false where the pod has users of its own. */
export function securityFaults(path: string, context: SecurityContext | undefined, hostUsers: boolean, out: Faults): void {
  if (!context) return;
  idFaults(path, context, ['runAsUser', 'runAsGroup'], out);
  oneOf(`${path}.procMount`, context.procMount, ['Default', 'Unmasked'], false, out);
  if (hostUsers && context.procMount === 'Unmasked')
    out.push(invalid(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  seccompFaults(`${path}.seccompProfile`, context.seccompProfile, out);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) out.push(invalid(path, internalForm('core.SecurityContext', context), `${CANNOT} \`privileged\` to true`));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
      out.push(invalid(path, internalForm('core.SecurityContext', context), `${CANNOT} \`capabilities.Add\` CAP_SYS_ADMIN`));
  }
  windowsFaults(`${path}.windowsOptions`, context.windowsOptions, out);
  appArmorFaults(`${path}.appArmorProfile`, context.appArmorProfile, out);
}
