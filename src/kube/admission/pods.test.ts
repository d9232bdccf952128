import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Pod } from '../../../gen/kubernetes-types.ts';
import type { NewObject } from '../cluster.ts';
import type { KubeObject } from '../object.ts';
import { NAMESPACES, NODES, PODS, PRIORITY_CLASSES, RUNTIME_CLASSES, SERVICE_ACCOUNTS } from './read.ts';
import { admissionWorld, bareKind, refusalOf } from './testing.ts';

const pods = bareKind(PODS, 'Pod');
const nodes = bareKind(NODES, 'Node');

/** A cluster with namespace "n" and its default account. */
function cluster() {
  const it = admissionWorld();
  it.seed((c) => {
    c.create(bareKind(NAMESPACES), { metadata: { name: 'n' }, status: { phase: 'Active' } });
    c.create(bareKind(SERVICE_ACCOUNTS), { metadata: { name: 'default', namespace: 'n' } });
  });
  const seed = (resource: Parameters<typeof bareKind>[0], object: NewObject) => it.seed((c) => c.create(bareKind(resource), object));
  const make = (spec: object = {}, metadata: object = { name: 'p' }) =>
    it.run((c) =>
      c.create<Pod>(pods, { metadata: { namespace: 'n', ...metadata }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } }),
    );
  return { ...it, seedObject: seed, make, refused: (...args: Parameters<typeof make>) => refusalOf(() => make(...args))?.message };
}

test('a bare pod gets account, token, priority and tolerations', () => {
  const { spec } = cluster().make();
  const name = spec.volumes?.[0]?.name ?? '';
  assert.match(name, /^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.deepEqual(spec, {
    containers: [
      {
        name: 'c',
        image: 'i',
        volumeMounts: [{ name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
      },
    ],
    serviceAccountName: 'default',
    serviceAccount: 'default',
    volumes: [
      {
        name,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
          ],
          defaultMode: 420,
        },
      },
    ],
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  });
});

test('the pod of the golden comes back as kube-apiserver made it', (t) => {
  const golden = new URL('../../../../shared/data/kubernetes/defaults/pod.json', import.meta.url);
  if (!existsSync(golden)) return t.skip('no goldens beside the repository');
  const wanted = (JSON.parse(readFileSync(golden, 'utf8')) as { body: Pod }).body.spec;
  const { volumes: _, serviceAccountName: _n, serviceAccount: _a, tolerations: _t, priority: _p, preemptionPolicy: _o, ...sent } = wanted;
  const containers = sent.containers.map(({ volumeMounts: _m, ...container }) => container);
  const made = cluster().make({ ...sent, containers });
  const [ours = '', theirs = ''] = [made, { spec: wanted }].map(({ spec }) => spec.volumes?.[0]?.name);
  const renamed = JSON.parse(JSON.stringify(made.spec).replaceAll(ours, theirs)) as Pod['spec'];
  // The server that was recorded knew one more bundle, which upstream does not have.
  const isUpstream = (source: object) => !JSON.stringify(source).includes('openshift');
  const expected = wanted.volumes?.map((volume) => ({
    ...volume,
    projected: { ...volume.projected, sources: volume.projected?.sources?.filter(isUpstream) },
  }));
  assert.deepEqual(renamed, { ...wanted, volumes: expected });
});

test('a namespace must exist and be alive', () => {
  const it = cluster();
  it.seed((c) => {
    c.create(bareKind(NAMESPACES), { metadata: { name: 'going' }, status: { phase: 'Terminating' } });
  });
  const missing = refusalOf(() => it.make({}, { name: 'p', namespace: 'nowhere' }));
  assert.deepEqual(missing?.status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'namespaces "nowhere" not found',
    reason: 'NotFound',
    details: { name: 'nowhere', kind: 'namespaces' },
    code: 404,
  });
  const going = refusalOf(() => it.make({}, { name: 'p', namespace: 'going' }));
  assert.equal(going?.code, 403);
  assert.equal(going?.message, 'pods "p" is forbidden: unable to create new content in namespace going because it is being terminated');
  assert.deepEqual(going?.details?.causes, [
    { reason: 'NamespaceTerminating', message: 'namespace going is being terminated', field: 'metadata.namespace' },
  ]);
});

