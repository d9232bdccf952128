import type { Container, PodSpec, SecurityContext } from '../../../../gen/kubernetes-types.ts';

// Models k8s.io/pod-security-admission policy checks, wording included.

export type Level = 'privileged' | 'baseline' | 'restricted';

/** The text of a violation, undefined when the spec passes. */
export type Check = (spec: PodSpec, annotations: { readonly [key: string]: string } | undefined) => string | undefined;

const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  // Ephemeral containers have the same security fields.
  ...((spec.ephemeralContainers ?? []) as unknown as readonly Container[]),
];

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
const naming = (names: readonly string[]): string => `${names.length > 1 ? 'containers' : 'container'} ${quoted(names)}`;
const namesWhere = (spec: PodSpec, is: (context: SecurityContext, container: Container) => boolean): string[] =>
  containersOf(spec)
    .filter((container) => is(container.securityContext ?? {}, container))
    .map(({ name }) => name);
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

const hostNamespaces: Check = ({ hostNetwork, hostPID, hostIPC }) => {
  const used = [hostNetwork && 'hostNetwork=true', hostPID && 'hostPID=true', hostIPC && 'hostIPC=true'].filter(Boolean);
  return used.length ? `host namespaces (${used.join(', ')})` : undefined;
};

const privileged: Check = (spec) => {
  const names = namesWhere(spec, (context) => context.privileged === true);
  return names.length ? `privileged (${naming(names)} must not set securityContext.privileged=true)` : undefined;
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const addedOutside = (spec: PodSpec, allowed: (capability: string) => boolean) => {
  const added = (context: SecurityContext) => (context.capabilities?.add ?? []).filter((capability) => !allowed(capability));
  const names = namesWhere(spec, (context) => added(context).length > 0);
  const capabilities = unique(containersOf(spec).flatMap(({ securityContext = {} }) => added(securityContext)));
  return names.length ? `${naming(names)} must not include ${quoted(capabilities)} in securityContext.capabilities.add` : undefined;
};

const capabilitiesBaseline: Check = (spec) => {
  const text = addedOutside(spec, (capability) => DEFAULT_CAPABILITIES.has(capability));
  return text && `non-default capabilities (${text})`;
};

const capabilitiesRestricted: Check = (spec) => {
  if (spec.os?.name === 'windows') return undefined;
  const names = namesWhere(spec, (context) => !context.capabilities?.drop?.includes('ALL'));
  const drop = names.length ? `${naming(names)} must set securityContext.capabilities.drop=["ALL"]` : undefined;
  const texts = [drop, addedOutside(spec, (capability) => capability === 'NET_BIND_SERVICE')].filter(Boolean);
  return texts.length ? `unrestricted capabilities (${texts.join('; ')})` : undefined;
};

const hostPathVolumes: Check = ({ volumes = [] }) => {
  const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length ? `hostPath volumes (${names.length > 1 ? 'volumes' : 'volume'} ${quoted(names)})` : undefined;
};

const hostPorts: Check = (spec) => {
  const using = containersOf(spec).filter(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
  if (using.length === 0) return undefined;
  const ports = unique(using.flatMap(({ ports: own = [] }) => own.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))));
  const verb = using.length > 1 ? 'use' : 'uses';
  return `hostPort (${naming(using.map(({ name }) => name))} ${verb} ${ports.length > 1 ? 'hostPorts' : 'hostPort'} ${ports.join(', ')})`;
};

const procMount: Check = (spec) => {
  const names = namesWhere(spec, (context) => context.procMount !== undefined && context.procMount !== 'Default');
  return names.length ? `procMount (${naming(names)} must not set securityContext.procMount to "Unmasked")` : undefined;
};

const SELINUX_TYPES: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

