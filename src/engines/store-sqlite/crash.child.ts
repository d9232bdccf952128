/**
 * Commits in a storm until it is killed (see crash.test.ts). Each commit writes `a` and `b` with one number, and a third key that it
 * deletes every other time; each acknowledged revision goes to stdout as soon as it is durable.
 */
import { writeSync } from 'node:fs';
import { World } from '../../kernel/world.ts';
import { openJournal } from './journal.ts';

const { journal, recovered } = await openJournal(process.argv[2] as string);
const own = { name: 'w', seed: 's', indexes: [], controllers: [], journal, hostNowMs: Date.now() };
const world = new World({ ...own, ...(recovered && { recovered }) });
writeSync(1, `started ${world.reader.revision}\n`);
journal.onDurable((revision) => writeSync(1, `durable ${revision}\n`));

function storm(): void {
  // As clients do who wait for their answers.
  const inFlight = world.reader.revision - journal.durableRevision;
  for (let i = 0; i < 40 && inFlight < 300; i++)
    world.transact((tx) => {
      const n = tx.nextRevision;
      tx.put('pair', 'a', { n, text: 'x'.repeat(n % 3_000) });
      tx.put('pair', 'b', { n });
      if (tx.get('pair', 'c')) tx.delete('pair', 'c');
      else tx.put('pair', 'c', { n });
    });
  setImmediate(storm);
}
storm();
