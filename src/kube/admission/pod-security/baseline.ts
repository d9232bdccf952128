import type { Container, LifecycleHandler, PodSpec, Probe, SELinuxOptions } from '../../../../gen/kubernetes-types.ts';
import {
  addedCapabilities,
  type Check,
  type CheckPod,
  containersOf,
  distinct,
  hasOwnUsers,
  named,
  namesWhere,
  plural,
  quoted,
  setters,
  unmaskedProc,
  unsafeSeccomp,
} from './check.ts';

// Models k8s.io/pod-security-admission/policy, wording included.

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: CheckPod = ({ spec, annotations }) => {
  const bad = (profile: { readonly type: string } | undefined) =>
    profile && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost' ? [profile.type] : [];
  const ofPod = bad(spec.securityContext?.appArmorProfile);
  const ofContainer = ({ securityContext }: Container) => bad(securityContext?.appArmorProfile);
  const isFine = (value: string) => value === '' || value === 'runtime/default' || value.startsWith('localhost/');
  const noted = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !isFine(value))
    .map(([key, value]) => `${key}="${value}"`)
    .sort();
  const names = namesWhere(spec, (container) => ofContainer(container).length > 0);
  const who = [setters(ofPod.length > 0, names), noted.length > 0 ? plural('annotation', noted) : ''].filter(Boolean).join(' and ');
  if (!who) return undefined;
  const values = [...distinct([...ofPod, ...containersOf(spec).flatMap(ofContainer)]), ...noted];
  return {
    reason: plural('forbidden AppArmor profile', values),
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);

const capabilities: CheckPod = ({ spec }) => {
  const detail = addedCapabilities(spec, DEFAULT_CAPABILITIES);
  return detail ? { reason: 'non-default capabilities', detail } : undefined;
};

const hostNamespaces: CheckPod = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  return shared.length > 0 ? { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') } : undefined;
};

const hostPathVolumes: CheckPod = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length > 0 ? { reason: 'hostPath volumes', detail: named('volume', names) } : undefined;
};

const hostPorts: CheckPod = ({ spec }) => {
  const portsOf = ({ ports = [] }: Container) => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const names = namesWhere(spec, (container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = distinct(containersOf(spec).flatMap(portsOf));
  const detail = `${named('container', names)} ${plural('uses', names, 'use')} ${plural('hostPort', ports)} ${ports.join(', ')}`;
  return { reason: 'hostPort', detail };
};

const hostProbes: CheckPod = ({ spec }) => {
  const hosts = (handler: Probe | LifecycleHandler | undefined) => [handler?.httpGet?.host, handler?.tcpSocket?.host];
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hosts).flatMap((host) => host || []);
  const names = distinct(namesWhere(spec, (container) => hostsOf(container).length > 0));
  if (names.length === 0) return undefined;
  const found = distinct(containersOf(spec).flatMap(hostsOf));
  const detail = `${named('container', names)} ${plural('uses', names, 'use')} ${named('probe or lifecycle host', found)}`;
  return { reason: 'probe or lifecycle host', detail };
};

const privileged: CheckPod = ({ spec }) => {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.privileged === true);
  return names.length > 0
    ? { reason: 'privileged', detail: `${named('container', names)} must not set securityContext.privileged=true` }
    : undefined;
};

/** SELinux options of the pod and its containers, limited to these types. */
const seLinuxOptions =
  (allowed: ReadonlySet<string>): CheckPod =>
  ({ spec }) => {
    const isBad = (options: SELinuxOptions | undefined) =>
      options !== undefined && (!allowed.has(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
    const ofContainer = ({ securityContext }: Container) => securityContext?.seLinuxOptions;
    const ofPod = spec.securityContext?.seLinuxOptions;
    const who = setters(
      isBad(ofPod),
      namesWhere(spec, (container) => isBad(ofContainer(container))),
    );
    if (!who) return undefined;
    const all = [ofPod, ...containersOf(spec).map(ofContainer)];
    const types = distinct(all.flatMap((options) => (options && !allowed.has(options.type ?? '') ? [options.type ?? ''] : [])));
    const parts = [
      ...(types.length > 0 ? [named('type', types)] : []),
      ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${parts.join('; ')}` };
  };

/** Kernel parameters that concern nobody but the pod itself. */
const sysctls =
  (allowed: ReadonlySet<string>): CheckPod =>
  ({ spec }) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.has(name));
    return names.length > 0 ? { reason: 'forbidden sysctls', detail: names.join(', ') } : undefined;
  };

const windowsHostProcess: CheckPod = ({ spec }) => {
  const isHost = ({ securityContext }: Pick<Container | PodSpec, 'securityContext'>) =>
    securityContext?.windowsOptions?.hostProcess === true;
  const who = setters(isHost(spec), namesWhere(spec, isHost));
  return who ? { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` } : undefined;
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const check = (id: string, since: number, checkPod: CheckPod): Check => ({ id, level: 'baseline', since, checkPod });

export const baselineChecks: readonly Check[] = [
  check('appArmorProfile', 0, appArmorProfile),
  check('capabilities_baseline', 0, capabilities),
  check('hostNamespaces', 0, hostNamespaces),
  check('hostPathVolumes', 0, hostPathVolumes),
  check('hostPorts', 0, hostPorts),
  check('hostProbesAndHostLifecycle', 34, hostProbes),
  check('privileged', 0, privileged),
  check('procMount_baseline', 0, ({ spec }) => unmaskedProc(spec)),
  check('procMount_baseline', 35, ({ spec }) => (hasOwnUsers(spec) ? undefined : unmaskedProc(spec))),
  check('seLinuxOptions', 0, seLinuxOptions(new Set(SELINUX_TYPES))),
  check('seLinuxOptions', 31, seLinuxOptions(new Set([...SELINUX_TYPES, 'container_engine_t']))),
  check('seccompProfile_baseline', 19, ({ spec }) => unsafeSeccomp(spec)),
  check('sysctls', 0, sysctls(new Set(SYSCTLS))),
  check('sysctls', 27, sysctls(new Set(SYSCTLS_27))),
  check('sysctls', 29, sysctls(new Set(SYSCTLS_29))),
  check('sysctls', 32, sysctls(new Set(SYSCTLS_32))),
  check('windowsHostProcess', 0, windowsHostProcess),
];
