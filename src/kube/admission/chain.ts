import { rbacEscalation } from '../authz/escalation.ts';
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
import { taintNodesByCondition } from './taint-nodes.ts';

/**
 * The built-in plugins in kube-apiserver's order: all mutating halves run before all validating ones, and quota is charged last.
 * Webhooks and admission policies are asynchronous and no part of this chain; they belong between the last mutating half and
 * prepareForCreate, and between the last validating half and ResourceQuota.
 * StorageObjectInUseProtection (storage-protection.ts) belongs behind DefaultStorageClass, once a controller takes its finalizers
 * off again: until then, claims and volumes would never go.
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
  runtimeClass,
  defaultIngressClass,
  rbacEscalation,
  resourceQuota,
];
