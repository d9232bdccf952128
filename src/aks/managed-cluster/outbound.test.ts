import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { outboundDefaults, ownAddresses, validateOutbound } from './outbound.ts';

const address = (name: string): string => `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/${name}`;
const own = (...names: string[]): JsonObject => ({ publicIPs: names.map((name) => ({ id: address(name) })) });
const managed = (count: Json): JsonObject => ({ managedOutboundIPs: { count } });
const faults = (profile: JsonObject): string[] =>
  validateOutbound(profile).map(({ path, code }) => `${path.replace('networkProfile.loadBalancerProfile', '')} ${code}`);

test('limits', () => {
  const table: readonly (readonly [JsonObject, string[]])[] = [
    [{}, []],
    [managed(1), []],
    [managed(100), []],
    [managed(0), ['.managedOutboundIPs.count InvalidParameter']],
    [managed(101), ['.managedOutboundIPs.count InvalidParameter']],
    [managed(1e9), ['.managedOutboundIPs.count InvalidParameter']],
    [managed(-1), ['.managedOutboundIPs.count InvalidParameter']],
    [managed(1.5), ['.managedOutboundIPs.count InvalidParameter']],
    [{ managedOutboundIPs: { count: 1, countIPv6: 101 } }, ['.managedOutboundIPs.countIPv6 InvalidParameter']],
    [{ allocatedOutboundPorts: 0 }, []],
    [{ allocatedOutboundPorts: 64_000 }, []],
    [{ allocatedOutboundPorts: 64_008 }, ['.allocatedOutboundPorts InvalidParameter']],
    [{ allocatedOutboundPorts: 1_001 }, ['.allocatedOutboundPorts InvalidParameter']],
    [{ idleTimeoutInMinutes: 4 }, []],
    [{ idleTimeoutInMinutes: 120 }, []],
    [{ idleTimeoutInMinutes: 3 }, ['.idleTimeoutInMinutes InvalidParameter']],
    [{ idleTimeoutInMinutes: 121 }, ['.idleTimeoutInMinutes InvalidParameter']],
    [{ outboundIPs: own('a', 'b') }, []],
    [{ outboundIPs: own() }, ['.outboundIPs.publicIPs InvalidParameter']],
    [{ outboundIPs: {} }, ['.outboundIPs.publicIPs InvalidParameter']],
    [{ outboundIPs: { publicIPs: [{}] } }, ['.outboundIPs.publicIPs InvalidParameter']],
    [{ outboundIPs: { publicIPs: [{ id: 'x' }] } }, ['.outboundIPs.publicIPs InvalidParameter']],
    [
      { outboundIPs: { publicIPs: [{ id: address('a').replace('publicIPAddresses', 'natGateways') }] } },
      ['.outboundIPs.publicIPs InvalidParameter'],
    ],
    [{ ...managed(1), outboundIPs: own('a') }, [' InvalidParameter']],
    [{ outboundIPPrefixes: { publicIPPrefixes: [] } }, ['.outboundIPPrefixes NotImplemented']],
  ];
  for (const [profile, found] of table) assert.deepEqual(faults(profile), found, JSON.stringify(profile));
});

test('an address is managed unless the caller brings some', () => {
  assert.deepEqual(outboundDefaults({}, undefined), { ...managed(1), backendPoolType: 'nodeIPConfiguration' });
  assert.deepEqual(outboundDefaults({ managedOutboundIPs: {} }, undefined)['managedOutboundIPs'], { count: 1 });
  assert.equal(outboundDefaults({ outboundIPs: own('a') }, undefined)['managedOutboundIPs'], undefined);
  assert.deepEqual(ownAddresses({ outboundIPs: own('a', 'b') }), [address('a'), address('b')]);
});

test('whoever asks for one kind of addresses gives up the others; who asks for two is refused', () => {
  const prefix: JsonObject = { outboundIPPrefixes: { publicIPPrefixes: [{ id: address('p') }] } };
  const kinds = fc.constantFrom<JsonObject>(managed(1), managed(2), { outboundIPs: own('a') }, { outboundIPs: own('b', 'c') }, prefix);
  fc.assert(
    fc.property(kinds, kinds, (first, second) => {
      const before = outboundDefaults(first, undefined);
      // What reaches the defaults is the body laid over what is stored.
      const after = outboundDefaults({ ...before, ...second }, before);
      for (const [name, value] of Object.entries(second)) assert.deepEqual(after[name], value);
      assert.deepEqual(faults(after), second === prefix ? ['.outboundIPPrefixes NotImplemented'] : []);
      assert.deepEqual(outboundDefaults(after, after), after, 'sent back, it changes nothing');
    }),
  );
  assert.deepEqual(faults(outboundDefaults({ ...managed(1), outboundIPs: own('a') }, undefined)), [' InvalidParameter']);
});
