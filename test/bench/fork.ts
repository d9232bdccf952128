import { memoryJournal } from '../../src/kernel/journal.ts';
import { World } from '../../src/kernel/world.ts';
import { type Measure, medianMs } from '../../tools/bench/measure.ts';
import { nodeOf, podLike } from './support/pod-like.ts';

const PODS = 10_000;

export const measure: Measure = {
  name: 'fork',
  method: `World.fork of ${PODS.toLocaleString('en-US')} stored pods of 2.7 KB in memory; median of 200`,
  async run() {
    const world = new World({
      name: 'bench',
      seed: 'bench',
      indexes: [{ class: 'pods', name: 'node', keys: (pod) => [nodeOf(pod)] }],
      controllers: [],
      journal: memoryJournal(),
      hostNowMs: Date.now(),
    });
    world.transact((tx) => {
      for (let i = 0; i < PODS; i++) tx.put('pods', `default/pod-${i}`, podLike(i));
    });
    let forks = 0;
    const fork = () => world.fork(`fork-${forks++}`, memoryJournal(), Date.now());
    const write = (into: World) => into.transact((tx) => tx.put('pods', 'default/pod-5000', podLike(forks)));
    const forkMs = await medianMs(200, fork);
    const bothMs = await medianMs(200, () => [fork(), world].forEach(write));
    const pods = PODS.toLocaleString('en-US');
    return [
      { name: `fork of ${pods} pods`, value: forkMs, unit: 'ms', goal: { atMost: 5 } },
      { name: 'fork, then a write in both worlds', value: bothMs, unit: 'ms', goal: { atMost: 5 } },
    ];
  },
};