test('three namespaces are never deleted, others are', () => {
  const it = cluster();
  const namespaces = bareKind(NAMESPACES, 'Namespace');
  for (const name of ['default', 'kube-system', 'kube-public']) {
    it.seed((c) => c.create(namespaces, { metadata: { name } }));
    const refusal = refusalOf(() => it.run((c) => c.delete(namespaces, undefined, name)));
    assert.equal(refusal?.message, `namespaces "${name}" is forbidden: this namespace may not be deleted`);
  }
  it.run((c) => c.delete(namespaces, undefined, 'n'));
  assert.equal(
    it.run((c) => c.get(namespaces, undefined, 'n')),
    undefined,
  );
});

test('refusals of mutating plugins show generateName, not the name that was drawn', () => {
  const it = cluster();
  assert.equal(
    it.refused({ serviceAccountName: 'web' }, { generateName: 'web-5d4cf56-' }),
    'pods "web-5d4cf56-" is forbidden: error looking up service account n/web: serviceaccount "web" not found',
  );
  assert.equal(
    it.refused({ serviceAccountName: 'web' }, { name: 'chosen', generateName: 'web-5d4cf56-' }),
    'pods "chosen" is forbidden: error looking up service account n/web: serviceaccount "web" not found',
  );
});

test('a token is mounted unless account or pod say otherwise, and the pod has the last word', () => {
  const cases: readonly [account: boolean | undefined, pod: boolean | undefined, mounted: boolean][] = [
    [undefined, undefined, true],
    [false, undefined, false],
    [false, true, true],
    [true, false, false],
    [undefined, false, false],
  ];
  for (const [account, pod, mounted] of cases) {
    const it = cluster();
    it.seedObject(SERVICE_ACCOUNTS, {
      metadata: { name: 'a', namespace: 'n' },
      ...(account !== undefined && { automountServiceAccountToken: account }),
    });
    const made = it.make({ serviceAccountName: 'a', ...(pod !== undefined && { automountServiceAccountToken: pod }) });
    assert.equal(made.spec.volumes !== undefined, mounted, `account ${account}, pod ${pod}`);
  }
});

