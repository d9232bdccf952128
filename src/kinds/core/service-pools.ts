import type { Service, ServiceCIDR } from '../../../gen/kubernetes-types.ts';
import { collectionName } from '../../kernel/store.ts';
import { clusterRecord } from '../../kube/clusters.ts';
import { type KindContext, kindClass } from '../../kube/kind.ts';
import { objectKey } from '../../kube/object.ts';
import type { ServicePools } from './service-allocation.ts';

const SERVICES = kindClass({ group: '', resource: 'services' });
const SERVICE_CIDRS = kindClass({ group: 'networking.k8s.io', resource: 'servicecidrs' });

/** Pools of a cluster, as its ServiceCIDRs say, or its record while it has none. Look-ups go through the indexes of Services. */
export function servicePools({ reader, scope }: KindContext, self: Service['metadata']): ServicePools {
  const services = collectionName(SERVICES, scope);
  const ownKey = objectKey(self.namespace, self.name);
  const others = (index: string, key: string): Service[] =>
    reader
      .indexed<Service>(services, index, key)
      .filter((entry) => entry.key !== ownKey)
      .map(({ value }) => value);
  const declared = reader.list<ServiceCIDR>(collectionName(SERVICE_CIDRS, scope)).flatMap(({ value }) => value.spec.cidrs ?? []);
  const recorded = clusterRecord(reader, scope)?.serviceCidr.split(',') ?? [];
  return {
    cidrs: declared.length > 0 ? declared : recorded,
    addressTaken: (address) => others('clusterIP', address).length > 0,
    portTaken: (port, protocol) =>
      others('nodePort', String(port)).some(
        ({ spec }) =>
          (protocol === 'TCP' && spec.healthCheckNodePort === port) ||
          spec.ports?.some((other) => other.nodePort === port && (other.protocol ?? 'TCP') === protocol),
      ),
  };
}
