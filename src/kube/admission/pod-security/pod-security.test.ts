import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PodSpec } from '../../../../gen/kubernetes-types.ts';
import type { KubeObject } from '../../object.ts';
import { NAMESPACES, PODS } from '../read.ts';
import { admissionWorld, admit, bareKind, refusalOf } from '../testing.ts';
import type { Level } from './check.ts';
import { podSecurity } from './plugin.ts';
import { policyOf, violationsOf } from './policy.ts';

const GOLDEN = new URL('../../../../../shared/data/kubernetes/errors.json', import.meta.url);
const PREFIX = 'pod-security.kubernetes.io/';
const MINOR = 36;

const meta = (name: string) => ({ name, namespace: 'n', uid: 'u', creationTimestamp: '2026-11-21T00:00:00Z' });
const podOf = (spec: object, annotations?: object): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { ...meta('x'), ...(annotations && { annotations }) }, spec }) as unknown as KubeObject;

/** A cluster whose namespace "n" has these labels of Pod Security. */
function labelled(labels: { readonly [mode: string]: string }) {
  const it = admissionWorld();
  const full = Object.fromEntries(Object.entries(labels).map(([mode, value]) => [PREFIX + mode, value]));
  it.seed((c) => c.create(bareKind(NAMESPACES), { metadata: { name: 'n', labels: full } }));
  const run = (object: KubeObject, wanted: object = {}) => admit(it, { resource: PODS, object, ...wanted }, [podSecurity]);
  const refused = (object: KubeObject, wanted: object = {}) => refusalOf(() => run(object, wanted))?.message;
  return { ...it, run, refused };
}

const texts = (level: Level, spec: object, { annotations = {}, version = 'latest' }: { annotations?: object; version?: string } = {}) =>
  violationsOf({ level, version }, MINOR, { annotations: annotations as { [key: string]: string }, spec: spec as PodSpec }).map(
    ({ reason, detail }) => `${reason} (${detail})`,
  );

const container = (securityContext: object = {}, rest: object = {}) => ({ name: 'c', image: 'i', securityContext, ...rest });
const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

test('the bare pod is refused as kube-apiserver refuses it', (t) => {
  if (!existsSync(GOLDEN)) return t.skip('no goldens beside the repository');
  const cases = JSON.parse(readFileSync(GOLDEN, 'utf8')) as readonly { case: string; body: object }[];
  const { run } = labelled({ enforce: 'restricted', warn: 'restricted' });
  const refusal = refusalOf(() => run(podOf({ containers: [{ name: 'c', image: 'i' }] })));
  assert.deepEqual(refusal?.status, cases.find((item) => item.case === 'psa deny pod')?.body);
});

