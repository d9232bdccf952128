import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Endpoints } from '../../../gen/kubernetes-types.ts';
import { endpoints } from '../../kinds/core/endpoints.ts';
import { service } from '../../kinds/core/service.ts';
import { endpointSlice } from '../../kinds/discovery.k8s.io/endpointslice.ts';
import { Scenario } from '../testing.ts';

const slices = (s: Scenario): EndpointSlice[] => s.list<EndpointSlice>(endpointSlice);
const addresses = (s: Scenario) => slices(s).map((slice) => (slice.endpoints ?? []).map((each) => each.addresses[0]));
const subset = (...ips: string[]) => ({ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] });

/** A Service without a selector, and Endpoints kept by hand. */
function byHand(labels: Record<string, string> = {}, subsets: object[] = [subset('10.1.2.3')]): Scenario {
  const s = new Scenario();
  s.create(service, { metadata: { name: 'db' }, spec: { ports: [{ port: 80 }] } });
  s.create(endpoints, { metadata: { name: 'db', labels, annotations: { note: 'x' } }, subsets });
  return s;
}

test('Endpoints kept by hand are mirrored, changed and deleted with their source', () => {
  const s = byHand({ tier: 'data' });
  const [slice] = slices(s);
  assert.deepEqual(slice?.metadata.labels, {
    tier: 'data',
    'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    'kubernetes.io/service-name': 'db',
  });
  assert.deepEqual(slice?.metadata.annotations, { note: 'x' });
  assert.deepEqual(slice?.endpoints, [{ addresses: ['10.1.2.3'], conditions: { ready: true } }]);
  s.update<Endpoints>(endpoints, 'db', (object) => ({ ...object, subsets: [{ notReadyAddresses: [{ ip: '10.1.2.4' }] }] }));
  assert.deepEqual(slices(s)[0]?.endpoints, [{ addresses: ['10.1.2.4'], conditions: { ready: false } }]);
  assert.equal(slices(s)[0]?.metadata.uid, slice?.metadata.uid);
  s.delete(endpoints, 'db');
  assert.equal(slices(s).length, 0);
});

test('each subset and each family of addresses has a slice', () => {
  const s = byHand({}, [subset('10.1.2.3', 'fd00::1'), subset('10.1.2.4')]);
  assert.deepEqual(addresses(s).sort(), [['10.1.2.3'], ['10.1.2.4'], ['fd00::1']]);
});

test('Endpoints that ask for it, or whose Service selects pods, are not mirrored', () => {
  assert.equal(slices(byHand({ 'endpointslice.kubernetes.io/skip-mirror': 'true' })).length, 0);
  const s = byHand();
  s.patch(service, 'db', { selector: { app: 'db' } });
  assert.ok(
    slices(s).every((slice) => slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io'),
  );
});
