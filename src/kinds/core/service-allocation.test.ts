import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Service } from '../../../gen/kubernetes-types.ts';
import { Random } from '../../kernel/random.ts';
import { drawAddress, rangeContains } from './address-range.ts';
import { allocateService, type ServicePools } from './service-allocation.ts';
import { prepareServiceUpdate } from './service-update.ts';

const metadata = { name: 's', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
const service = (spec: Partial<Service['spec']>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: { type: 'ClusterIP', ...spec },
});
const pools = (taken: readonly string[] = [], ports: readonly number[] = [], cidrs = ['10.0.0.0/16']): ServicePools => ({
  cidrs,
  addressTaken: (address) => taken.includes(address),
  portTaken: (port) => ports.includes(port),
});
const allocate = (spec: Partial<Service['spec']>, from = pools()) => allocateService(service(spec), from, new Random('seed'));

test('a service gets an address of the range, one family and its policy', () => {
  const { spec } = allocate({ ports: [{ port: 80 }] }).value ?? assert.fail();
  assert.ok(rangeContains('10.0.0.0/16', spec.clusterIP ?? ''));
  assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
  assert.deepEqual([spec.ipFamilies, spec.ipFamilyPolicy], [['IPv4'], 'SingleStack']);
});

test('a taken or foreign address is refused with the words of the server', () => {
  assert.deepEqual(allocate({ clusterIP: '10.0.0.1' }, pools(['10.0.0.1'])).error, [
    {
      kind: 'invalid',
      path: 'spec.clusterIPs',
      value: ['10.0.0.1'],
      detail: 'failed to allocate IP 10.0.0.1: provided IP is already allocated',
    },
  ]);
  assert.match(allocate({ clusterIP: '192.168.0.1' }).error?.[0]?.detail ?? '', /not in the valid range/);
});

test('headless services get no address; without selector they have both families', () => {
  const selected = allocate({ clusterIP: 'None', selector: { a: 'b' } }).value?.spec;
  assert.deepEqual([selected?.clusterIPs, selected?.ipFamilies, selected?.ipFamilyPolicy], [['None'], ['IPv4'], 'SingleStack']);
  const unselected = allocate({ clusterIP: 'None' }).value?.spec;
  assert.deepEqual([unselected?.ipFamilies, unselected?.ipFamilyPolicy], [['IPv4', 'IPv6'], 'RequireDualStack']);
});

test('two families get two addresses where the cluster has both', () => {
  const dual = pools([], [], ['10.0.0.0/16', 'fd00::/108']);
  const { spec } = allocate({ ipFamilyPolicy: 'PreferDualStack' }, dual).value ?? assert.fail();
  assert.deepEqual(spec.ipFamilies, ['IPv4', 'IPv6']);
  assert.ok(rangeContains('fd00::/108', spec.clusterIPs?.[1] ?? ''));
  assert.equal(allocate({ ipFamilyPolicy: 'PreferDualStack' }).value?.spec.clusterIPs?.length, 1);
  assert.equal(allocate({ ipFamilyPolicy: 'RequireDualStack' }).error?.[0]?.path, 'spec.ipFamilyPolicy');
});

test('node ports are drawn, kept when named, and shared between protocols of one port', () => {
  const ports = [
    { port: 53, protocol: 'TCP', name: 'a' },
    { port: 53, protocol: 'UDP', name: 'b' },
    { port: 80, nodePort: 30_001, name: 'c' },
  ];
  const allocated = allocate({ type: 'NodePort', ports }).value?.spec.ports ?? [];
  const [tcp, udp, http] = allocated.map(({ nodePort }) => nodePort ?? 0);
  assert.equal(tcp, udp);
  assert.equal(http, 30_001);
  assert.ok(tcp && tcp >= 30_086 && tcp <= 32_767);
  assert.equal(allocate({ type: 'NodePort', ports }, pools([], [30_001])).error?.[0]?.detail, 'provided port is already allocated');
});

test('a local traffic policy needs a port for health checks', () => {
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] };
  assert.ok((allocate(spec).value?.spec.healthCheckNodePort ?? 0) >= 30_000);
});

test('an update keeps what was allocated and drops what the new type has not', () => {
  const before = allocate({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }] }).value ?? assert.fail();
  const kept = prepareServiceUpdate(service({ type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }] }), before);
  assert.deepEqual([kept.spec.clusterIPs, kept.spec.ports], [before.spec.clusterIPs, before.spec.ports]);
  const internal = prepareServiceUpdate({ ...before, spec: { ...before.spec, type: 'ClusterIP' } }, before);
  assert.deepEqual(internal.spec.ports, [{ port: 80, protocol: 'TCP' }]);
  const external = prepareServiceUpdate({ ...before, spec: { ...before.spec, type: 'ExternalName', externalName: 'x.y' } }, before);
  assert.equal(external.spec.clusterIP, undefined);
});

test('ports keep their numbers by name, unless another has taken one along', () => {
  const before = service({
    type: 'NodePort',
    ports: [
      { name: 'a', port: 80, nodePort: 30_001 },
      { name: 'b', port: 81, nodePort: 30_002 },
    ],
  });
  const after = service({
    type: 'NodePort',
    ports: [
      { name: 'a', port: 8080 },
      { name: 'b', port: 81 },
      { name: 'c', port: 82, nodePort: 30_002 },
    ],
  });
  assert.deepEqual(
    prepareServiceUpdate(after, before).spec.ports?.map(({ nodePort }) => nodePort),
    [30_001, undefined, 30_002],
  );
});

test('a balancer that is none any longer leaves no trace; one without node ports keeps those it has', () => {
  const balancer = service({ type: 'LoadBalancer', loadBalancerClass: 'a/b', ports: [{ port: 80, nodePort: 30_001 }] });
  const before = { ...balancer, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } };
  const plain = prepareServiceUpdate({ ...before, spec: { ...before.spec, type: 'ClusterIP' } }, before);
  assert.deepEqual([plain.spec, plain.status], [{ type: 'ClusterIP', ports: [{ port: 80 }] }, { loadBalancer: {} }]);
  const without = prepareServiceUpdate({ ...before, spec: { ...before.spec, allocateLoadBalancerNodePorts: false } }, before);
  assert.deepEqual([without.spec.ports, without.status], [before.spec.ports, before.status]);
});

test('what a service has had is its own, wherever the pools are now', () => {
  const before = service({ type: 'NodePort', clusterIP: '192.168.0.1', clusterIPs: ['192.168.0.1'], ports: [{ port: 80, nodePort: 1 }] });
  assert.deepEqual(allocateService(before, pools(), new Random('seed'), before).value?.spec.clusterIPs, ['192.168.0.1']);
  assert.equal(allocateService(before, pools(), new Random('seed')).error?.length, 2);
});

test('every address of a range is drawn once, and then the range is full', () => {
  fc.assert(
    fc.property(fc.constantFrom('10.0.0.0/28', '192.168.7.0/25', 'fd00::/122'), fc.string(), (cidr, seed) => {
      const random = new Random(seed);
      const taken = new Set<string>();
      for (let drawn = drawAddress(cidr, random, (a) => taken.has(a)); drawn; drawn = drawAddress(cidr, random, (a) => taken.has(a))) {
        assert.ok(rangeContains(cidr, drawn), drawn);
        assert.ok(!taken.has(drawn));
        taken.add(drawn);
      }
      const bits = (cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]);
      assert.equal(taken.size, 2 ** bits - (cidr.includes(':') ? 1 : 2));
    }),
    { numRuns: 20 },
  );
});
