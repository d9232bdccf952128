import type { Kind } from '../kube/kind.ts';
import { mutatingAdmissionPolicy } from './admissionregistration.k8s.io/mutatingadmissionpolicy.ts';
import { mutatingAdmissionPolicyBinding } from './admissionregistration.k8s.io/mutatingadmissionpolicybinding.ts';
import { mutatingWebhookConfiguration } from './admissionregistration.k8s.io/mutatingwebhookconfiguration.ts';
import { validatingAdmissionPolicy } from './admissionregistration.k8s.io/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from './admissionregistration.k8s.io/validatingadmissionpolicybinding.ts';
import { validatingWebhookConfiguration } from './admissionregistration.k8s.io/validatingwebhookconfiguration.ts';
import { customResourceDefinition } from './apiextensions.k8s.io/customresourcedefinition.ts';
import { apiService } from './apiregistration.k8s.io/apiservice.ts';
import { controllerRevision } from './apps/controllerrevision.ts';
import { daemonSet } from './apps/daemonset.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replicaset.ts';
import { statefulSet } from './apps/statefulset.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontalpodautoscaler.ts';
import { cronJob } from './batch/cronjob.ts';
import { job } from './batch/job.ts';
import { certificateSigningRequest } from './certificates.k8s.io/certificatesigningrequest.ts';
import { lease } from './coordination.k8s.io/lease.ts';
import { componentStatus } from './core/componentstatus.ts';
import { configMap } from './core/configmap.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event.ts';
import { limitRange } from './core/limitrange.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { persistentVolume } from './core/persistentvolume.ts';
import { persistentVolumeClaim } from './core/persistentvolumeclaim.ts';
import { pod } from './core/pod/pod.ts';
import { podTemplate } from './core/podtemplate.ts';
import { replicationController } from './core/replicationcontroller.ts';
import { resourceQuota } from './core/resourcequota.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service.ts';
import { serviceAccount } from './core/serviceaccount.ts';
import { endpointSlice } from './discovery.k8s.io/endpointslice.ts';
import { eventsEvent } from './events.k8s.io/event.ts';
import { flowSchema } from './flowcontrol.apiserver.k8s.io/flowschema.ts';
import { priorityLevelConfiguration } from './flowcontrol.apiserver.k8s.io/prioritylevelconfiguration.ts';
import { nodeMetrics } from './metrics.k8s.io/nodemetrics.ts';
import { podMetrics } from './metrics.k8s.io/podmetrics.ts';
import { ingress } from './networking.k8s.io/ingress.ts';
import { ingressClass } from './networking.k8s.io/ingressclass.ts';
import { ipAddress } from './networking.k8s.io/ipaddress.ts';
import { networkPolicy } from './networking.k8s.io/networkpolicy.ts';
import { serviceCidr } from './networking.k8s.io/servicecidr.ts';
import { runtimeClass } from './node.k8s.io/runtimeclass.ts';
import { podDisruptionBudget } from './policy/poddisruptionbudget.ts';
import { clusterRole } from './rbac.authorization.k8s.io/clusterrole.ts';
import { clusterRoleBinding } from './rbac.authorization.k8s.io/clusterrolebinding.ts';
import { role } from './rbac.authorization.k8s.io/role.ts';
import { roleBinding } from './rbac.authorization.k8s.io/rolebinding.ts';
import { deviceClass } from './resource.k8s.io/deviceclass.ts';
import { resourceClaim } from './resource.k8s.io/resourceclaim.ts';
import { resourceClaimTemplate } from './resource.k8s.io/resourceclaimtemplate.ts';
import { resourceSlice } from './resource.k8s.io/resourceslice.ts';
import { priorityClass } from './scheduling.k8s.io/priorityclass.ts';
import { csiDriver } from './storage.k8s.io/csidriver.ts';
import { csiNode } from './storage.k8s.io/csinode.ts';
import { csiStorageCapacity } from './storage.k8s.io/csistoragecapacity.ts';
import { storageClass } from './storage.k8s.io/storageclass.ts';
import { volumeAttachment } from './storage.k8s.io/volumeattachment.ts';
import { volumeAttributesClass } from './storage.k8s.io/volumeattributesclass.ts';

/** All built-in kinds, by group (the core group first) and then by kind. */
export const kinds: readonly Kind[] = [
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  service,
  serviceAccount,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  customResourceDefinition,
  apiService,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  horizontalPodAutoscaler,
  cronJob,
  job,
  certificateSigningRequest,
  lease,
  endpointSlice,
  eventsEvent,
  flowSchema,
  priorityLevelConfiguration,
  ipAddress,
  ingress,
  ingressClass,
  networkPolicy,
  serviceCidr,
  runtimeClass,
  podDisruptionBudget,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  priorityClass,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
];

/** Kinds that API servers behind the aggregation layer serve in every AKS cluster: metrics-server's. */
const aggregatedKinds: readonly Kind[] = [nodeMetrics, podMetrics];

/** All that a cluster serves. */
export const servedKinds: readonly Kind[] = [...kinds, ...aggregatedKinds];

/** Those with collections of their own: what walks over everything that is stored must not meet it twice. */
export const storedKinds: readonly Kind[] = kinds.filter((kind) => !kind.storedAs && !kind.fixed);
