import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRole } from '../../../gen/kubernetes-types.ts';
import { clusterRole } from '../../kinds/rbac.authorization.k8s.io/clusterrole.ts';
import { Scenario } from '../testing.ts';

const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
const labels = { aggregate: 'yes' };

test('rules of selected roles are gathered, and leave with them', () => {
  const s = new Scenario();
  s.create(clusterRole, { metadata: { name: 'b', labels }, rules: [rule('pods'), rule('secrets')] });
  s.create(clusterRole, { metadata: { name: 'all' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] }, rules: [] });
  s.create(clusterRole, { metadata: { name: 'a', labels }, rules: [rule('nodes'), rule('pods')] });
  const gathered = () => s.get<ClusterRole>(clusterRole, 'all').rules?.map(({ resources }) => resources?.[0]);
  assert.deepEqual(gathered(), ['nodes', 'pods', 'secrets']);
  s.delete(clusterRole, 'a');
  assert.deepEqual(gathered(), ['pods', 'secrets']);
});
