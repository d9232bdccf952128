import type { RequestInfo } from '../pipeline/request-info.ts';

/** Upper bounds of apiserver_request_duration_seconds, in seconds. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** What kube-apiserver labels requests with, beside the code of the answer. */
interface Labels {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly scope: string;
  readonly verb: string;
}

/** Requests that share their labels. */
interface Series {
  readonly labels: Labels;
  readonly codes: Map<number, number>;
  readonly buckets: number[];
  seconds: number;
  count: number;
}

/** Combinations of labels that one cluster counts apart: clients can ask for names without end. */
const LABELS_LIMIT = 2_000;
const NONE: Labels = { group: '', version: '', resource: '', subresource: '', scope: '', verb: '' };
const PATH_LENGTH = 40;

const byCluster = new Map<string, Map<string, Series>>();

function seriesOf(cluster: string): Map<string, Series> {
  const known = byCluster.get(cluster);
  if (known) return known;
  const made = new Map<string, Series>();
  byCluster.set(cluster, made);
  return made;
}

/** Counts an answered request of a cluster, by what kube-apiserver labels it with. */
export function countRequest(cluster: string, info: RequestInfo, code: number, durationMs: number): void {
  const all = seriesOf(cluster);
  const key = keyOf(info);
  const series = all.get(key) ?? begun(all, key, info);
  const seconds = durationMs / 1000;
  series.codes.set(code, (series.codes.get(code) ?? 0) + 1);
  const at = BUCKETS.findIndex((bound) => seconds <= bound);
  if (at >= 0) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
  series.seconds += seconds;
  series.count++;
}

const scopeOf = (info: RequestInfo & { isResource: true }) => (info.name ? 'resource' : info.namespace ? 'namespace' : 'cluster');

/** Text that differs where labels do: cheaper than the labels themselves, of which every request has some. */
const keyOf = (info: RequestInfo): string =>
  info.isResource
    ? `${info.verb} ${info.group}/${info.version}/${info.resource}/${info.subresource} ${scopeOf(info)}`
    : `${info.verb} ${info.path.slice(0, PATH_LENGTH)}`;

function begun(all: Map<string, Series>, key: string, info: RequestInfo): Series {
  const isFull = all.size >= LABELS_LIMIT;
  const name = isFull ? 'other' : key;
  const labels = isFull ? { ...NONE, verb: 'other' } : labelsOf(info);
  const series = all.get(name) ?? { labels, codes: new Map(), buckets: BUCKETS.map(() => 0), seconds: 0, count: 0 };
  all.set(name, series);
  return series;
}

function labelsOf(info: RequestInfo): Labels {
  if (!info.isResource) return { ...NONE, subresource: info.path.slice(0, PATH_LENGTH), verb: info.verb.toUpperCase() };
  const { group, version, resource, subresource, verb } = info;
  return { group, version, resource, subresource, scope: scopeOf(info), verb: (verb || 'other').toUpperCase() };
}

const clean = (text: string): string => text.replace(/["\\\n]/g, '');

const labelText = ({ group, version, resource, subresource, scope, verb }: Labels): string =>
  `component="apiserver",dry_run="",group="${clean(group)}",resource="${clean(resource)}",scope="${scope}",subresource="${clean(subresource)}",verb="${clean(verb)}",version="${clean(version)}"`;

/** Whether a resource was asked for in a version, itself and not a subresource. O(combinations of labels). */
export function wasRequested(cluster: string, wanted: { group: string; version: string; resource: string }): boolean {
  for (const { labels } of seriesOf(cluster).values()) {
    const { group, version, resource, subresource } = labels;
    if (group === wanted.group && version === wanted.version && resource === wanted.resource && subresource === '') return true;
  }
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
export function renderMetrics(cluster: string, gauges: readonly Metric[]): string {
  const all = [...seriesOf(cluster).values()];
  const lines = [
    '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    '# TYPE apiserver_request_total counter',
    ...all.flatMap(({ labels, codes }) =>
      [...codes].map(([code, value]) => `apiserver_request_total{code="${code}",${labelText(labels)}} ${value}`),
    ),
    '# HELP apiserver_request_duration_seconds [STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
    '# TYPE apiserver_request_duration_seconds histogram',
    ...all.flatMap(histogramLines),
  ];
  for (const { name, help, type = 'gauge', samples } of gauges) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels && `{${labels}}`} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function histogramLines({ labels, buckets, seconds, count }: Series): string[] {
  const name = 'apiserver_request_duration_seconds';
  const text = labelText(labels);
  let below = 0;
  const lines = BUCKETS.map((bound, i) => {
    below += buckets[i] ?? 0;
    return `${name}_bucket{${text},le="${bound}"} ${below}`;
  });
  return [...lines, `${name}_bucket{${text},le="+Inf"} ${count}`, `${name}_sum{${text}} ${seconds}`, `${name}_count{${text}} ${count}`];
}
