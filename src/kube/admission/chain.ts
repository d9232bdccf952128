import { rbacEscalation } from '../authz/escalation.ts';
import { defaultIngressClass, defaultStorageClass, defaultTolerationSeconds, runtimeClass, taintNodesByCondition } from './defaults.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurity } from './pod-security/plugin.ts';
import { priorityAdmission } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccountAdmission } from './service-account.ts';

/**
 * The built-in plugins in kube-apiserver's order: all mutating halves run before all validating ones, and quota is charged last.
 * Webhooks and admission policies belong between the last mutating plugin and ResourceQuota.
 */
export const builtInAdmission: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccountAdmission,
  taintNodesByCondition,
  podSecurity,
  priorityAdmission,
  defaultTolerationSeconds,
  defaultStorageClass,
  runtimeClass,
  defaultIngressClass,
  rbacEscalation,
  resourceQuota,
];
