import type { Json, JsonObject } from '../../kernel/json.ts';
import { defaults, derived, each, fields, present, when } from '../defaulting.ts';

// Models kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service.

const CLIENT_IP_TIMEOUT_SECONDS = 10_800;

const nonEmpty = (value: Json | undefined): boolean => Array.isArray(value) && value.length > 0;

/** Reachable from outside the cluster, so that the policy for traffic from there matters. */
const isExternal = ({ type, externalIPs }: JsonObject): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && nonEmpty(externalIPs));

export const serviceDefaults = defaults({
  spec: present(
    fields({
      sessionAffinity: 'None',
      type: 'ClusterIP',
      sessionAffinityConfig: when(
        ({ sessionAffinity }) => sessionAffinity === 'ClientIP',
        present(fields({ clientIP: present(fields({ timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS })) })),
      ),
      ports: each(fields({ protocol: 'TCP', targetPort: derived(({ port }) => port) })),
      externalTrafficPolicy: when(isExternal, 'Cluster'),
      internalTrafficPolicy: when(({ type }) => type !== 'ExternalName', 'Cluster'),
      allocateLoadBalancerNodePorts: when(({ type }) => type === 'LoadBalancer', true),
    }),
  ),
  status: present(
    fields({
      loadBalancer: present(fields({ ingress: each(fields({ ipMode: when(({ ip }) => !!ip, 'VIP') })) })),
    }),
  ),
});
