import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internalDiff, internalForm } from './internal-form.ts';

test('values have all fields, by the names and in the order of Go', () => {
  assert.equal(
    JSON.stringify(internalForm('rbac.RoleRef', { name: 'n', kind: 'Role', apiGroup: 'g' })),
    '{"APIGroup":"g","Kind":"Role","Name":"n"}',
  );
  assert.equal(
    JSON.stringify(
      internalForm('*v1.LabelSelector', { matchExpressions: [{ operator: 'In', values: ['b'] }], matchLabels: { z: '1', a: '2' } }),
    ),
    '{"matchLabels":{"a":"2","z":"1"},"matchExpressions":[{"key":"","operator":"In","values":["b"]}]}',
  );
  assert.equal(internalForm('*v1.LabelSelector', undefined), null);
  assert.deepEqual(internalForm('core.EmptyDirVolumeSource', { sizeLimit: '1Gi' }), { Medium: '', SizeLimit: '1Gi' });
});

test('what pods say of the host stands in their security context, and metadata is no part of its own', () => {
  const form = internalForm('core.PodTemplateSpec', {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [], hostNetwork: true, securityContext: { runAsUser: 1 } },
  }) as { labels: unknown; Spec: { SecurityContext: { HostNetwork: unknown; HostPID: unknown; RunAsUser: unknown } } };
  assert.deepEqual(Object.keys(form), ['labels', 'Spec']);
  const { HostNetwork, HostPID, RunAsUser } = form.Spec.SecurityContext;
  assert.deepEqual([HostNetwork, HostPID, RunAsUser], [true, false, 1]);
});

test('differences are those of the indented text, with what Go escapes', () => {
  assert.equal(
    internalDiff('core.PersistentVolumeClaimSpec', { volumeName: 'a' }, { volumeName: '<b>' }),
    [
      '@@ -5,7 +5,7 @@',
      '   "Limits": null,',
      '   "Requests": null',
      '  },',
      '- "VolumeName": "a",',
      '+ "VolumeName": "\\u003cb\\u003e",',
      '  "StorageClassName": null,',
      '  "VolumeMode": null,',
      '  "DataSource": null,',
      '',
    ].join('\n'),
  );
});
