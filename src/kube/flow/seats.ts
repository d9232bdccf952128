import type { HttpResponse } from '../../kernel/http.ts';
import type { World } from '../../kernel/world.ts';
import type { Exchange, Flow } from '../pipeline/exchange.ts';
import type { Later } from '../pipeline/ports.ts';
import { flowHeaders, flowOf } from './flow-headers.ts';
import { Queues } from './queues.ts';
import { type SeatLimits, seatLimits } from './seat-limits.ts';

/** Seats of an API server: upstream's --max-requests-inflight and --max-mutating-requests-inflight together. */
const DEFAULT_SEATS = 600;
/** How long a request may wait in a queue: upstream's quarter of the request timeout. */
const WAIT_LIMIT_MS = 15_000;

interface Waiting {
  start(): void;
  cancel(): void;
}

/** What goes on at one priority level. */
interface Level {
  readonly name: string;
  readonly queues: Queues<Waiting>;
  inUse: number;
  dispatched: number;
  rejected: number;
}

type RequestKind = 'mutating' | 'readOnly';
const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/**
 * Priority and fairness of one cluster. A request occupies a seat from when it is taken up until what it shows is durable; then the
 * next one that waits is taken up. Costs one count per request while there are free seats.
 */
class Seats {
  readonly levels = new Map<string, Level>();
  /** Requests under way that have a seat. */
  readonly inflight = { mutating: 0, readOnly: 0 };
  readonly #unsafe: { readonly revision: number; readonly level: Level; readonly kind: RequestKind }[] = [];
  #inUse = 0;
  limits: SeatLimits = new Map();
  #total = 0;

  constructor(world: World) {
    world.onDurable(({ revision }) => this.#settleUpTo(revision));
  }

  level(name: string): Level {
    const known = this.levels.get(name);
    if (known) return known;
    const made: Level = { name, queues: new Queues(), inUse: 0, dispatched: 0, rejected: 0 };
    this.levels.set(name, made);
    return made;
  }

  configure(limits: SeatLimits, total: number): void {
    this.limits = limits;
    this.#total = total;
  }

  /** Whether a level may take one more: what it is guaranteed, or what nobody else is and its own bound allows. */
  hasSeat(level: Level): boolean {
    const limit = this.limits.get(level.name);
    if (!limit || level.inUse < limit.guaranteed) return true;
    if (level.inUse >= limit.most) return false;
    let reserved = 0;
    for (const [name, { guaranteed }] of this.limits) {
      if (name !== level.name) reserved += Math.max(0, guaranteed - (this.levels.get(name)?.inUse ?? 0));
    }
    return this.#inUse + reserved < this.#total;
  }

  /** Does the work in a seat. */
  occupy(level: Level, kind: RequestKind, durableRevision: () => number, work: () => Later<HttpResponse>): Later<HttpResponse> {
    level.inUse++;
    this.inflight[kind]++;
    level.dispatched++;
    this.#inUse++;
    const done = (response: HttpResponse): HttpResponse => {
      const revision = response.revision ?? 0;
      if (revision <= durableRevision()) this.#release(level, kind);
      else this.#unsafe.push({ revision, level, kind });
      return response;
    };
    const failed = (error: unknown): never => {
      this.#release(level, kind);
      throw error;
    };
    let answer: Later<HttpResponse>;
    try {
      answer = work();
    } catch (error) {
      return failed(error);
    }
    return answer instanceof Promise ? answer.then(done, failed) : done(answer);
  }

  #settleUpTo(revision: number): void {
    const free = this.#unsafe.filter((item) => item.revision <= revision);
    if (free.length === 0) return;
    this.#unsafe.splice(0, Infinity, ...this.#unsafe.filter((item) => item.revision > revision));
    for (const { level, kind } of free) this.#release(level, kind);
  }

  #release(level: Level, kind: RequestKind): void {
    level.inUse--;
    this.inflight[kind]--;
    this.#inUse--;
    for (const other of this.levels.values()) {
      if (other.queues.size > 0 && this.hasSeat(other)) other.queues.next()?.start();
    }
  }
}

