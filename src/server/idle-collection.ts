import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Without a collection for so long, a burst of work is over. */
const IDLE_MS = 3_000;
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

/**
 * Collects once after each burst of work. V8 collects when it needs room, and an idle process needs none: what its last burst left
 * behind, half of all its memory after ten thousand writes, would stay for as long as nobody calls. The collection also starts V8's own
 * memory reducer, which hands the freed room back to the system some eight seconds later. Returns how to stop.
 */
export function collectWhenIdle(idleMs = IDLE_MS, worthBytes = WORTH_BYTES): () => void {
  const collect = collector();
  let keptBytes = usedBytes();
  const timer = setTimeout(() => {
    if (usedBytes() - keptBytes < worthBytes) return;
    void collect({ type: 'major', execution: 'async' }).then(() => {
      keptBytes = usedBytes();
    });
  }, idleMs).unref();
  const observer = new PerformanceObserver((list) => {
    const isOurs = (flags: number | undefined) => ((flags ?? 0) & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
    const entries = list.getEntries() as unknown as readonly { readonly detail: NodeGCPerformanceDetail }[]; // what entries of type "gc" have
    if (entries.some(({ detail }) => !isOurs(detail.flags))) timer.refresh();
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    observer.disconnect();
    clearTimeout(timer);
  };
}
