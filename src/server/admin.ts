import { timingSafeEqual } from 'node:crypto';
import { InvalidWorldName, NoSuchWorld, worldName } from '../engines/store-sqlite/worlds.ts';
import type { HttpRequest, HttpResponse } from '../kernel/http.ts';
import { LAST_INSTANT_MS } from '../kernel/world.ts';
import { CLUSTERS } from '../kube/clusters.ts';
import type { Estate } from './estate.ts';
import { version } from './version.ts';

/** There is no living world of that name. */
export class UnknownWorld extends Error {}

/** What the door administers: the process with its worlds. Names are those of living worlds; unknown ones throw UnknownWorld. */
export interface Administered {
  readonly port: number;
  readonly ephemeral: boolean;
  readonly offline: boolean;
  readonly worlds: readonly string[];
  saves(): readonly string[];
  estate(name: string): Estate;
  fork(from: string, name: string): Promise<Estate>;
  save(world: string, save: string): Promise<number>;
  load(save: string, world: string): Promise<Estate>;
  reset(world: string): Promise<Estate>;
  delete(world: string): Promise<void>;
}

type Body = { readonly [name: string]: unknown };
interface Call {
  readonly installation: Administered;
  readonly parameters: readonly string[];
  readonly body: Body;
}

/** A fault of the caller, answered with 400. */
class BadCall extends Error {}
const CALLERS_FAULTS = [BadCall, InvalidWorldName, SyntaxError, URIError];

const text = (body: Body, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new BadCall(`"${name}" is missing`);
  return value;
};
function number(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw new BadCall(`"${name}" is no number`);
  return value;
}

/** What the `slipway` command asks a running process, as "METHOD path": `{}` stands for one segment. */
const CALLS: { readonly [call: string]: (call: Call) => unknown } = {
  'GET status': ({ installation }) => status(installation),
  'POST stop': ({ installation }) => {
    setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    return status(installation);
  },
  'GET worlds': ({ installation }) => ({
    worlds: installation.worlds.map((name) => describe(installation.estate(name))),
    saves: installation.saves(),
  }),
  'POST worlds/{}/fork': async ({ installation, parameters: [from = ''], body }) =>
    describe(await installation.fork(from, worldName(text(body, 'name')))),
  'POST worlds/{}/save': async ({ installation, parameters: [world = ''], body }) => ({
    save: text(body, 'name'),
    revision: await installation.save(world, worldName(text(body, 'name'))),
  }),
  'POST worlds/{}/load': async ({ installation, parameters: [world = ''], body }) =>
    describe(await installation.load(text(body, 'name'), world)),
  'POST worlds/{}/reset': async ({ installation, parameters: [world = ''] }) => describe(await installation.reset(world)),
  'DELETE worlds/{}': async ({ installation, parameters: [world = ''] }) => {
    await installation.delete(world);
    return { deleted: world };
  },
  'GET worlds/{}/clock': ({ installation, parameters: [world = ''] }) => clock(installation.estate(world)),
  'POST worlds/{}/clock': ({ installation, parameters: [world = ''], body }) => setClock(installation.estate(world), body),
};

function status(installation: Administered) {
  const { ephemeral, offline, port } = installation;
  return {
    version,
    pid: process.pid,
    port,
    ephemeral,
    offline,
    worlds: installation.worlds.map((name) => describe(installation.estate(name))),
  };
}

function describe({ world, driver }: Estate) {
  driver.tick();
  const failing = [...world.stats]
    .filter(([, { lastError }]) => lastError !== undefined)
    .map(([name, { failures, lastError }]) => ({ name, failures, lastError }));
  return {
    name: world.name,
    revision: world.reader.revision,
    time: new Date(world.nowMs).toISOString(),
    rate: world.clock.rate,
    settled: world.settled,
    clusters: world.reader.count(CLUSTERS),
    ...(failing.length && { failingControllers: failing }),
  };
}

function clock({ world, driver }: Estate) {
  driver.tick();
  const next = world.nextEventMs;
  return {
    world: world.name,
    time: new Date(world.nowMs).toISOString(),
    rate: world.clock.rate,
    settled: world.settled,
    ...(next && { nextEvent: new Date(next).toISOString() }),
  };
}

/** World time is whole milliseconds. */
const wholeMs = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.round(ms));

/** A mistyped jump is easier to take back before it is made. */
const LONGEST_JUMP_MS = 100 * 366 * 86_400_000;

/** Speed by `rate` (0 pauses), a jump by `advanceMs`, or to the next event by `toNextEvent`. Answers when it is done. */
async function setClock(estate: Estate, body: Body) {
  const { world, driver } = estate;
  const rate = number(body, 'rate');
  const advanceMs = wholeMs(number(body, 'advanceMs'));
  if (rate !== undefined && (rate < 0 || rate > 1_000_000)) throw new BadCall('the speed is a number from 0 (paused) to 1000000');
  if (advanceMs !== undefined && advanceMs < 0) throw new BadCall('time never goes back');
  if (advanceMs !== undefined && advanceMs > LONGEST_JUMP_MS) throw new BadCall('one jump takes a hundred years at most');
  const target = advanceMs !== undefined ? world.nowMs + advanceMs : body['toNextEvent'] === true ? world.nextEventMs : undefined;
  if (target !== undefined && target > LAST_INSTANT_MS) throw new BadCall('the time of a world ends with the year 9998');
  if (target !== undefined) await driver.jumpTo(target);
  // The setting is written even when only time moved: a restart goes on from here.
  world.setRate(rate ?? world.clock.rate, Date.now());
  driver.wake();
  return clock(estate);
}

/** The administrators' door: `/slipway/v1/…` on the endpoint, for bearers of the token that only the home's owner can read. */
export function adminDoor(installation: Administered, token: string): (request: HttpRequest) => Promise<HttpResponse> {
  const calls = Object.entries(CALLS).map(([call, run]) => {
    const [method = '', path = ''] = call.split(' ');
    return { method, pattern: new RegExp(`^/slipway/v1/${path.replaceAll('{}', '([^/]+)')}$`), run };
  });
  return async (request) => {
    if (!isBearer(request, token)) return answer(401, { error: 'The administrators’ token is missing or wrong.' });
    const matching = calls.filter(({ pattern }) => pattern.test(request.path));
    const call = matching.find(({ method }) => method === request.method);
    if (!call) return answer(matching.length ? 405 : 404, { error: `No such call: ${request.method} ${request.path}` });
    try {
      const parameters = (call.pattern.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
      return answer(200, await call.run({ installation, parameters, body: parse(request) }));
    } catch (error) {
      const isCaller = CALLERS_FAULTS.some((fault) => error instanceof fault);
      return answer(isCaller ? 400 : error instanceof UnknownWorld || error instanceof NoSuchWorld ? 404 : 409, {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

function parse(request: HttpRequest): Body {
  if (request.body.length === 0) return {};
  const value: unknown = JSON.parse(Buffer.from(request.body).toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadCall('the body is no JSON object');
  return value as Body;
}

function isBearer(request: HttpRequest, token: string): boolean {
  const given = Buffer.from(/^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const answer = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
