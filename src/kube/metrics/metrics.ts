import type { RequestInfo } from '../pipeline/request-info.ts';

/** Upper bounds of apiserver_request_duration_seconds, in seconds. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Measures {
  readonly requests: Map<string, number>;
  readonly durations: Map<string, Histogram>;
}

/** Combinations of labels that one cluster counts apart: clients can ask for names without end. */
const LABELS_LIMIT = 2_000;
const OTHER = 'component="apiserver",dry_run="",group="",resource="",scope="",subresource="",verb="other",version=""';

const byScope = new Map<string, Measures>();

function measuresOf(scope: string): Measures {
  const known = byScope.get(scope);
  if (known) return known;
  const made: Measures = { requests: new Map(), durations: new Map() };
  byScope.set(scope, made);
  return made;
}

/** Counts an answered request of a cluster, by what kube-apiserver labels it with. */
export function countRequest(scope: string, info: RequestInfo, code: number, durationMs: number): void {
  const { requests, durations } = measuresOf(scope);
  const own = labelsOf(info);
  const labels = durations.has(own) || durations.size < LABELS_LIMIT ? own : OTHER;
  const key = `code="${code}",${labels}`;
  requests.set(key, (requests.get(key) ?? 0) + 1);
  const histogram = durations.get(labels) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
  durations.set(labels, histogram);
  const seconds = durationMs / 1000;
  const at = BUCKETS.findIndex((bound) => seconds <= bound);
  if (at >= 0) histogram.counts[at] = (histogram.counts[at] ?? 0) + 1;
  histogram.sum += seconds;
  histogram.count++;
}

const clean = (text: string): string => (/["\\\n]/.test(text) ? text.replace(/["\\\n]/g, '') : text);

function labelsOf(info: RequestInfo): string {
  if (!info.isResource)
    return `component="apiserver",dry_run="",group="",resource="",scope="",subresource="${info.path.slice(0, 40).replace(/["\\\n]/g, '')}",verb="${info.verb.toUpperCase()}",version=""`;
  const scope = info.name ? 'resource' : info.namespace ? 'namespace' : 'cluster';
  return `component="apiserver",dry_run="",group="${clean(info.group)}",resource="${clean(info.resource)}",scope="${scope}",subresource="${clean(info.subresource)}",verb="${(info.verb || 'other').toUpperCase()}",version="${clean(info.version)}"`;
}

/** Whether a resource was asked for in a version, itself and not a subresource. O(combinations of labels). */
export function wasRequested(scope: string, { group, version, resource }: { group: string; version: string; resource: string }): boolean {
  for (const labels of measuresOf(scope).durations.keys())
    if (
      labels.includes(`group="${group}",resource="${resource}",`) &&
      labels.includes('subresource=""') &&
      labels.endsWith(`,version="${version}"`)
    )
      return true;
  return false;
}

/** A metric that is read when asked. Samples: labels without their braces, and the value. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** Absent: a gauge. */
  readonly type?: 'counter';
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

/** The metrics of one cluster in Prometheus' text format. `gauges` are read when asked. */
export function renderMetrics(scope: string, gauges: readonly Metric[]): string {
  const { requests, durations } = measuresOf(scope);
  const lines = [
    '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    '# TYPE apiserver_request_total counter',
    ...[...requests].map(([labels, value]) => `apiserver_request_total{${labels}} ${value}`),
    '# HELP apiserver_request_duration_seconds [STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
    '# TYPE apiserver_request_duration_seconds histogram',
    ...[...durations].flatMap(([labels, histogram]) => histogramLines(labels, histogram)),
  ];
  for (const { name, help, type = 'gauge', samples } of gauges) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels && `{${labels}}`} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function histogramLines(labels: string, { counts, sum, count }: Histogram): string[] {
  const name = 'apiserver_request_duration_seconds';
  let below = 0;
  const buckets = BUCKETS.map((bound, i) => {
    below += counts[i] ?? 0;
    return `${name}_bucket{${labels},le="${bound}"} ${below}`;
  });
  return [...buckets, `${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`];
}
