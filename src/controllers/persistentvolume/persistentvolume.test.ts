import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../gen/kubernetes-types.ts';
import { statefulSet } from '../../kinds/apps/statefulset.ts';
import { persistentVolume } from '../../kinds/core/persistentvolume.ts';
import { persistentVolumeClaim } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { storageClass } from '../../kinds/storage.k8s.io/storageclass.ts';
import { conditionOf } from '../pod-control.ts';
import { Scenario, template } from '../testing.ts';

type Fields = { readonly [field: string]: unknown };
const ZONE = 'topology.disk.csi.azure.com/zone';
const GROUP = '/subscriptions/s/resourceGroups/mc_rg';

function estate(binding = 'WaitForFirstConsumer', more: Fields = {}): Scenario {
  const s = new Scenario();
  for (const [i, zone] of ['eastus2-1', 'eastus2-2'].entries())
    s.node(`n${i}`, { labels: { [ZONE]: zone }, spec: { providerID: `azure://${GROUP}/providers/Microsoft.Compute/x` } }, i);
  s.create(storageClass, {
    metadata: { name: 'disk' },
    provisioner: 'disk.csi.azure.com',
    parameters: { skuname: 'StandardSSD_LRS' },
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
    volumeBindingMode: binding,
    ...more,
  });
  return s;
}
const claim = (s: Scenario, name = 'data', spec: Fields = {}): void =>
  void s.create(persistentVolumeClaim, {
    metadata: { name },
    spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
  });
const using = (name = 'data'): Fields => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }] });
const it = (s: Scenario, name = 'data') => s.get<PersistentVolumeClaim>(persistentVolumeClaim, name);
const volumes = (s: Scenario) => s.list<PersistentVolume>(persistentVolume);
const message = (s: Scenario) => conditionOf(s.get<Pod>(pod, 'p'), 'PodScheduled')?.message ?? '';

test('Immediate: a disk is made at once', () => {
  const s = estate('Immediate');
  claim(s);
  const { metadata, spec, status } = it(s);
  assert.deepEqual(status, { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } });
  assert.equal(spec.volumeName, `pvc-${metadata.uid}`);
  const [volume] = volumes(s);
  assert.equal(volume?.status?.phase, 'Bound');
  assert.equal(volume?.spec.csi?.volumeHandle, `${GROUP}/providers/Microsoft.Compute/disks/pvc-${metadata.uid}`);
  assert.equal(volume?.spec.persistentVolumeReclaimPolicy, 'Delete');
  s.expectEvent('data', `ProvisioningSucceeded: Successfully provisioned volume pvc-${metadata.uid}`);
});

test('WaitForFirstConsumer: the disk is made in the zone of the first pod, which follows it ever after', () => {
  const s = estate();
  claim(s);
  assert.equal(it(s).status?.phase, 'Pending');
  s.expectEvent('data', 'WaitForFirstConsumer: waiting for first consumer to be created before binding');
  s.pod('p', { ...using(), nodeSelector: { [ZONE]: 'eastus2-2' } });
  assert.equal(s.get<Pod>(pod, 'p').spec.nodeName, 'n1');
  assert.deepEqual(volumes(s)[0]?.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values, ['eastus2-2']);
  s.delete(pod, 'p');
  s.after('1m');
  s.pod('p', { ...using(), nodeSelector: { [ZONE]: 'eastus2-1' } });
  assert.match(message(s), /1 node\(s\) didn't match PersistentVolume's node affinity/);
});

test('a pod says which claim it waits for, and goes on when it is there', () => {
  const s = estate('Immediate');
  s.pod('p', using());
  assert.match(
    message(s),
    /^0\/2 nodes are available: persistentvolumeclaim "data" not found\. no new claims to deallocate, preemption: 0\/2/,
  );
  claim(s, 'data', { storageClassName: 'absent' });
  assert.match(message(s), /pod has unbound immediate PersistentVolumeClaims/);
  s.expectEvent('data', 'ProvisioningFailed: storageclass.storage.k8s.io "absent" not found');
  s.create(storageClass, { metadata: { name: 'absent' }, provisioner: 'file.csi.azure.com' });
  s.expectReady(1);
});

test('a disk cannot be shared, a file share can', () => {
  const s = estate('Immediate');
  claim(s, 'data', { accessModes: ['ReadWriteMany'] });
  assert.equal(it(s).status?.phase, 'Pending');
  s.expectEvent('data', /^ProvisioningFailed: .*MULTI_NODE_MULTI_WRITER$/);
  s.create(storageClass, { metadata: { name: 'file' }, provisioner: 'file.csi.azure.com' });
  claim(s, 'share', { accessModes: ['ReadWriteMany'], storageClassName: 'file' });
  assert.equal(it(s, 'share').status?.phase, 'Bound');
});

test('a claim in use stays until its pod is gone; then its disk goes too, or is kept', () => {
  for (const [reclaimPolicy, left] of [
    ['Delete', []],
    ['Retain', ['Released']],
  ] as const) {
    const s = estate('Immediate', { reclaimPolicy });
    claim(s);
    s.pod('p', using());
    s.delete(persistentVolumeClaim, 'data');
    assert.ok(it(s).metadata.deletionTimestamp);
    s.delete(pod, 'p');
    s.after('1m');
    assert.equal(s.find(persistentVolumeClaim, 'data'), undefined);
    assert.deepEqual(
      volumes(s).map(({ status }) => status?.phase),
      left,
    );
  }
});

const given = (s: Scenario, name: string, storage: string, more: Fields = {}): void =>
  void s.create(persistentVolume, {
    metadata: { name },
    spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', hostPath: { path: '/x' }, ...more },
  });

test('a claim takes the smallest volume that will do, and waits for one', () => {
  const s = new Scenario({ nodes: 1 });
  claim(s, 'data', { storageClassName: 'manual' });
  assert.equal(it(s).status?.phase, 'Pending');
  given(s, 'small', '1Gi');
  assert.equal(it(s).status?.phase, 'Pending');
  given(s, 'big', '50Gi', { claimRef: { namespace: 'default', name: 'other' } });
  given(s, 'fitting', '10Gi');
  assert.equal(it(s).spec.volumeName, 'fitting');
  assert.deepEqual(it(s).status?.capacity, { storage: '10Gi' });
  claim(s, 'other', { storageClassName: 'manual' });
  assert.equal(it(s, 'other').spec.volumeName, 'big');
  assert.equal(s.get<PersistentVolume>(persistentVolume, 'small').status?.phase, 'Available');
});

test('a claim whose volume is taken away is lost', () => {
  const s = estate('Immediate');
  claim(s);
  s.update<PersistentVolume>(persistentVolume, it(s).spec.volumeName ?? '', (volume) => ({
    ...volume,
    metadata: { ...volume.metadata, finalizers: [] },
  }));
  s.delete(persistentVolume, it(s).spec.volumeName ?? '');
  assert.equal(it(s).status?.phase, 'Lost');
  s.expectEvent('data', /^ClaimLost: /);
});

test('a claim that asks for more gets it', () => {
  const s = estate('Immediate');
  claim(s);
  s.patch(persistentVolumeClaim, 'data', { resources: { requests: { storage: '20Gi' } } });
  assert.equal(it(s).status?.capacity?.['storage'], '20Gi');
  assert.equal(volumes(s)[0]?.spec.capacity?.['storage'], '20Gi');
});

test('a stateful set comes up with a disk per pod', () => {
  const s = estate();
  s.create(statefulSet, {
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'db' } },
      template: template({ app: 'db' }),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
  s.expectReady(3);
  assert.equal(volumes(s).length, 3);
});
