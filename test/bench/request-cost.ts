import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measure } from '../../tools/bench/measure.ts';
import { Estate } from './support/estate.ts';
import { call, keepAlive } from './support/http.ts';
import { load } from './support/load.ts';
import { startService } from './support/service.ts';

const CALLS = 20_000;
const CONNECTIONS = 16;

/** CPU per request of the least that node:https can do. */
async function echoCost(): Promise<number> {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'support', 'echo-server.ts');
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const agent = keepAlive(CONNECTIONS);
    const url = `https://localhost:${Number(port.toString())}/`;
    const result = await load({ pid: child.pid ?? 0, concurrency: CONNECTIONS, calls: CALLS, call: () => call(url, { agent }) });
    return result.cpuMicrosPerCall;
  } finally {
    child.kill();
  }
}

export const measure: Measure = {
  name: 'request-cost',
  method: `CPU time of the server's process per GET over TLS, ${CONNECTIONS} kept connections, ${CALLS.toLocaleString('en-US')} calls after a warm-up of a tenth; the echo answers 1 KB from node:https`,
  async run() {
    const echo = await echoCost();
    const service = await startService();
    try {
      const estate = await Estate.open(service);
      const cluster = await estate.createCluster('bench', 1);
      const cost = async (send: () => ReturnType<typeof call>) =>
        (await load({ pid: service.pid, concurrency: CONNECTIONS, calls: CALLS, call: send })).cpuMicrosPerCall;
      const arm = await cost(() => estate.arm('GET', estate.clusterPath('bench')));
      const kube = await cost(() => cluster.call('GET', '/api/v1/namespaces/default'));
      return [
        { name: 'bare node:https echo', value: echo, unit: 'µs' },
        { name: 'ARM GET of a managed cluster', value: arm, unit: 'µs' },
        { name: 'against the echo', value: arm / echo, unit: '×', goal: { atMost: 3 } },
        { name: 'Kubernetes GET of a namespace', value: kube, unit: 'µs' },
        { name: 'against the echo', value: kube / echo, unit: '×', goal: { atMost: 3 } },
      ];
    } finally {
      await service.stop();
    }
  },
};
