import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Service } from '../../../gen/kubernetes-types.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { frontendName } from '../names.ts';
import { partsOf, withService } from './balancer.ts';

const BALANCER = '/subscriptions/s/loadBalancers/kubernetes';

const uidOf = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const serviceOf = (n: number, ports: readonly number[]): Service =>
  ({
    metadata: { name: `s${n}`, namespace: 'default', uid: uidOf(n) },
    spec: { type: 'LoadBalancer', ports: ports.map((port) => ({ port, nodePort: 30_000 + port, protocol: 'TCP' })) },
  }) as unknown as Service; // what the functions read of a Service

const put = (properties: JsonObject, n: number, ports: readonly number[]): JsonObject =>
  withService(properties, frontendName(uidOf(n)), { privateIPAddress: `10.0.0.${n}` }, partsOf(serviceOf(n, ports), BALANCER));
const take = (properties: JsonObject, n: number): JsonObject => withService(properties, frontendName(uidOf(n)), undefined, undefined);

const ports = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });
const services = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), ports), { selector: ([n]) => n, minLength: 1, maxLength: 5 });
const built = (each: readonly (readonly [number, readonly number[]])[]): JsonObject =>
  each.reduce((properties, [n, own]) => put(properties, n, own), { outboundRules: [{ name: 'aksOutboundRule' }] } as JsonObject);

test('a Service that is written again leaves its balancer as it is, whatever other Services came since', () => {
  fc.assert(
    fc.property(services, (each) => {
      const balancer = built(each);
      for (const [n, own] of each) assert.equal(JSON.stringify(put(balancer, n, own)), JSON.stringify(balancer));
    }),
  );
});

test('a Service that comes and goes leaves the balancer as it was', () => {
  fc.assert(
    fc.property(services, ports, (each, own) => {
      const before = built(each);
      assert.deepEqual(take(put(before, 10, own), 10), before);
    }),
  );
});

test('a change of one Service touches nothing of the others', () => {
  fc.assert(
    fc.property(services, ports, (each, own) => {
      const [[n]] = each as [[number, number[]]]; // at least one
      const before = built(each);
      const after = put(before, n, own);
      assert.deepEqual(take(after, n), take(before, n));
      const rules = (after['loadBalancingRules'] as readonly JsonObject[]).map((rule) => String(rule['name']));
      assert.equal(new Set(rules).size, rules.length);
      assert.deepEqual(
        rules.filter((name) => name.startsWith(frontendName(uidOf(n)))),
        own.map((port) => `${frontendName(uidOf(n))}-TCP-${port}`),
      );
    }),
  );
});
