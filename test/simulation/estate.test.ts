import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Profile, setProfile } from '../../src/arm/profile.ts';
import { Random } from '../../src/kernel/random.ts';
import { Rehearsal } from '../scenarios/support/rehearsal.ts';
import { brokenInvariants, unfinished } from './invariants.ts';
import { move } from './moves.ts';

const STEPS = 120;
const LONGEST_PAUSE_MS = 300_000;
/** Longer than any operation takes in any profile. */
const LONG_MS = 3_600_000;

/** Reconciles after which a crash comes at most: far into what a new cluster takes. */
const CRASH_RECONCILES = 300;

/** So many random steps from a seed, with the rules checked after each; then everything comes to its end. */
async function simulate(seed: string, profile: Profile, crashing = false): Promise<{ digest: string; done: number }> {
  const rehearsal = await Rehearsal.start(seed);
  rehearsal.world.transact((tx) => setProfile(tx, profile));
  const random = new Random(seed, 0);
  let done = 0;
  for (let step = 0; step < STEPS; step++) {
    if (crashing && random.below(3) === 0) rehearsal.crashAfter = random.below(CRASH_RECONCILES);
    const reply = await move(rehearsal, random);
    if (reply) assert.ok(reply.status < 500, `seed ${seed}, step ${step}: ${JSON.stringify(reply)}`);
    if (reply && reply.status < 300) done++;
    if (random.below(4) === 0) rehearsal.pass(random.below(LONGEST_PAUSE_MS));
    assert.deepEqual(brokenInvariants(rehearsal.world), [], `seed ${seed}, step ${step}`);
  }
  rehearsal.pass(LONG_MS);
  assert.deepEqual([...brokenInvariants(rehearsal.world), ...unfinished(rehearsal.world)], [], `seed ${seed}, at the end`);
  return { digest: rehearsal.world.store.digest(), done };
}

for (const profile of ['instant', 'realistic', 'chaos'] as const)
  test(`random estates, ${profile}: no orphan, no address twice, every operation ends`, async () => {
    let done = 0;
    for (const seed of [`${profile} 1`, `${profile} 2`]) done += (await simulate(seed, profile)).done;
    assert.ok(done > STEPS / 2, `only ${done} steps did anything`);
  });

test('random estates whose process ends anywhere in its work: the next one brings everything to its end', async () => {
  for (const [i, profile] of (['instant', 'realistic', 'chaos'] as const).entries()) await simulate(`crash ${i}`, profile, true);
});

test('a replay of a random estate is the same world', async () => {
  const [first, again] = [await simulate('replay', 'chaos'), await simulate('replay', 'chaos')];
  assert.equal(first.digest, again.digest);
});
