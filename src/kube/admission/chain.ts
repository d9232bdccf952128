import { rbacEscalation } from '../authz/escalation.ts';
import { certificateApproval, certificateSigning } from './certificates.ts';
import { persistentVolumeClaimResize } from './claim-resize.ts';
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurity } from './pod-security/plugin.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './quota/plugin.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-protection.ts';
import { taintNodesByCondition } from './taint-nodes.ts';

/**
 * The built-in plugins of kube-apiserver. All mutating halves run before all validating ones; the order of the mutating halves, and
 * ResourceQuota at the end of the validating ones, is upstream's.
 *
 * Webhooks and admission policies are no part of this chain, since asking them is asynchronous (DESIGN §3). Their places: mutating
 * ones after the last mutating half here, validating ones before ResourceQuota, so that nothing is charged that one of them refuses.
 *
 * Not among them: CertificateSubjectRestriction, which needs X.509 decoding.
 */
export const builtInAdmission: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  defaultIngressClass,
  rbacEscalation,
  resourceQuota,
];
