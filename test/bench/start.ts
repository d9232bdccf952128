import { type Measure, median } from '../../tools/bench/measure.ts';
import { startService } from './support/service.ts';

const RUNS = 7;

export const measure: Measure = {
  name: 'start',
  method: `from spawning the process (bundle, --ephemeral, fresh home) to its first answer over TLS, asked every 3 ms; median of ${RUNS}`,
  async run() {
    const durations: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const service = await startService();
      durations.push(service.startMs);
      await service.stop();
    }
    return [{ name: 'process start to first answer', value: median(durations), unit: 'ms', goal: { atMost: 500 } }];
  },
};