test('containers that have something at the token path are left alone', () => {
  const volumeMounts = [{ name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
  const containers = [{ name: 'c', image: 'i', volumeMounts }];
  assert.equal(cluster().make({ containers }).spec.volumes, undefined);
  const both = cluster().make({ containers, initContainers: [{ name: 'init', image: 'i' }] }).spec;
  assert.equal(both.volumes?.length, 1);
  assert.deepEqual(both.containers[0]?.volumeMounts, volumeMounts);
  assert.equal(both.initContainers?.[0]?.volumeMounts?.[0]?.name, both.volumes?.[0]?.name);
});

test('a projected volume that already has the name of a token volume is used again', () => {
  const volumes = [{ name: 'kube-api-access-abcde', projected: { sources: [] } }];
  const { spec } = cluster().make({ volumes });
  assert.deepEqual(spec.volumes, volumes);
  assert.equal(spec.containers[0]?.volumeMounts?.[0]?.name, 'kube-api-access-abcde');
});

test('pull secrets come from the account where the pod has none', () => {
  const it = cluster();
  it.seedObject(SERVICE_ACCOUNTS, { metadata: { name: 'a', namespace: 'n' }, imagePullSecrets: [{ name: 's' }] });
  assert.deepEqual(it.make({ serviceAccountName: 'a' }).spec.imagePullSecrets, [{ name: 's' }]);
  const own = it.make({ serviceAccountName: 'a', imagePullSecrets: [{ name: 'own' }] }, { name: 'q' });
  assert.deepEqual(own.spec.imagePullSecrets, [{ name: 'own' }]);
});

test('mirror pods get no account and may not ask for one, nor for secrets', () => {
  const mirror = { name: 'p', annotations: { 'kubernetes.io/config.mirror': 'hash' } };
  const it = cluster();
  const forbidden = (detail: string) => `pods "p" is forbidden: a mirror pod may not ${detail}`;
  assert.equal(it.refused({ serviceAccountName: 'default' }, mirror), forbidden('reference service accounts'));
  assert.equal(it.refused({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }, mirror), forbidden('reference secrets'));
  const sources = [{ serviceAccountToken: { path: 'token' } }];
  assert.equal(
    it.refused({ volumes: [{ name: 'v', projected: { sources } }] }, mirror),
    forbidden('use ServiceAccountToken volume projections'),
  );
  const { spec } = it.make({}, mirror);
  assert.equal(spec.serviceAccountName, undefined);
  assert.equal(spec.volumes, undefined);
});

test('accounts that enforce it limit the secrets of their pods', () => {
  const it = cluster();
  it.seedObject(SERVICE_ACCOUNTS, {
    metadata: { name: 'a', namespace: 'n', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    secrets: [{ name: 'ok' }],
    imagePullSecrets: [{ name: 'pull' }],
  });
  const env = (secret: string) => [{ name: 'E', valueFrom: { secretKeyRef: { name: secret, key: 'k' } } }];
  const refused = (spec: object) => it.refused({ serviceAccountName: 'a', ...spec });
  const said = (use: string, noun = 'secret') =>
    `pods "p" is forbidden: ${use} is not allowed because service account a does not reference that ${noun}`;
  assert.equal(refused({ volumes: [{ name: 'v', secret: { secretName: 'no' } }] }), said('volume with secret.secretName="no"'));
  assert.equal(
    refused({ containers: [{ name: 'c', image: 'i', env: env('no') }] }),
    said('container c with envVar E referencing secret.secretName="no"'),
  );
  assert.equal(
    refused({ initContainers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'no' } }] }] }),
    said('init container c with envFrom referencing secret.secretName="no"'),
  );
  assert.equal(refused({ imagePullSecrets: [{ name: 'no' }] }), said('imagePullSecrets[0].name="no"', 'imagePullSecret'));
  assert.equal(refused({ volumes: [{ name: 'v', secret: { secretName: 'ok' } }], containers: [{ name: 'c', env: env('ok') }] }), undefined);
});

