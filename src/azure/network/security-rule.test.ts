import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Draft } from '../../arm/resource.ts';
import type { WriteContext } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { securityRule } from './security-rule.ts';

const base: JsonObject = {
  access: 'Allow',
  direction: 'Inbound',
  protocol: 'Tcp',
  priority: 100,
  sourcePortRange: '*',
  destinationPortRange: '443',
  sourceAddressPrefix: '*',
  destinationAddressPrefix: '*',
};
const completed = (properties: JsonObject): Draft => {
  const draft: Draft = { id: '/x/securityRules/r', name: 'r', type: securityRule.name, properties: { ...base, ...properties } };
  return securityRule.defaults?.(draft, {} as WriteContext, undefined) ?? draft; // the rule's defaults ask for nothing
};
const codes = (properties: JsonObject): string[] =>
  (securityRule.validate?.(completed(properties), undefined) ?? []).map(({ code }) => code ?? '');

test('ports: a number, a rising range, or all', () => {
  for (const destinationPortRange of ['*', '0', '443', '65535', '80-443', '7-7'])
    assert.deepEqual(codes({ destinationPortRange }), [], destinationPortRange);
  for (const destinationPortRange of [
    '65536',
    '-1',
    '443-80',
    '80-',
    '-80',
    '80-90-100',
    'http',
    '8 0',
    '80,443',
    '0x50',
    '1e3',
    '80-65536',
  ])
    assert.deepEqual(codes({ destinationPortRange }), ['SecurityRuleInvalidPortRange'], destinationPortRange);
  const port = fc.integer({ min: -5, max: 70_000 });
  fc.assert(
    fc.property(port, port, (from, to) => {
      const fits = from >= 0 && to <= 65_535 && from <= to;
      assert.equal(codes({ destinationPortRange: `${from}-${to}` }).length === 0, fits);
    }),
  );
});

test('prefixes: an address, a range, a service tag, or all', () => {
  for (const sourceAddressPrefix of [
    '*',
    '10.0.0.4',
    '10.0.0.0/8',
    '::1',
    'fd00::/8',
    'Internet',
    'VirtualNetwork',
    'AzureLoadBalancer',
    'Storage.EastUS2',
  ])
    assert.deepEqual(codes({ sourceAddressPrefix }), [], sourceAddressPrefix);
  for (const sourceAddressPrefix of ['10.0.0.256', '10.0.0.0/33', 'example.com', '10.0.0', 'Any Thing', '**'])
    assert.deepEqual(codes({ sourceAddressPrefix }), ['SecurityRuleInvalidAddressPrefix'], sourceAddressPrefix);
});

test('priorities from 100 to 4096', () => {
  for (const priority of [100, 101, 4096]) assert.deepEqual(codes({ priority }), []);
  for (const priority of [99, 4097, 0, -1, 100.5, '100', null])
    assert.deepEqual(codes({ priority }), ['SecurityRuleInvalidPriority'], String(priority));
});

test('one of the singular or plural is enough; neither is a fault; each of several is checked', () => {
  const { destinationPortRange: _, ...without } = base;
  const draft = (rest: JsonObject): Draft => ({ ...completed({}), properties: { ...without, ...rest } });
  const found = (rest: JsonObject) => (securityRule.validate?.(draft(rest), undefined) ?? []).map(({ path }) => path);
  assert.deepEqual(found({ destinationPortRanges: ['80', '443'] }), []);
  assert.deepEqual(found({ destinationPortRanges: ['80', 'x', 'y'] }), [
    'properties.destinationPortRange',
    'properties.destinationPortRange',
  ]);
  assert.deepEqual(found({}), ['properties.destinationPortRange']);
  assert.deepEqual(found({ destinationPortRanges: [] }), ['properties.destinationPortRange']);
});

test('values of choices are taken in any casing and shown as Azure writes them', () => {
  const { properties } = completed({ access: 'deny', direction: 'OUTBOUND', protocol: 'tcp' });
  assert.deepEqual([properties['access'], properties['direction'], properties['protocol']], ['Deny', 'Outbound', 'Tcp']);
  assert.deepEqual(codes({ protocol: 'sctp', access: '' }).length, 2);
});