test('baseline refuses with upstream’s texts', () => {
  const cases: readonly [spec: object, text: string][] = [
    [{ hostNetwork: true, hostPID: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'],
    [{ containers: [container({ privileged: true })] }, 'privileged (container "c" must not set securityContext.privileged=true)'],
    [
      { containers: [container({ capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_RAW'] } })] },
      'non-default capabilities (container "c" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
    [
      {
        volumes: [
          { name: 'v', hostPath: { path: '/' } },
          { name: 'w', hostPath: { path: '/' } },
        ],
      },
      'hostPath volumes (volumes "v", "w")',
    ],
    [{ containers: [container({}, { ports: [{ containerPort: 80, hostPort: 80 }] })] }, 'hostPort (container "c" uses hostPort 80)'],
    [
      {
        initContainers: [{ name: 'a', ports: [{ hostPort: 443 }, { hostPort: 80 }] }],
        containers: [container({}, { ports: [{ hostPort: 80 }] })],
      },
      'hostPort (containers "a", "c" use hostPorts 443, 80)',
    ],
    [
      { containers: [container({}, { livenessProbe: { httpGet: { host: '10.0.0.1', port: 80 } } })] },
      'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")',
    ],
    [
      { containers: [container({ procMount: 'Unmasked' })] },
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } }, containers: [container({ seLinuxOptions: { role: 'r' } })] },
      'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set; role may not be set)',
    ],
    [
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }] } }, 'forbidden sysctls (kernel.msgmax)'],
    [
      { securityContext: { windowsOptions: { hostProcess: true } }, containers: [container({ windowsOptions: { hostProcess: true } })] },
      'hostProcess (pod and container "c" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      { containers: [container({ appArmorProfile: { type: 'Unconfined' } })] },
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
  ];
  for (const [spec, text] of cases) assert.deepEqual(texts('baseline', { containers: [], ...spec }), [text]);
});

test('AppArmor profiles of annotations count too', () => {
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' };
  assert.deepEqual(texts('baseline', { securityContext: { appArmorProfile: { type: 'Unconfined' } }, containers: [] }, { annotations }), [
    'forbidden AppArmor profiles (pod and annotation must not set AppArmor profile type to "Unconfined", "container.apparmor.security.beta.kubernetes.io/c="unconfined"")',
  ]);
});

test('restricted asks for what a pod must set, and refuses what it must not', () => {
  const safe = { containers: [container(SAFE)] };
  assert.deepEqual(texts('restricted', safe), []);
  const cases: readonly [spec: object, text: string][] = [
    [
      {
        volumes: [
          { name: 'v', nfs: {} },
          { name: 'e', emptyDir: {} },
          { name: 'w', hostPath: {} },
        ],
      },
      'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
    ],
    [{ securityContext: { runAsUser: 0 } }, 'runAsUser=0 (pod must not set runAsUser=0)'],
    [
      { containers: [container({ ...SAFE, runAsNonRoot: false })] },
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      { containers: [container({ ...SAFE, capabilities: { add: ['CHOWN'] } })] },
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      { containers: [container({ ...SAFE, seccompProfile: { type: 'Unconfined' } })] },
      'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
  ];
  for (const [spec, text] of cases) assert.deepEqual(texts('restricted', { ...safe, ...spec }), [text]);
});

test('the pod may set for all containers what one may set for itself', () => {
  const { runAsNonRoot, seccompProfile, ...own } = SAFE;
  const spec = { securityContext: { runAsNonRoot, seccompProfile }, containers: [container(own)] };
  assert.deepEqual(texts('restricted', spec), []);
});

test('older versions of the standards ask for what they knew', () => {
  const tcp = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] }, containers: [] };
  assert.deepEqual(texts('baseline', tcp, { version: 'v1.31' }), ['forbidden sysctls (net.ipv4.tcp_rmem)']);
  assert.deepEqual(texts('baseline', tcp, { version: 'v1.32' }), []);
  assert.deepEqual(texts('baseline', tcp, { version: 'v1.99' }), []);
  const probe = { containers: [container({}, { readinessProbe: { tcpSocket: { host: 'h', port: 1 } } })] };
  assert.deepEqual(texts('baseline', probe, { version: 'v1.33' }), []);
  const windows = { os: { name: 'windows' }, containers: [container({ runAsNonRoot: true })] };
  assert.equal(texts('restricted', windows, { version: 'v1.24' }).length, 3);
  assert.deepEqual(texts('restricted', windows, { version: 'v1.25' }), []);
  const ownUsers = { hostUsers: false, containers: [container({ ...SAFE, runAsNonRoot: false, runAsUser: 0 })] };
  assert.equal(texts('restricted', ownUsers, { version: 'v1.34' }).length, 2);
  assert.deepEqual(texts('restricted', ownUsers), []);
});

test('labels say what is enforced and warned of', () => {
  const policy = (labels: { readonly [mode: string]: string }) => {
    const { enforce, warn, faults } = policyOf(Object.fromEntries(Object.entries(labels).map(([mode, value]) => [PREFIX + mode, value])));
    return [`${enforce.level}:${enforce.version}`, `${warn.level}:${warn.version}`, faults.length];
  };
  assert.deepEqual(policy({}), ['privileged:latest', 'privileged:latest', 0]);
  assert.deepEqual(policy({ enforce: 'baseline', 'enforce-version': 'v1.29' }), ['baseline:v1.29', 'baseline:v1.29', 0]);
  assert.deepEqual(policy({ enforce: 'baseline', warn: 'restricted' }), ['baseline:latest', 'restricted:latest', 0]);
  assert.deepEqual(policy({ enforce: 'strict', 'enforce-version': '1.29', warn: 'x' }), ['restricted:latest', 'privileged:latest', 3]);
});

