import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../src/kernel/random.ts';
import { buildServer } from '../../tools/build.ts';
import { Ledger } from './support/ledger.ts';
import { ServerProcess } from './support/process.ts';

/** Kills in all, over two homes that run side by side. */
const KILLS = 50;
const HOMES = 2;
/** Acknowledgements after which, at most, the kill comes: a random number of them and a few random ms, so that it hits anywhere. */
const WRITES = 24;
const SLACK_MS = 10;

type Start = () => Promise<ServerProcess>;

/** Starts on one home, checks what the last life acknowledged, storms, kills; again and again. */
async function killRepeatedly(start: Start, kills: number, random: Random): Promise<Ledger> {
  const ledger = new Ledger();
  for (let run = 0; run < kills; run++) {
    const server = await start();
    try {
      await ledger.connect(server);
      await ledger.check();
      const storm = ledger.storm();
      await ledger.written(random.below(WRITES));
      await delay(random.below(SLACK_MS));
      await server.kill();
      await storm;
    } finally {
      await server.kill();
      ledger.disconnect();
    }
  }
  const server = await start();
  try {
    await ledger.connect(server);
    await ledger.check();
  } finally {
    await server.kill();
    ledger.disconnect();
  }
  return ledger;
}

// Twenty seconds on two idle cores; others may want them too.
const LIMIT_MS = 240_000;

test(`kill -9 in a storm of creates, ${KILLS} times: nothing acknowledged is lost, everything that began ends`, {
  timeout: LIMIT_MS,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-crash-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  await buildServer(join(folder, 'program'));
  const starting =
    (home: string): Start =>
    () =>
      ServerProcess.start(join(folder, 'program', 'slipway.js'), join(folder, home), join(folder, 'compiled'));
  // One that ends in peace leaves its compiled code behind, which spares the others most of their start.
  await (await starting('first')()).stop();
  const homes = Array.from({ length: HOMES }, (_, n) => killRepeatedly(starting(`home-${n}`), KILLS / HOMES, new Random(`crash ${n}`)));
  const ledgers = await Promise.all(homes);
  const sum = (count: (ledger: Ledger) => number): number => ledgers.reduce((total, ledger) => total + count(ledger), 0);
  // A storm that wrote nothing, a watch that never resumed would prove nothing.
  assert.ok(sum(({ resources }) => resources.size) > KILLS, 'few resources were written');
  assert.ok(sum(({ objects }) => objects.size) > KILLS, 'few objects were written');
  assert.ok(sum(({ resumed }) => resumed) > 0, 'no watch resumed');
  assert.ok(sum(({ operations }) => operations) > KILLS, 'few operations were followed');
});
