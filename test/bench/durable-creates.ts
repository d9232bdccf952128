import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../src/engines/store-sqlite/journal.ts';
import { World } from '../../src/kernel/world.ts';
import type { Measure } from '../../tools/bench/measure.ts';
import { podLike } from './support/pod-like.ts';

const WRITERS = 64;
const CREATES = 20_000;

export const measure: Measure = {
  name: 'durable-creates',
  method: `${WRITERS} writers, each creating a 2.7 KB pod and waiting until it is on disk; ${CREATES.toLocaleString('en-US')} creates after a warm-up of a tenth`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
    const { journal } = await openJournal(join(folder, 'world.sqlite'));
    const world = new World({ name: 'bench', seed: 'bench', indexes: [], controllers: [], journal, hostNowMs: Date.now() });
    const waiting: { revision: number; resolve(): void }[] = [];
    journal.onDurable((revision) => {
      while (waiting[0] && waiting[0].revision <= revision) waiting.shift()?.resolve();
    });
    let created = 0;
    const writeUntil = async (limit: number) => {
      while (created < limit) {
        const index = created++;
        const { revision } = world.transact((tx) => tx.put('pods', `default/pod-${index}`, podLike(index), 'absent'));
        await new Promise<void>((resolve) => waiting.push({ revision, resolve }));
      }
    };
    const writeAll = (limit: number) => Promise.all(Array.from({ length: WRITERS }, () => writeUntil(limit)));
    await writeAll(CREATES / 10);
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    await writeAll(CREATES + CREATES / 10);
    const seconds = (performance.now() - start) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    await journal.close();
    rmSync(folder, { recursive: true });
    return [
      { name: 'durable creates', value: CREATES / seconds, unit: '1/s', beside: 'kube-apiserver 1,254/s (over TLS)' },
      { name: 'CPU per create, all threads', value: (cpu.user + cpu.system) / CREATES, unit: 'µs' },
    ];
  },
};
