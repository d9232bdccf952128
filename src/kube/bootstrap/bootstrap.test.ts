import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memoryJournal } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import type { ClusterRecord } from '../clusters.ts';
import type { KubeObject } from '../object.ts';
import { bootstrapCluster } from './bootstrap.ts';

const goldens = new URL('../../../../shared/data/kubernetes/bootstrap/', import.meta.url);
const skip = existsSync(goldens) ? false : 'no recorded objects here';

const record: ClusterRecord = {
  scope: 'c',
  version: '1.36.2',
  fqdn: 'c.example',
  issuer: 'https://issuer',
  running: true,
  serviceCidr: '10.0.0.0/16',
  dnsServiceIp: '10.0.0.10',
  resourceId: '',
};

function bootstrapped(version = record.version): World {
  const world = new World({
    name: 't',
    seed: 's',
    indexes: [],
    controllers: [],
    journal: memoryJournal(),
    hostNowMs: Date.UTC(2026, 10, 20),
  });
  world.transact((tx) => bootstrapCluster(tx, { ...record, version }));
  return world;
}

const RECORDED = [
  ['kube/core/namespaces', 'api__v1__namespaces'],
  ['kube/scheduling.k8s.io/priorityclasses', 'apis__scheduling.k8s.io__v1__priorityclasses'],
  ['kube/flowcontrol.apiserver.k8s.io/flowschemas', 'apis__flowcontrol.apiserver.k8s.io__v1__flowschemas'],
  ['kube/flowcontrol.apiserver.k8s.io/prioritylevelconfigurations', 'apis__flowcontrol.apiserver.k8s.io__v1__prioritylevelconfigurations'],
  ['kube/rbac.authorization.k8s.io/clusterroles', 'apis__rbac.authorization.k8s.io__v1__clusterroles'],
  ['kube/rbac.authorization.k8s.io/clusterrolebindings', 'apis__rbac.authorization.k8s.io__v1__clusterrolebindings'],
  ['kube/rbac.authorization.k8s.io/roles', 'apis__rbac.authorization.k8s.io__v1__roles'],
  ['kube/rbac.authorization.k8s.io/rolebindings', 'apis__rbac.authorization.k8s.io__v1__rolebindings'],
  ['kube/apiregistration.k8s.io/apiservices', 'apis__apiregistration.k8s.io__v1__apiservices'],
  ['kube/networking.k8s.io/servicecidrs', 'apis__networking.k8s.io__v1__servicecidrs'],
  ['kube/networking.k8s.io/ipaddresses', 'apis__networking.k8s.io__v1__ipaddresses'],
] as const;

const DIFFERS = new Set(['uid', 'creationTimestamp', 'resourceVersion', 'managedFields', 'lastTransitionTime', 'apiVersion', 'kind']);

/** The recorded server was built for a distribution, which adds objects and rules of its own. */
const ADDED_OBJECTS = /openshift|service-ca-cert-publisher/;
const isAddedRule = ({ resources }: { resources?: readonly string[] }): boolean => resources?.[0] === 'endpointslices/restricted';

/** An object without what differs between any two clusters, and without rules that the recorded one had not added up yet. */
const comparable = (object: KubeObject): unknown =>
  JSON.parse(JSON.stringify({ ...object, apiVersion: undefined, kind: undefined }), (key, value: unknown) =>
    (DIFFERS.has(key) && typeof value === 'string' && !/^(User|Group|ServiceAccount|ClusterRole|Role|services)/.test(value)) ||
    (key === 'rules' && 'aggregationRule' in object)
      ? undefined
      : key === 'rules' && Array.isArray(value)
        ? value.filter((rule) => !isAddedRule(rule))
        : value,
  );

for (const [collection, file] of RECORDED) {
  test(`${collection} are those of a real server`, { skip }, () => {
    const { items } = JSON.parse(readFileSync(new URL(`${file}.json`, goldens), 'utf8')) as { items: KubeObject[] };
    const expected = items.filter(({ metadata }) => !ADDED_OBJECTS.test(metadata.name));
    const actual = bootstrapped()
      .reader.list<KubeObject>(`${collection}@c`)
      .map(({ value }) => value);
    const byName = (a: KubeObject, b: KubeObject) =>
      `${a.metadata.namespace}/${a.metadata.name}` < `${b.metadata.namespace}/${b.metadata.name}` ? -1 : 1;
    assert.deepEqual(actual.sort(byName).map(comparable), expected.sort(byName).map(comparable));
  });
}

/** Addresses and ports are each server's own; so are the names of its processes. */
const withoutPlace = (text: string): unknown =>
  JSON.parse(text.replace(/"\d+\.\d+\.\d+\.\d+"/g, '"address"').replace(/"(port|targetPort)":\d+/g, '"$1":0'));

for (const [collection, file] of [
  ['kube/core/services', 'api__v1__services'],
  ['kube/core/endpoints', 'api__v1__endpoints'],
  ['kube/discovery.k8s.io/endpointslices', 'apis__discovery.k8s.io__v1__endpointslices'],
] as const) {
  test(`${collection} lead to the API server as a real one's do`, { skip }, () => {
    const { items } = JSON.parse(readFileSync(new URL(`${file}.json`, goldens), 'utf8')) as { items: KubeObject[] };
    const actual = bootstrapped().reader.list<KubeObject>(`${collection}@c`);
    assert.deepEqual(
      actual.map(({ value }) => withoutPlace(JSON.stringify(comparable(value)))),
      items.map((item) => withoutPlace(JSON.stringify(comparable(item)))),
    );
  });
}