const byWorld = new WeakMap<World, Map<string, Seats>>();

function seatsOf(world: World, scope: string): Seats {
  const scopes = byWorld.get(world) ?? new Map<string, Seats>();
  byWorld.set(world, scopes);
  const known = scopes.get(scope);
  if (known) return known;
  const made = new Seats(world);
  scopes.set(scope, made);
  return made;
}

/**
 * Takes up an authorized request when its priority level has a seat: now, later from a queue, or never, with 429. Exempt requests (of
 * system:masters, and probes) and those that no schema matches need none. Models kube-apiserver's priority and fairness, with one seat
 * for every request and lending that follows at once what is in use instead of every ten seconds.
 */
export function seated(exchange: Exchange, work: () => Later<HttpResponse>): Later<HttpResponse> {
  const flow = flowOf(exchange);
  if (!flow?.level || flow.level.spec.type === 'Exempt') return work();
  const { ports, cluster } = exchange;
  const { world } = ports;
  const seats = seatsOf(world, cluster.scope);
  const total = cluster.seats ?? DEFAULT_SEATS;
  seats.configure(seatLimits(world.reader, cluster.scope, total), total);
  const level = seats.level(flow.level.metadata.name);
  const kind = READING.has(exchange.info.verb) ? 'readOnly' : 'mutating';
  const occupy = () => seats.occupy(level, kind, () => world.journal.durableRevision, work);
  if (level.queues.size === 0 && seats.hasSeat(level)) return occupy();
  const queuing = flow.level.spec.limited?.limitResponse?.queuing;
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = queuing ?? {};
  if (!queuing) return refused(exchange, level);
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      start() {
        this.cancel();
        // Whatever the work throws is the answer's, not the one's who freed the seat.
        Promise.resolve().then(occupy).then(resolve, reject);
      },
      cancel: ports.after(WAIT_LIMIT_MS, () => {
        level.queues.leave(waiting);
        resolve(refused(exchange, level));
      }),
    };
    if (level.queues.join(waiting, flowName(exchange, flow), { queues, handSize, queueLengthLimit })) return;
    waiting.cancel();
    resolve(refused(exchange, level));
  });
}

/** The flow of a request: its schema and, where that tells flows apart, its user or namespace. */
function flowName({ user, info }: Exchange, { schema }: Flow): string {
  const by = schema.spec?.distinguisherMethod?.type;
  const part = by === 'ByUser' ? user.name : by === 'ByNamespace' && info.isResource ? (info.namespace ?? '') : '';
  return `${schema.metadata.name}/${part}`;
}

function refused(exchange: Exchange, level: Level): HttpResponse {
  level.rejected++;
  return {
    status: 429,
    headers: {
      'audit-id': exchange.auditId,
      'cache-control': 'no-cache, private',
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'retry-after': '1',
      ...flowHeaders(exchange),
    },
    body: 'Too many requests, please try again later.\n',
  };
}

/** Requests under way, waiting, taken up and refused at a priority level so far. */
export interface LevelCount {
  readonly name: string;
  readonly inUse: number;
  readonly waiting: number;
  readonly dispatched: number;
  readonly rejected: number;
  /** Seats that its share of the server's comes to. */
  readonly nominal: number;
}

/** Counts of the levels that have had requests, for /metrics. */
export function levelCounts(world: World, scope: string): readonly LevelCount[] {
  const seats = seatsOf(world, scope);
  return [...seats.levels.values()].map(({ queues, ...counts }) => ({
    ...counts,
    waiting: queues.size,
    nominal: seats.limits.get(counts.name)?.nominal ?? 0,
  }));
}

/** Requests under way that have a seat, by whether they change something, for /metrics. */
export const inflightCounts = (world: World, scope: string): Readonly<Record<RequestKind, number>> => seatsOf(world, scope).inflight;
