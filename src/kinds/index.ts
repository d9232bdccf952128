import type { Kind } from '../kube/kind.ts';
import { daemonSet } from './apps/daemonset.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replicaset.ts';
import { job } from './batch/job.ts';
import { lease } from './coordination.k8s.io/lease.ts';
import { configMap } from './core/configmap.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { pod } from './core/pod/pod.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service.ts';
import { serviceAccount } from './core/serviceaccount.ts';
import { endpointSlice } from './discovery.k8s.io/endpointslice.ts';
import { eventsEvent } from './events.k8s.io/event.ts';
import { clusterRole } from './rbac.authorization.k8s.io/clusterrole.ts';
import { clusterRoleBinding } from './rbac.authorization.k8s.io/clusterrolebinding.ts';
import { role } from './rbac.authorization.k8s.io/role.ts';
import { roleBinding } from './rbac.authorization.k8s.io/rolebinding.ts';

/** All built-in kinds, by group and then by kind; the core group first. */
export const kinds: readonly Kind[] = [
  configMap,
  endpoints,
  event,
  namespace,
  node,
  pod,
  secret,
  service,
  serviceAccount,
  daemonSet,
  deployment,
  replicaSet,
  job,
  lease,
  endpointSlice,
  eventsEvent,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
];
