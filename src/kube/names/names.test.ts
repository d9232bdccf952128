import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  fullyQualifiedDomain,
  nameIsPathSegment,
  nameIsSubdomain,
  wildcardSubdomain,
} from './dns.ts';
import { cidr, ipAddress, ipFamily } from './ip.ts';
import { labelValue, qualifiedName, validateAnnotations, validateLabels } from './labels.ts';
import {
  cIdentifier,
  configMapKey,
  environmentVariable,
  httpHeaderName,
  percent,
  portName,
  portNumber,
  strictEnvironmentVariable,
} from './values.ts';

const accepts = (rule: (value: string) => readonly string[], ...values: string[]): void => {
  for (const value of values) assert.deepEqual(rule(value), [], `${rule.name} should accept ${JSON.stringify(value)}`);
};
const refuses = (rule: (value: string) => readonly string[], ...values: string[]): void => {
  for (const value of values) assert.notDeepEqual(rule(value), [], `${rule.name} should refuse ${JSON.stringify(value)}`);
};

test('object names', () => {
  accepts(dnsLabel, 'a', '0', 'a-b', 'a'.repeat(63));
  refuses(dnsLabel, '', '-a', 'a-', 'A', 'a_b', 'a\n', 'a'.repeat(64));
  assert.deepEqual(dnsLabel('a.b'), ['must not contain dots']);
  accepts(dnsSubdomain, 'a.b.c', '1.2', 'a'.repeat(253));
  refuses(dnsSubdomain, 'a..b', '.a', 'a.', 'a'.repeat(254), 'ä');
  accepts(dns1035Label, 'a1', 'web');
  refuses(dns1035Label, '1a', 'a.b');
  accepts(wildcardSubdomain, '*.a.b');
  refuses(wildcardSubdomain, '*', 'a.*.b', '*a.b');
  accepts(fullyQualifiedDomain, 'a.b', 'a.b.');
  refuses(fullyQualifiedDomain, 'a', 'a..b');
  accepts(nameIsPathSegment, 'system:node', 'a b');
  refuses(nameIsPathSegment, '.', '..', 'a/b', 'a%b');
  assert.deepEqual(nameIsSubdomain('web-', true), []);
  assert.equal(nameIsSubdomain('web-').length, 1);
});

test('the subdomain message is upstream word for word', () => {
  assert.deepEqual(dnsSubdomain('A'), [
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  assert.deepEqual(dnsLabel('A'.repeat(64))[0], 'must be no more than 63 characters');
});

test('label keys and values', () => {
  accepts(qualifiedName, 'a', 'A.b_c-1', 'example.com/Name');
  refuses(qualifiedName, '', '/a', 'a/', 'a/b/c', '-a', 'Ex.com/a', `${'a'.repeat(64)}`);
  accepts(labelValue, '', 'a', 'a.b_c');
  refuses(labelValue, 'a b', '-', 'a'.repeat(64));
});

const catalogue = new URL('../../../../shared/data/kubernetes/errors.json', import.meta.url);
test('label and annotation faults match the recorded server', { skip: existsSync(catalogue) ? false : 'recordings absent' }, () => {
  const cases: { case: string; body: { details?: { causes: { field: string; message: string }[] } } }[] = JSON.parse(
    readFileSync(catalogue, 'utf8'),
  );
  const recorded = (name: string) => cases.find((item) => item.case === name)?.body.details?.causes[0];
  const [label] = validateLabels({ a: 'b c' }, 'metadata.labels');
  assert.equal(recorded('label value invalid')?.message, `Invalid value: ${JSON.stringify(label?.value)}: ${label?.detail}`);
  assert.equal(recorded('label value invalid')?.field, label?.path);
  const [annotation] = validateAnnotations({ a: 'x'.repeat(262_144) }, 'metadata.annotations');
  assert.equal(recorded('metadata too large')?.message, `Too long: ${annotation?.detail}`);
  assert.deepEqual(validateAnnotations({ 'EXAMPLE.com/a': 'x'.repeat(262_131) }, 'metadata.annotations'), []);
});

test('ports, keys, variables, headers', () => {
  accepts(portName, 'http', 'a-1');
  refuses(portName, '', '80', 'a--b', '-a', 'http_x', 'a'.repeat(16));
  assert.deepEqual(portNumber(0), ['must be between 1 and 65535, inclusive']);
  accepts(configMapKey, 'a', '_', '__proto__', '.x');
  refuses(configMapKey, '', '.', '..a', 'a/b');
  accepts(environmentVariable, 'a b', '1', 'A-B.c');
  refuses(environmentVariable, '', 'a=b', 'é');
  refuses(strictEnvironmentVariable, '1a', 'a b');
  accepts(percent, '25%');
  refuses(percent, '25', '%');
  accepts(httpHeaderName, 'X-A');
  refuses(httpHeaderName, 'a b');
  accepts(cIdentifier, '_a1');
  refuses(cIdentifier, '1a');
});

test('addresses, strict from 1.36 on', () => {
  const strictIp = (value: string) => ipAddress(value, true);
  const looseIp = (value: string) => ipAddress(value, false);
  const strictCidr = (value: string) => cidr(value, true);
  accepts(strictIp, '10.0.0.1', '::', '::1', 'fe80:0:0:0:0:0:0:1', '1::2:1.2.3.4', '1:2:3:4:5:6:7::');
  refuses(strictIp, '', '10.0.0', '256.1.1.1', '1:2', ':::', '1::2::3', '12345::', '01.2.3.4', '::ffff:1.2.3.4', 'fe80::1%eth0');
  accepts(looseIp, '010.002.3.4', '::ffff:1.2.3.4');
  accepts(strictCidr, '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/64', '::/0');
  refuses(strictCidr, '10.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '10.0.0.0/08', '2001:db8::1/64', '/8');
  assert.deepEqual(cidr('10.0.0.1/24', false), []);
  assert.deepEqual([ipFamily('10.0.0.1'), ipFamily('::1'), ipFamily('x')], [4, 6, undefined]);
});
