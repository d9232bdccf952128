import { setTimeout as delay } from 'node:timers/promises';
import { call as askService } from '../../src/server/admin-client.ts';
import { Home } from '../../src/server/home.ts';
import type { Measure } from '../../tools/bench/measure.ts';
import { Estate } from './support/estate.ts';
import { cpuMicros, residentMb } from './support/process.ts';
import { startService } from './support/service.ts';

const NODES = 500;
const HOUR_MS = 3_600_000;

export const measure: Measure = {
  name: 'virtual-hour',
  method: `one cluster of ${NODES} nodes with its system pods at rest; the clock is advanced by an hour through the administrators' door`,
  async run() {
    const service = await startService();
    try {
      const estate = await Estate.open(service);
      const start = performance.now();
      await estate.createCluster('large', NODES);
      const createMs = performance.now() - start;
      const clock = () => askService<{ settled: boolean }>(new Home(service.home), 'GET', 'worlds/default/clock');
      while (!(await clock()).settled) await delay(50);
      const cpuBefore = cpuMicros(service.pid);
      const advanceStart = performance.now();
      await askService(new Home(service.home), 'POST', 'worlds/default/clock', { advanceMs: HOUR_MS });
      const advanceMs = performance.now() - advanceStart;
      return [
        { name: `create of ${NODES} nodes`, value: createMs, unit: 'ms' },
        { name: `virtual hour of ${NODES} nodes`, value: advanceMs, unit: 'ms' },
        { name: 'CPU of that hour', value: (cpuMicros(service.pid) - cpuBefore) / 1000, unit: 'ms' },
        { name: 'memory', value: residentMb(service.pid), unit: 'MB' },
      ];
    } finally {
      await service.stop();
    }
  },
};
