import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { frontendName } from '../names.ts';
import { frontendAddresses, isInternal, isUsed, ownAddress, partsOf, withService } from './balancer.ts';
import { freePriority, rulesOf, withDestination } from './security-rule.ts';

const uidOf = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const serviceOf = (n: number, spec: Partial<Service['spec']> = {}, annotations: Record<string, string> = {}): Service =>
  ({
    metadata: { name: `s${n}`, namespace: 'default', uid: uidOf(n), annotations },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }], ...spec },
  }) as Service; // what the functions read of a Service
const PREFIX = 'service.beta.kubernetes.io/';
const balancer = '/subscriptions/s/loadBalancers/kubernetes';
// The parts carry their properties as JSON.
const first = (items: readonly JsonObject[]): JsonObject => items[0]?.['properties'] as JsonObject;

test('a rule has the cloud provider’s settings, and annotations change them', () => {
  const plain = first(partsOf(serviceOf(1), balancer).rules);
  assert.deepEqual(
    [plain['frontendPort'], plain['backendPort'], plain['enableFloatingIP'], plain['idleTimeoutInMinutes'], plain['loadDistribution']],
    [80, 80, true, 4, 'Default'],
  );
  const changed = serviceOf(
    1,
    { sessionAffinity: 'ClientIP' },
    { [`${PREFIX}azure-disable-load-balancer-floating-ip`]: 'TRUE', [`${PREFIX}azure-load-balancer-tcp-idle-timeout`]: '15' },
  );
  const rule = first(partsOf(changed, balancer).rules);
  assert.deepEqual(
    [rule['backendPort'], rule['enableFloatingIP'], rule['idleTimeoutInMinutes'], rule['loadDistribution']],
    [30080, false, 15, 'SourceIP'],
  );
});

test('probes: TCP on the node port, HTTP for local traffic, none for UDP', () => {
  assert.deepEqual(first(partsOf(serviceOf(1), balancer).probes), {
    protocol: 'Tcp',
    port: 30080,
    intervalInSeconds: 5,
    numberOfProbes: 2,
    probeThreshold: 2,
  });
  const local = first(partsOf(serviceOf(1, { externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 }), balancer).probes);
  assert.deepEqual([local['protocol'], local['port'], local['requestPath']], ['Http', 31000, '/healthz']);
  const udp = partsOf(serviceOf(1, { ports: [{ port: 53, protocol: 'UDP' } as ServicePort] }), balancer);
  assert.deepEqual(udp.probes, []);
  assert.equal(first(udp.rules)['protocol'], 'Udp');
  assert.equal(first(udp.rules)['probe'], undefined);
});

test('internal is what says so, in any case', () => {
  assert.ok(isInternal(serviceOf(1, {}, { [`${PREFIX}azure-load-balancer-internal`]: 'True' })));
  assert.ok(!isInternal(serviceOf(1, {}, { [`${PREFIX}azure-load-balancer-internal`]: 'yes' })));
});

test('property: Services put on and taken off in any order leave exactly the others', () => {
  const put = (properties: JsonObject, n: number): JsonObject =>
    withService(properties, frontendName(uidOf(n)), { privateIPAddress: `10.0.0.${n}` }, partsOf(serviceOf(n), balancer));
  const take = (properties: JsonObject, n: number): JsonObject => withService(properties, frontendName(uidOf(n)), undefined, undefined);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), { maxLength: 30 }), (steps) => {
      const on = new Set<number>();
      let properties: JsonObject = {};
      for (const [n, isOn] of steps) {
        properties = isOn ? put(properties, n) : take(properties, n);
        if (isOn) on.add(n);
        else on.delete(n);
      }
      assert.deepEqual(frontendAddresses(properties).sort(), [...on].map((n) => `10.0.0.${n}`).sort());
      for (const n of on) assert.equal(ownAddress(properties, serviceOf(n)), `10.0.0.${n}`);
      assert.equal(isUsed(properties), on.size > 0);
      assert.equal(((properties['loadBalancingRules'] ?? []) as readonly JsonObject[]).length, on.size);
      assert.equal(((properties['probes'] ?? []) as readonly JsonObject[]).length, on.size);
    }),
  );
});

test('security rules: one per protocol, named by what they let in, shared by Services that let in the same', () => {
  const [open] = rulesOf(serviceOf(1), '20.0.0.1');
  assert.equal(open?.properties['sourceAddressPrefix'], 'Internet');
  assert.equal(open?.name, rulesOf(serviceOf(2), '20.0.0.2')[0]?.name);
  const limited = rulesOf(serviceOf(1, { loadBalancerSourceRanges: ['10.1.0.0/16', '10.0.0.0/16'] }), '20.0.0.1');
  assert.deepEqual(limited[0]?.properties['sourceAddressPrefixes'], ['10.0.0.0/16', '10.1.0.0/16']);
  assert.notEqual(limited[0]?.name, open?.name);
  const ports = [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ] as ServicePort[];
  assert.equal(rulesOf(serviceOf(1, { ports }), '20.0.0.1').length, 2);
  const annotated = serviceOf(1, {}, { [`${PREFIX}azure-allowed-ip-ranges`]: '203.0.113.0/24, 198.51.100.0/24' });
  assert.deepEqual(rulesOf(annotated, '20.0.0.1')[0]?.properties['sourceAddressPrefixes'], ['198.51.100.0/24', '203.0.113.0/24']);
});

test('priorities start at 500 and fill gaps; a rule without destinations goes', () => {
  assert.equal(freePriority(new Set()), 500);
  assert.equal(freePriority(new Set([500, 501, 503])), 502);
  assert.throws(() => freePriority(new Set(Array.from({ length: 3597 }, (_, i) => 500 + i))), /no free priority/);
  const one = withDestination({}, '20.0.0.1', true);
  const two = withDestination(one ?? {}, '10.0.0.1', true);
  assert.deepEqual(two?.['destinationAddressPrefixes'], ['10.0.0.1', '20.0.0.1']);
  assert.equal(withDestination(one ?? {}, '20.0.0.1', false), undefined);
});
