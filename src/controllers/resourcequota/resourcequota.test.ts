import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceQuota } from '../../../gen/kubernetes-types.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { resourceQuota } from '../../kinds/core/resourcequota.ts';
import { container, Scenario } from '../testing.ts';

test('status follows what comes, ends and goes', () => {
  const s = new Scenario({ nodes: 1 });
  const hard = { pods: '5', 'requests.cpu': '2', 'count/configmaps': '10' };
  s.create(resourceQuota, { metadata: { name: 'q' }, spec: { hard } });
  const status = () => s.get<ResourceQuota>(resourceQuota, 'q').status;
  assert.deepEqual(status(), { hard, used: { pods: '0', 'requests.cpu': '0', 'count/configmaps': '1' } });
  const spec = (command: string[]) => ({
    restartPolicy: 'Never',
    containers: [container({ command, resources: { requests: { cpu: '250m' } } })],
  });
  s.pod('short', spec(['sleep', '10']));
  s.pod('long', spec(['sleep', 'infinity']));
  s.create(configMap, { metadata: { name: 'a' } });
  assert.deepEqual(status()?.used, { pods: '2', 'requests.cpu': '500m', 'count/configmaps': '2' });
  s.after('10s');
  assert.deepEqual(status()?.used, { pods: '1', 'requests.cpu': '250m', 'count/configmaps': '2' });
  s.delete(pod, 'long');
  s.after('1m');
  assert.equal(status()?.used?.['pods'], '0');
});
