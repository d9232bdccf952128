import { setTimeout as delay } from 'node:timers/promises';
import { type Measure, median } from '../../tools/bench/measure.ts';
import { Estate } from './support/estate.ts';
import { residentMb } from './support/process.ts';
import { startService } from './support/service.ts';

const NODES = 3;
const FURTHER = 30;
/** V8 collects what a burst leaves behind once it has been idle for eight seconds. */
const REST_MS = 15_000;

export const measure: Measure = {
  name: 'cluster',
  method: `PUT of a ${NODES}-node cluster until its API server shows all nodes Ready, profile "instant", median of ${FURTHER}; resident memory ${REST_MS / 1000} s after the first and after ${FURTHER} further ones`,
  async run() {
    const service = await startService();
    try {
      const estate = await Estate.open(service);
      const emptyMb = residentMb(service.pid);
      const create = async (name: string) => {
        const start = performance.now();
        await estate.createCluster(name, NODES);
        return performance.now() - start;
      };
      const firstMs = await create('first');
      await delay(REST_MS);
      const firstMb = residentMb(service.pid);
      const durations: number[] = [];
      for (let i = 0; i < FURTHER; i++) durations.push(await create(`further-${i}`));
      await delay(REST_MS);
      const perClusterMb = (residentMb(service.pid) - firstMb) / FURTHER;
      return [
        { name: 'create to all nodes Ready, first', value: firstMs, unit: 'ms', goal: { atMost: 1000 } },
        { name: 'create to all nodes Ready', value: median(durations), unit: 'ms', goal: { atMost: 1000 } },
        { name: 'memory of an empty world', value: emptyMb, unit: 'MB' },
        { name: 'memory after one cluster', value: firstMb, unit: 'MB', goal: { atMost: 120 } },
        { name: 'memory per further cluster', value: perClusterMb, unit: 'MB', goal: { atMost: 3 } },
      ];
    } finally {
      await service.stop();
    }
  },
};
