import { inflightCounts, levelCounts } from '../flow/seats.ts';
import { collectionOf } from '../kind.ts';
import { type Metric, wasRequested } from '../metrics/metrics.ts';
import { hubOf } from '../watch/hub.ts';
import type { Exchange } from './exchange.ts';
import { versionDocument } from './version.ts';

type Sample = readonly [labels: string, value: number];

/** What /metrics reads when it is asked: names, help and labels are kube-apiserver's; only what is measured is here. */
export function gauges(exchange: Exchange): readonly Metric[] {
  const { ports, cluster } = exchange;
  const { reader } = ports.world;
  return [
    {
      name: 'kubernetes_build_info',
      help: "[ALPHA] A metric with a constant '1' value labeled by the release.",
      samples: [buildInfo(exchange)],
    },
    {
      name: 'apiserver_current_inflight_requests',
      help: '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      samples: Object.entries(inflightCounts(ports.world, cluster.scope)).map(([kind, value]): Sample => [`request_kind="${kind}"`, value]),
    },
    {
      name: 'apiserver_resource_objects',
      help: '[ALPHA] Number of stored objects at the time of last check split by kind.',
      samples: ports.kinds
        .filter((kind) => !kind.storedAs)
        .map((kind): Sample => [`group="${kind.group}",resource="${kind.resource}"`, reader.count(collectionOf(kind, cluster.scope))]),
    },
    ...flowMetrics(exchange),
    {
      name: 'apiserver_longrunning_requests',
      help: '[STABLE] Gauge of all active long-running apiserver requests.',
      samples: [['component="apiserver",verb="WATCH"', hubOf(ports.world).size(cluster.scope)]],
    },
    {
      name: 'apiserver_requested_deprecated_apis',
      help: '[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
      samples: deprecatedRequests(exchange),
    },
  ];
}

function buildInfo({ cluster }: Exchange): Sample {
  const document = versionDocument(cluster.version);
  const names = ['buildDate', 'compiler', 'gitCommit', 'gitTreeState', 'gitVersion', 'goVersion', 'major', 'minor', 'platform'];
  const label = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [names.map((name) => `${label(name)}="${document[name]}"`).join(), 1];
}

function flowMetrics({ ports, cluster }: Exchange): readonly Metric[] {
  const levels = levelCounts(ports.world, cluster.scope);
  const byLevel = (value: (level: (typeof levels)[number]) => number): readonly Sample[] =>
    levels.map((level) => [`priority_level="${level.name}"`, value(level)]);
  return [
    {
      name: 'apiserver_flowcontrol_current_executing_requests',
      help: '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      samples: byLevel(({ inUse }) => inUse),
    },
    {
      name: 'apiserver_flowcontrol_current_executing_seats',
      help: '[BETA] Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
      samples: byLevel(({ inUse }) => inUse),
    },
    {
      name: 'apiserver_flowcontrol_current_inqueue_requests',
      help: '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      samples: byLevel(({ waiting }) => waiting),
    },
    {
      name: 'apiserver_flowcontrol_nominal_limit_seats',
      help: '[BETA] Nominal number of execution seats configured for each priority level',
      samples: byLevel(({ nominal }) => nominal),
    },
    {
      name: 'apiserver_flowcontrol_dispatched_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      samples: byLevel(({ dispatched }) => dispatched),
    },
    {
      name: 'apiserver_flowcontrol_rejected_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      samples: byLevel(({ rejected }) => rejected),
    },
  ];
}

/** Deprecated versions that were asked for. None of those that are served has a release that will take it away. */
const deprecatedRequests = ({ ports, cluster }: Exchange): readonly Sample[] =>
  ports.kinds.flatMap(({ group, resource, versions }) =>
    versions
      .filter(({ name, deprecation }) => deprecation && wasRequested(cluster.scope, { group, version: name, resource }))
      .map(({ name }): Sample => [`group="${group}",removed_release="",resource="${resource}",subresource="",version="${name}"`, 1]),
  );