test('config maps are those of a real server', { skip }, () => {
  const { items } = JSON.parse(readFileSync(new URL('api__v1__configmaps.json', goldens), 'utf8')) as { items: KubeObject[] };
  const world = bootstrapped();
  world.transact((tx) => bootstrapCluster(tx, { ...record, scope: 'd', caCertificate: 'PEM' }));
  // What they hold is each cluster's own: the day, and its certificate authority.
  const shapeOf = ({ metadata: { name, namespace }, data }: KubeObject) => ({ name, namespace, fields: Object.keys(data ?? {}) });
  const actual = world.reader.list<KubeObject>('kube/core/configmaps@d').map(({ value }) => shapeOf(value));
  assert.deepEqual(actual, items.map(shapeOf));
});

test('the API server has the first address of the service range, and aggregated roles have rules', () => {
  const { reader } = bootstrapped();
  const service = reader.get<KubeObject>('kube/core/services@c', 'default/kubernetes')?.value;
  assert.deepEqual((service?.spec as { clusterIP: string } | undefined)?.clusterIP, '10.0.0.1');
  const view = reader.get<KubeObject>('kube/rbac.authorization.k8s.io/clusterroles@c', 'view')?.value;
  assert.ok((view?.rules as unknown[] | undefined)?.length);
});

test('a second run changes nothing', () => {
  const world = bootstrapped();
  const before = world.reader.revision;
  world.transact((tx) => bootstrapCluster(tx, record));
  assert.equal(world.reader.revision, before);
});

/** Resources that a role may use with a verb in a group. */
function allowed(version: string, role: string, group: string, verb: string): readonly string[] {
  const { value } = bootstrapped(version).reader.get<KubeObject>('kube/rbac.authorization.k8s.io/clusterroles@c', role) ?? {};
  const rules = (value?.rules ?? []) as { verbs: string[]; apiGroups?: string[]; resources?: string[] }[];
  return rules.filter((each) => each.verbs.includes(verb) && each.apiGroups?.includes(group)).flatMap(({ resources = [] }) => resources);
}

// Facts: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy, of each release.
for (const [minor, claims, events, binding, deviceTaints, vac] of [
  [33, false, false, false, false, false],
  [34, true, false, false, false, true],
  [35, true, true, false, false, true],
  [36, true, true, true, true, true],
] as const) {
  test(`roles are those of Kubernetes 1.${minor}`, () => {
    const version = `1.${minor}.0`;
    assert.equal(allowed(version, 'edit', 'resource.k8s.io', 'create').includes('resourceclaims'), claims);
    assert.equal(allowed(version, 'view', 'events.k8s.io', 'list').includes('events'), events);
    assert.equal(allowed(version, 'system:kube-scheduler', 'resource.k8s.io', 'patch').includes('resourceclaims/binding'), binding);
    const { reader } = bootstrapped(version);
    for (const [controller, exists] of [
      ['device-taint-eviction-controller', deviceTaints],
      ['volumeattributesclass-protection-controller', vac],
    ] as const)
      for (const collection of ['clusterroles', 'clusterrolebindings'])
        assert.equal(!!reader.get(`kube/rbac.authorization.k8s.io/${collection}@c`, `system:controller:${controller}`), exists, controller);
  });
}

test('every recording is compared, or listed as a difference', { skip }, () => {
  const single = ['services', 'endpoints', 'configmaps'].map((name) => `api__v1__${name}`);
  const elsewhere = ['api__v1__componentstatuses', 'apis__discovery.k8s.io__v1__endpointslices'];
  // docs/differences.md: this server has no identity of its own and reports nothing of itself.
  const different = ['api__v1__events', 'apis__events.k8s.io__v1__events', 'apis__coordination.k8s.io__v1__leases'];
  const expected = [...RECORDED.map(([, file]) => file), ...single, ...elsewhere, ...different].map((name) => `${name}.json`);
  assert.deepEqual(readdirSync(goldens).sort(), expected.sort());
});

test('a newer version adds to roles what they lack, and takes nothing away', () => {
  const world = bootstrapped('1.33.0');
  const CLUSTER_ROLES = 'kube/rbac.authorization.k8s.io/clusterroles@c';
  const rulesOf = (name: string) => world.reader.get<KubeObject>(CLUSTER_ROLES, name)?.value.rules as { resources?: string[] }[];
  const own = { verbs: ['get'], apiGroups: ['example.com'], resources: ['own'] };
  const change = (name: string, more: object) =>
    world.transact((tx) => {
      const { value } = tx.get<KubeObject>(CLUSTER_ROLES, name) ?? assert.fail(name);
      tx.put(CLUSTER_ROLES, name, { ...value, ...more });
    });
  change('system:kube-scheduler', { rules: [...rulesOf('system:kube-scheduler'), own] });
  const held = world.reader.get<KubeObject>(CLUSTER_ROLES, 'system:monitoring')?.value ?? assert.fail();
  change('system:monitoring', {
    metadata: { ...held.metadata, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
    rules: [],
  });
  world.transact((tx) => bootstrapCluster(tx, { ...record, version: '1.36.0' }));
  const scheduler = rulesOf('system:kube-scheduler').flatMap(({ resources = [] }) => resources);
  assert.ok(scheduler.includes('own') && scheduler.includes('resourceclaims/binding'));
  assert.deepEqual(rulesOf('system:monitoring'), []);
  assert.ok(rulesOf('system:controller:device-taint-eviction-controller'));
});