const seLinuxOptions: Check = (spec) => {
  const isBad = (options: SecurityContext['seLinuxOptions']) =>
    options !== undefined && (!SELINUX_TYPES.has(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
  const names = namesWhere(spec, (context) => isBad(context.seLinuxOptions));
  const who = [isBad(spec.securityContext?.seLinuxOptions) && 'pod', names.length > 0 && naming(names)].filter(Boolean).join(' and ');
  if (!who) return undefined;
  const all = [spec.securityContext?.seLinuxOptions, ...containersOf(spec).map(({ securityContext }) => securityContext?.seLinuxOptions)];
  const types = unique(all.flatMap((options) => (options?.type && !SELINUX_TYPES.has(options.type) ? [options.type] : [])));
  const parts = [
    types.length > 0 && `${types.length > 1 ? 'types' : 'type'} ${quoted(types)}`,
    all.some((options) => options?.user) && 'user may not be set',
    all.some((options) => options?.role) && 'role may not be set',
  ].filter(Boolean);
  return `seLinuxOptions (${who} set forbidden securityContext.seLinuxOptions: ${parts.join('; ')})`;
};

const seccompBaseline: Check = (spec) => {
  const names = namesWhere(spec, (context) => context.seccompProfile?.type === 'Unconfined');
  const who = [spec.securityContext?.seccompProfile?.type === 'Unconfined' && 'pod', names.length > 0 && naming(names)].filter(Boolean);
  return who.length ? `seccompProfile (${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined")` : undefined;
};

const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

const sysctls: Check = ({ securityContext }) => {
  const names = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !SAFE_SYSCTLS.has(name));
  return names.length ? `forbidden sysctls (${names.join(', ')})` : undefined;
};

const hostProcess: Check = (spec) => {
  const names = namesWhere(spec, (context) => context.windowsOptions?.hostProcess === true);
  const who = [spec.securityContext?.windowsOptions?.hostProcess && 'pod', names.length > 0 && naming(names)].filter(Boolean);
  return who.length ? `hostProcess (${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true)` : undefined;
};

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const appArmor: Check = (spec, annotations = {}) => {
  const isBad = (value: string) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/');
  const bad = Object.entries(annotations).filter(([key, value]) => key.startsWith(APPARMOR) && isBad(value));
  const names = namesWhere(spec, (context) => context.appArmorProfile?.type === 'Unconfined');
  const set = [spec.securityContext?.appArmorProfile?.type === 'Unconfined' && 'pod', names.length > 0 && naming(names)].filter(Boolean);
  const parts = [
    set.length > 0 && `${set.join(' and ')} must not set AppArmor profile type to "Unconfined"`,
    bad.length > 0 && `${bad.length > 1 ? 'annotations' : 'annotation'} ${quoted(bad.map(([key, value]) => `${key}=${value}`))}`,
  ].filter(Boolean);
  return parts.length ? `forbidden AppArmor ${parts.length > 1 ? 'profiles' : 'profile'} (${parts.join('; ')})` : undefined;
};

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const restrictedVolumes: Check = ({ volumes = [] }) => {
  const typed = volumes.map((volume) => ({ name: volume.name, type: Object.keys(volume).find((key) => key !== 'name') ?? '' }));
  const bad = typed.filter(({ type }) => type !== '' && !VOLUME_TYPES.has(type));
  if (bad.length === 0) return undefined;
  const types = unique(bad.map(({ type }) => type));
  const who = `${bad.length > 1 ? 'volumes' : 'volume'} ${quoted(bad.map(({ name }) => name))}`;
  const what = `${types.length > 1 ? 'types' : 'type'} ${quoted(types)}`;
  return `restricted volume types (${who} ${bad.length > 1 ? 'use' : 'uses'} restricted volume ${what})`;
};

const allowPrivilegeEscalation: Check = (spec) => {
  if (spec.os?.name === 'windows') return undefined;
  const names = namesWhere(spec, (context) => context.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return `allowPrivilegeEscalation != false (${naming(names)} must set securityContext.allowPrivilegeEscalation=false)`;
};

const runAsNonRoot: Check = (spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const explicit = namesWhere(spec, (context) => context.runAsNonRoot === false);
  const bad = [pod === false && 'pod', explicit.length > 0 && naming(explicit)].filter(Boolean);
  if (bad.length > 0) return `runAsNonRoot != true (${bad.join(' and ')} must not set securityContext.runAsNonRoot=false)`;
  if (pod === true) return undefined;
  const names = namesWhere(spec, (context) => context.runAsNonRoot === undefined);
  return names.length ? `runAsNonRoot != true (pod or ${naming(names)} must set securityContext.runAsNonRoot=true)` : undefined;
};

const runAsUser: Check = (spec) => {
  const names = namesWhere(spec, (context) => context.runAsUser === 0);
  const who = [spec.securityContext?.runAsUser === 0 && 'pod', names.length > 0 && naming(names)].filter(Boolean);
  return who.length ? `runAsUser=0 (${who.join(' and ')} must not set runAsUser=0)` : undefined;
};

const seccompRestricted: Check = (spec) => {
  if (spec.os?.name === 'windows') return undefined;
  const isGood = (type: string | undefined) => type === 'RuntimeDefault' || type === 'Localhost';
  const pod = spec.securityContext?.seccompProfile?.type;
  const wrong = namesWhere(spec, (context) => context.seccompProfile !== undefined && !isGood(context.seccompProfile.type));
  const bad = [pod !== undefined && !isGood(pod) && 'pod', wrong.length > 0 && naming(wrong)].filter(Boolean);
  if (bad.length > 0) return `seccompProfile (${bad.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined")`;
  if (isGood(pod)) return undefined;
  const names = namesWhere(spec, (context) => context.seccompProfile === undefined);
  if (names.length === 0) return undefined;
  return `seccompProfile (pod or ${naming(names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
};

/** Checks of each level in upstream's order: those of baseline, then the stricter ones that replace or add to them. */
export const CHECKS: Readonly<Record<Level, readonly Check[]>> = {
  privileged: [],
  baseline: [
    appArmor,
    capabilitiesBaseline,
    hostNamespaces,
    hostPathVolumes,
    hostPorts,
    privileged,
    procMount,
    seLinuxOptions,
    seccompBaseline,
    sysctls,
    hostProcess,
  ],
  restricted: [
    appArmor,
    hostNamespaces,
    hostPathVolumes,
    hostPorts,
    privileged,
    procMount,
    seLinuxOptions,
    sysctls,
    hostProcess,
    allowPrivilegeEscalation,
    capabilitiesRestricted,
    restrictedVolumes,
    runAsNonRoot,
    runAsUser,
    seccompRestricted,
  ],
};
