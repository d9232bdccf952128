import { constants, type NodeGCPerformanceDetail, PerformanceObserver, performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Without a collection for so long, and with the process at rest for most of it, a burst of work is over. */
const IDLE_MS = 3_000;
/** Share of the time in which a process at rest may work: answering polls, not serving watchers that would wait for the collection. */
const REST_UTILIZATION = 0.01;
/** Less than this left behind is not worth a pause of about a millisecond per MB that lives. */
const WORTH_BYTES = 16 * 1024 * 1024;

type Collect = (options: { readonly type: 'major'; readonly execution: 'async' }) => Promise<void>;

/** V8's own collector, which a program may only call where the flag is set. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect; // the flag defines it in new contexts
  setFlagsFromString('--no-expose-gc');
  return collect;
}

const usedBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

interface RestMeter {
  /** A stretch of time begins. */
  begin(): void;
  /** Whether the process was at rest since then. */
  isAtRest(): boolean;
}

function loopMeter(): RestMeter {
  let since = performance.eventLoopUtilization();
  return {
    begin: () => {
      since = performance.eventLoopUtilization();
    },
    isAtRest: () => performance.eventLoopUtilization(since).utilization <= REST_UTILIZATION,
  };
}

/**
 * Collects once after each burst of work. V8 collects when it needs room, and an idle process needs none: what its last burst left
 * behind, half of all its memory after ten thousand writes, would stay for as long as nobody calls. The collection also starts V8's own
 * memory reducer, which hands the freed room back to the system some eight seconds later. `meter` is asked before: a collection stops
 * the process for a tenth of a second and more. Returns how to stop.
 */
export function collectWhenIdle(idleMs = IDLE_MS, worthBytes = WORTH_BYTES, meter: RestMeter = loopMeter()): () => void {
  const collect = collector();
  let keptBytes = usedBytes();
  const waitAnew = () => {
    meter.begin();
    timer.refresh();
  };
  const timer = setTimeout(() => {
    if (!meter.isAtRest()) return waitAnew();
    if (usedBytes() - keptBytes < worthBytes) return;
    void collect({ type: 'major', execution: 'async' }).then(() => {
      keptBytes = usedBytes();
    });
  }, idleMs).unref();
  const observer = new PerformanceObserver((list) => {
    const isOurs = (flags: number | undefined) => ((flags ?? 0) & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
    const entries = list.getEntries() as unknown as readonly { readonly detail: NodeGCPerformanceDetail }[]; // what entries of type "gc" have
    if (entries.some(({ detail }) => !isOurs(detail.flags))) waitAnew();
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    observer.disconnect();
    clearTimeout(timer);
  };
}
