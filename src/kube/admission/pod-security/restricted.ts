import type { Container } from '../../../../gen/kubernetes-types.ts';
import {
  addedCapabilities,
  type Check,
  type CheckPod,
  distinct,
  hasOwnUsers,
  named,
  namesWhere,
  plural,
  setters,
  unmaskedProc,
  unsafeSeccomp,
} from './check.ts';

// Models k8s.io/pod-security-admission/policy, wording included.

const allowPrivilegeEscalation: CheckPod = ({ spec }) => {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  const detail = `${named('container', names)} must set securityContext.allowPrivilegeEscalation=false`;
  return names.length > 0 ? { reason: 'allowPrivilegeEscalation != false', detail } : undefined;
};

const ADDABLE: ReadonlySet<string> = new Set(['NET_BIND_SERVICE']);

const capabilities: CheckPod = ({ spec }) => {
  const keeping = namesWhere(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const added = addedCapabilities(spec, ADDABLE);
  const details = [
    ...(keeping.length > 0 ? [`${named('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(added ? [added] : []),
  ];
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const VOLUME_TYPES: ReadonlySet<string> = new Set(
  'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' '),
);

const restrictedVolumes: CheckPod = ({ spec }) => {
  const typed = (spec.volumes ?? []).map(({ name, ...source }) => ({ name, type: Object.keys(source)[0] ?? 'unknown' }));
  const bad = typed.filter(({ type }) => !VOLUME_TYPES.has(type));
  if (bad.length === 0) return undefined;
  const names = bad.map(({ name }) => name);
  const types = distinct(bad.map(({ type }) => type));
  const detail = `${named('volume', names)} ${plural('uses', names, 'use')} ${named('restricted volume type', types)}`;
  return { reason: 'restricted volume types', detail };
};

const runAsNonRoot: CheckPod = ({ spec }) => {
  const wish = ({ securityContext }: Container) => securityContext?.runAsNonRoot;
  const ofPod = spec.securityContext?.runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const who = setters(
    ofPod === false,
    namesWhere(spec, (container) => wish(container) === false),
  );
  if (who) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
  const silent = ofPod ? [] : namesWhere(spec, (container) => wish(container) === undefined);
  return silent.length > 0
    ? { reason, detail: `pod or ${named('container', silent)} must set securityContext.runAsNonRoot=true` }
    : undefined;
};

const runAsUser: CheckPod = ({ spec }) => {
  const who = setters(
    spec.securityContext?.runAsUser === 0,
    namesWhere(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  );
  return who ? { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` } : undefined;
};

const seccompProfile: CheckPod = ({ spec }) => {
  const unsafe = unsafeSeccomp(spec);
  if (unsafe || spec.securityContext?.seccompProfile) return unsafe;
  const silent = namesWhere(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const detail = `pod or ${named('container', silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: 'seccompProfile', detail };
};

/** What means nothing on Windows is not asked for there. */
const exceptWindows =
  (checkPod: CheckPod): CheckPod =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : checkPod(pod);

const exceptOwnUsers =
  (checkPod: CheckPod): CheckPod =>
  (pod) =>
    hasOwnUsers(pod.spec) ? undefined : checkPod(pod);

const check = (id: string, since: number, checkPod: CheckPod, ...overrides: readonly string[]): Check => ({
  id,
  level: 'restricted',
  since,
  overrides,
  checkPod,
});

export const restrictedChecks: readonly Check[] = [
  check('allowPrivilegeEscalation', 8, allowPrivilegeEscalation),
  check('allowPrivilegeEscalation', 25, exceptWindows(allowPrivilegeEscalation)),
  check('capabilities_restricted', 22, capabilities, 'capabilities_baseline'),
  check('capabilities_restricted', 25, exceptWindows(capabilities), 'capabilities_baseline'),
  check('procMount_restricted', 35, ({ spec }) => unmaskedProc(spec), 'procMount_baseline'),
  check('restrictedVolumes', 0, restrictedVolumes, 'hostPathVolumes'),
  check('runAsNonRoot', 0, runAsNonRoot),
  check('runAsNonRoot', 35, exceptOwnUsers(runAsNonRoot)),
  check('runAsUser', 23, runAsUser),
  check('runAsUser', 35, exceptOwnUsers(runAsUser)),
  check('seccompProfile_restricted', 19, seccompProfile, 'seccompProfile_baseline'),
  check('seccompProfile_restricted', 25, exceptWindows(seccompProfile), 'seccompProfile_baseline'),
];
