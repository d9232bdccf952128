import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment } from '../../kinds/apps/deployment.ts';
import { event } from '../../kinds/core/event.ts';
import { Scenario } from '../testing.ts';

test('events are kept for an hour after they were last written', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 1 });
  s.after('30m');
  s.patch(deployment, 'web', { replicas: 2 });
  s.after('30m');
  s.expectEvent('web', /from 0 to 1/);
  s.after('10m');
  assert.ok(s.events('web').every((text) => /from 1 to 2/.test(text)));
  s.after('1h');
  assert.equal(s.list(event).length, 0);
  assert.equal(s.world.nextEventMs, undefined);
});

test('times that a reporter gives do not shorten its life', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(event, { metadata: { name: 'old', namespace: 'default' }, involvedObject: {}, lastTimestamp: '2017-09-19T13:49:16Z' });
  s.after('50m');
  assert.equal(s.list(event).length, 1);
  s.after('30m');
  assert.equal(s.list(event).length, 0);
});