test('a namespace warns of what it does not enforce', () => {
  const { run } = labelled({ enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.21' });
  const { warnings } = run(podOf({ containers: [container({ runAsNonRoot: true })] }));
  assert.deepEqual(warnings, [
    'would violate PodSecurity "restricted:v1.21": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ]);
});

test('workloads are warned of, and refused only as pods', () => {
  const { run } = labelled({ enforce: 'restricted' });
  const template = { metadata: {}, spec: { hostNetwork: true, containers: [container(SAFE)] } };
  const workloads: readonly [resource: object, spec: object][] = [
    [{ group: 'apps', resource: 'deployments' }, { spec: { template } }],
    [{ group: 'apps', resource: 'daemonsets' }, { spec: { template } }],
    [{ group: 'batch', resource: 'cronjobs' }, { spec: { jobTemplate: { spec: { template } } } }],
    [{ group: '', resource: 'podtemplates' }, { template }],
  ];
  for (const [resource, body] of workloads) {
    const object = { apiVersion: 'v1', kind: 'Workload', metadata: meta('w'), ...body } as unknown as KubeObject;
    assert.deepEqual(run(object, { resource }).warnings, [
      'would violate PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
    ]);
  }
  const other = { apiVersion: 'v1', kind: 'Widget', metadata: meta('w'), spec: { template } } as unknown as KubeObject;
  assert.deepEqual(run(other, { resource: { group: 'example.com', resource: 'deployments' } }).warnings, []);
});

test('updates of a pod count where images change or containers come', () => {
  const { refused } = labelled({ enforce: 'restricted' });
  const previous = podOf({ containers: [{ name: 'c', image: 'i' }] });
  const update = { operation: 'UPDATE', previous };
  assert.equal(refused(podOf({ containers: [{ name: 'c', image: 'i' }], activeDeadlineSeconds: 5 }), update), undefined);
  assert.match(refused(podOf({ containers: [{ name: 'c', image: 'j' }] }), update) ?? '', /violates PodSecurity/);
  const debug = podOf({ containers: [{ name: 'c', image: 'i' }], ephemeralContainers: [{ name: 'd', image: 'sh' }] });
  assert.match(refused(debug, { ...update, subresource: 'ephemeralcontainers' }) ?? '', /containers "c", "d" must set/);
});

test('labels must be readable, and a stricter level warns of the pods that are there', () => {
  const it = labelled({});
  const namespace = (labels: object): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', uid: 'u', creationTimestamp: '', labels },
    }) as unknown as KubeObject;
  const kind = bareKind(NAMESPACES, 'Namespace');
  const bad = refusalOf(() => it.run(namespace({ [`${PREFIX}enforce`]: 'strict' }), { resource: NAMESPACES, kind }));
  assert.equal(
    bad?.message,
    'Namespace "n" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
  );
  it.seed((c) => {
    const create = (name: string, spec: object) => c.create(bareKind(PODS), { metadata: { name, namespace: 'n' }, spec });
    for (const name of ['a', 'b', 'd']) create(name, { hostNetwork: true, containers: [] });
    create('c', { hostPID: true, containers: [container({ privileged: true })] });
    create('fine', { containers: [] });
  });
  const stricter = { resource: NAMESPACES, kind, operation: 'UPDATE', previous: namespace({}) };
  assert.deepEqual(it.run(namespace({ [`${PREFIX}enforce`]: 'baseline' }), stricter).warnings, [
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
    'a (and 2 other pods): host namespaces',
    'c: host namespaces, privileged',
  ]);
  const laxer = { ...stricter, previous: namespace({ [`${PREFIX}enforce`]: 'restricted' }) };
  assert.deepEqual(it.run(namespace({ [`${PREFIX}enforce`]: 'baseline' }), laxer).warnings, []);
});

const securityContext = fc.record(
  {
    privileged: fc.boolean(),
    allowPrivilegeEscalation: fc.boolean(),
    runAsNonRoot: fc.boolean(),
    runAsUser: fc.integer({ min: 0, max: 2 }),
    procMount: fc.constantFrom('Default', 'Unmasked'),
    seccompProfile: fc.record({ type: fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined') }),
    capabilities: fc.record({
      add: fc.subarray(['NET_BIND_SERVICE', 'CHOWN', 'SYS_ADMIN']),
      drop: fc.subarray(['ALL', 'NET_RAW']),
    }),
  },
  { requiredKeys: [] },
);
const anyContainer = fc.record({ name: fc.constantFrom('a', 'b'), securityContext }, { requiredKeys: ['name'] });
const anySpec = fc.record(
  {
    containers: fc.array(anyContainer, { minLength: 1, maxLength: 3 }),
    initContainers: fc.array(anyContainer, { maxLength: 2 }),
    securityContext,
    hostNetwork: fc.boolean(),
    hostUsers: fc.boolean(),
    volumes: fc.array(fc.constantFrom({ name: 'v', hostPath: {} }, { name: 'w', emptyDir: {} }, { name: 'x', nfs: {} }), { maxLength: 2 }),
  },
  { requiredKeys: ['containers'] },
);

test('what restricted allows, baseline allows, in every version of the standards', () => {
  fc.assert(
    fc.property(anySpec, fc.integer({ min: 0, max: 40 }), (spec, minor) => {
      const version = `v1.${minor}`;
      if (texts('restricted', spec, { version }).length === 0) assert.deepEqual(texts('baseline', spec, { version }), []);
      assert.deepEqual(texts('privileged', spec, { version }), []);
    }),
    { numRuns: 400 },
  );
});

test('a container more never makes a pod allowed', () => {
  fc.assert(
    fc.property(anySpec, anyContainer, fc.constantFrom<Level>('baseline', 'restricted'), (spec, more, level) => {
      if (texts(level, spec).length === 0) return;
      assert.notDeepEqual(texts(level, { ...spec, containers: [...spec.containers, more] }), []);
    }),
    { numRuns: 300 },
  );
});
