import type { Json, JsonObject } from '../../kernel/json.ts';
import { defaults, each, fields, present, type Rule, when } from '../defaulting.ts';

// Models kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service.

/** Go writes an IntOrString that was left out as 0 (or ""), which stands for the port itself. */
const targetPort: Rule = (value, { port }) => (value === undefined || value === null || value === 0 || value === '' ? port : value);

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
      ports: each(fields({ protocol: 'TCP', targetPort })),
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