test('priority comes from the class that is named, or from the lowest default', () => {
  const it = cluster();
  const classNamed = (name: string, value: number, rest: object = {}) =>
    it.seedObject(PRIORITY_CLASSES, { metadata: { name }, value, preemptionPolicy: 'PreemptLowerPriority', ...rest });
  classNamed('high', 1000, { preemptionPolicy: 'Never' });
  const of = (name: string, spec: object = {}) => {
    const { priorityClassName, priority, preemptionPolicy } = it.make(spec, { name }).spec;
    return [priorityClassName, priority, preemptionPolicy];
  };
  assert.deepEqual(of('a', { priorityClassName: 'high' }), ['high', 1000, 'Never']);
  assert.deepEqual(of('b'), [undefined, 0, 'PreemptLowerPriority']);
  classNamed('standard', 10, { globalDefault: true });
  classNamed('lesser', 5, { globalDefault: true });
  assert.deepEqual(of('d'), ['lesser', 5, 'PreemptLowerPriority']);
  assert.equal(it.refused({ priorityClassName: 'none' }), 'pods "p" is forbidden: no PriorityClass with name none was found');
  assert.equal(
    it.refused({ priorityClassName: 'high', priority: 7 }),
    'pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
  );
  assert.equal(
    it.refused({ priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' }),
    'pods "p" is forbidden: the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
  );
});

test('one class at most is the default', () => {
  const it = cluster();
  const classes = bareKind(PRIORITY_CLASSES, 'PriorityClass');
  const make = (name: string) => it.run((c) => c.create(classes, { metadata: { name }, value: 1, globalDefault: true }));
  const first = make('first');
  assert.equal(
    refusalOf(() => make('second'))?.message,
    'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass first is already marked as default. Only one default can exist',
  );
  it.run((c) => c.update(classes, { ...first, description: 'still the default' } as KubeObject));
});

test('an update that leaves out priority and tolerations keeps them', () => {
  const it = cluster();
  const made = it.make();
  const { priority: _, preemptionPolicy: __, tolerations: ___, ...spec } = made.spec;
  const updated = it.run((c) => c.update<Pod>(pods, { ...made, spec }));
  assert.equal(updated.spec.priority, 0);
  assert.equal(updated.spec.preemptionPolicy, 'PreemptLowerPriority');
  assert.equal(updated.spec.tolerations?.length, 2);
});

test('own tolerations replace the defaults that they cover', () => {
  const seconds = (tolerations: readonly object[]) =>
    cluster()
      .make({ tolerations })
      .spec.tolerations?.map(({ key, tolerationSeconds }) => `${key ?? '*'} ${tolerationSeconds ?? 'forever'}`);
  assert.deepEqual(seconds([{ operator: 'Exists' }]), ['* forever']);
  assert.deepEqual(seconds([{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }]), [
    'node.kubernetes.io/not-ready 5',
    'node.kubernetes.io/unreachable 300',
  ]);
  assert.equal(seconds([{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }])?.length, 3);
});

test('new nodes are tainted until they are ready', () => {
  const it = cluster();
  const taints = (name: string, rest: object) =>
    it.run((c) => c.create(nodes, { metadata: { name }, spec: {}, ...rest }) as unknown as { spec: { taints?: object[] } }).spec.taints;
  const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  assert.deepEqual(taints('a', {}), [notReady]);
  assert.deepEqual(taints('b', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }), [notReady]);
  assert.deepEqual(taints('c', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }), [{ key: 'k', effect: 'NoSchedule' }, notReady]);
  assert.deepEqual(taints('d', { spec: { taints: [notReady] } }), [notReady]);
  assert.equal(taints('e', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }), undefined);
});

test('a runtime class gives its pods overhead and place', () => {
  const it = cluster();
  it.seedObject(RUNTIME_CLASSES, {
    metadata: { name: 'kata' },
    handler: 'kata',
    overhead: { podFixed: { memory: '160Mi' } },
    scheduling: { nodeSelector: { os: 'linux' }, tolerations: [{ key: 'kata', operator: 'Exists' }] },
  });
  const { spec } = it.make({ runtimeClassName: 'kata', nodeSelector: { zone: '1' } });
  assert.deepEqual(spec.overhead, { memory: '160Mi' });
  assert.deepEqual(spec.nodeSelector, { zone: '1', os: 'linux' });
  assert.equal(spec.tolerations?.filter(({ key }) => key === 'kata').length, 1);
  const refused = (rest: object) => it.refused(rest)?.replace('pods "p" is forbidden: ', '');
  assert.equal(refused({ runtimeClassName: 'none' }), 'pod rejected: RuntimeClass "none" not found');
  assert.equal(
    refused({ runtimeClassName: 'kata', overhead: { memory: '1Gi' } }),
    "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
  );
  assert.equal(
    refused({ runtimeClassName: 'kata', nodeSelector: { os: 'windows' } }),
    'conflict: runtimeClass.scheduling.nodeSelector[os] = linux; pod.spec.nodeSelector[os] = windows',
  );
  assert.equal(
    refused({ overhead: { memory: '1Gi' } }),
    'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
  );
});
