import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { chain, defaults, each, fields, present, type Rule, when } from '../defaulting.ts';

// Models kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service.

/** Go writes an IntOrString that was left out as 0 (or ""), which stands for the port itself. */
const targetPort: Rule = (value, { port }) => (value === undefined || value === null || value === 0 || value === '' ? port : value);

const CLIENT_IP_TIMEOUT_SECONDS = 10_800;

const nonEmpty = (value: Json | undefined): boolean => Array.isArray(value) && value.length > 0;

/** Reachable from outside the cluster, so that the policy for traffic from there matters. */
const isExternal = ({ type, externalIPs }: JsonObject): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && nonEmpty(externalIPs));

/** Without affinity there is nothing to configure. */
const withoutConfig: Rule = (spec) => {
  if (!isObject(spec) || spec['sessionAffinity'] !== 'None' || !('sessionAffinityConfig' in spec)) return spec;
  const { sessionAffinityConfig: _, ...rest } = spec;
  return rest;
};

export const serviceDefaults = defaults({
  spec: chain(
    present(
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
    withoutConfig,
  ),
  status: present(
    fields({
      loadBalancer: present(fields({ ingress: each(fields({ ipMode: when(({ ip }) => !!ip, 'VIP') })) })),
    }),
  ),
});
