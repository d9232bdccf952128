import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOf, Queues } from './queues.ts';
import { limitsOf } from './seat-limits.ts';

test('seats are shared out by shares, and lent by percentage', () => {
  const level = (name: string, shares: number, lendablePercent: number, borrowingLimitPercent?: number) => ({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name, uid: name, creationTimestamp: '' },
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: shares, lendablePercent, ...(borrowingLimitPercent !== undefined && { borrowingLimitPercent }) },
    },
  });
  const limits = limitsOf([level('a', 30, 50), level('b', 10, 0, 100)], 100);
  assert.deepEqual(limits.get('a'), { nominal: 75, guaranteed: 37, most: Number.POSITIVE_INFINITY });
  assert.deepEqual(limits.get('b'), { nominal: 25, guaranteed: 25, most: 50 });
});

test('hands are of different queues, and queues are served in turn', () => {
  for (const flow of ['a', 'b', 'c']) {
    const hand = handOf(flow, 8, 6);
    assert.equal(new Set(hand).size, 6);
    assert.ok(hand.every((queue) => queue >= 0 && queue < 8));
  }
  const queues = new Queues<string>();
  const options = { queues: 64, handSize: 1, queueLengthLimit: 2 };
  assert.deepEqual(
    ['a1', 'a2', 'a3', 'b1'].map((item) => queues.join(item, item.slice(0, 1), options)),
    [true, true, false, true],
  );
  assert.deepEqual([queues.next(), queues.next(), queues.next(), queues.next()], ['a1', 'b1', 'a2', undefined]);
});
