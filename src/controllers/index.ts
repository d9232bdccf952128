import type { Controller } from '../kernel/controller.ts';
import { type ClusterController, clusterController, type OpenRunning } from './cluster-controller.ts';
import { clusterRoleAggregationController } from './clusterrole-aggregation/clusterrole-aggregation.ts';
import { cronJobController } from './cronjob/cronjob.ts';
import { daemonSetController } from './daemonset/daemonset.ts';
import { deploymentController } from './deployment/deployment.ts';
import { disruptionController } from './disruption/disruption.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceController } from './endpointslice/endpointslice.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring/endpointslice-mirroring.ts';
import { eventTtlController } from './event-ttl/event-ttl.ts';
import { garbageCollector } from './garbage-collector/garbage-collector.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts';
import { jobController } from './job/job.ts';
import { kubeletController } from './kubelet/kubelet.ts';
import { namespaceController } from './namespace/namespace.ts';
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts';
import { persistentVolumeController, volumeProtectionController } from './persistentvolume/persistentvolume.ts';
import { podGarbageCollector } from './podgc/podgc.ts';
import { replicaSetController } from './replicaset/replicaset.ts';
import { replicationControllerController } from './replication/replication.ts';
import { resourceQuotaController } from './resourcequota/resourcequota.ts';
import { rootCaController } from './root-ca/root-ca.ts';
import { schedulerController } from './scheduler/scheduler.ts';
import { serviceAccountController } from './serviceaccount/serviceaccount.ts';
import { statefulSetController } from './statefulset/statefulset.ts';
import { taintEvictionController } from './taint-eviction/taint-eviction.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished.ts';

/** All controllers that run inside a cluster, by name. */
const definitions: readonly ClusterController[] = [
  clusterRoleAggregationController,
  cronJobController,
  daemonSetController,
  deploymentController,
  disruptionController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  eventTtlController,
  garbageCollector,
  horizontalPodAutoscalerController,
  jobController,
  kubeletController,
  namespaceController,
  nodeLifecycleController,
  persistentVolumeController,
  podGarbageCollector,
  replicaSetController,
  replicationControllerController,
  resourceQuotaController,
  rootCaController,
  schedulerController,
  serviceAccountController,
  statefulSetController,
  taintEvictionController,
  ttlAfterFinishedController,
  volumeProtectionController,
];

/** The controllers of all clusters of a world. */
export const clusterControllers = (open: OpenRunning): Controller[] => definitions.map((definition) => clusterController(definition, open));
