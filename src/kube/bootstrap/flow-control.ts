import type { JsonObject } from '../../kernel/json.ts';
import type { BootstrapObject } from './rbac.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const ANNOTATIONS = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

/** Name → shares, percentage that may be lent, and [queues, hand size, length] where requests wait instead of being refused. */
const LIMITED: readonly (readonly [string, number, number, (readonly [number, number, number])?])[] = [
  ['catch-all', 5, 0],
  ['global-default', 20, 50, [128, 6, 50]],
  ['leader-election', 10, 0, [16, 4, 50]],
  ['node-high', 40, 25, [64, 6, 50]],
  ['system', 30, 33, [64, 6, 50]],
  ['workload-high', 40, 50, [128, 6, 50]],
  ['workload-low', 100, 90, [128, 6, 50]],
];

const level = (name: string, spec: JsonObject): BootstrapObject => ({
  resource: `${GROUP}/prioritylevelconfigurations`,
  apiVersion: `${GROUP}/v1`,
  kind: 'PriorityLevelConfiguration',
  name,
  generation: 1,
  annotations: ANNOTATIONS,
  rest: { spec, status: {} },
});

const levels: readonly BootstrapObject[] = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  ...LIMITED.map(([name, nominalConcurrencyShares, lendablePercent, queue]) => {
    const queuing = queue && { queues: queue[0], handSize: queue[1], queueLengthLimit: queue[2] };
    const limitResponse = queuing ? { type: 'Queue', queuing } : { type: 'Reject' };
    return level(name, { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse, lendablePercent } });
  }),
];

const user = (name: string): JsonObject => ({ kind: 'User', user: { name } });
const group = (name: string): JsonObject => ({ kind: 'Group', group: { name } });
const systemAccounts: JsonObject = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } };
const everybody = [group('system:unauthenticated'), group('system:authenticated')];

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};
const leases = (verbs: readonly string[]): JsonObject => ({
  verbs,
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ['*'],
});

interface Flow {
  readonly name: string;
  readonly precedence: number;
  readonly level: string;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly subjects: readonly JsonObject[];
  readonly rules: JsonObject;
}

const FLOWS: readonly Flow[] = [
  { name: 'exempt', precedence: 1, level: 'exempt', subjects: [group('system:masters')], rules: everything },
  {
    name: 'probes',
    precedence: 2,
    level: 'exempt',
    subjects: everybody,
    rules: { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  },
  {
    name: 'system-leader-election',
    precedence: 100,
    level: 'leader-election',
    by: 'ByUser',
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts],
    rules: { resourceRules: [leases(['get', 'create', 'update'])] },
  },
  {
    name: 'system-node-high',
    precedence: 400,
    level: 'node-high',
    by: 'ByUser',
    subjects: [group('system:nodes')],
    rules: {
      resourceRules: [
        { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
        leases(['*']),
      ],
    },
  },
  { name: 'system-nodes', precedence: 500, level: 'system', by: 'ByUser', subjects: [group('system:nodes')], rules: everything },
  ...['kube-controller-manager', 'kube-scheduler'].map(
    (name): Flow => ({
      name,
      precedence: 800,
      level: 'workload-high',
      by: 'ByNamespace',
      subjects: [user(`system:${name}`)],
      rules: everything,
    }),
  ),
  {
    name: 'kube-system-service-accounts',
    precedence: 900,
    level: 'workload-high',
    by: 'ByNamespace',
    subjects: [systemAccounts],
    rules: everything,
  },
  {
    name: 'service-accounts',
    precedence: 9000,
    level: 'workload-low',
    by: 'ByUser',
    subjects: [group('system:serviceaccounts')],
    rules: everything,
  },
  { name: 'global-default', precedence: 9900, level: 'global-default', by: 'ByUser', subjects: everybody, rules: everything },
  { name: 'catch-all', precedence: 10_000, level: 'catch-all', by: 'ByUser', subjects: everybody, rules: everything },
];

/** Flow schemas and priority levels of an empty cluster. `nowIso` is when their condition was found. */
export const flowControlObjects = (nowIso: string): readonly BootstrapObject[] => [
  ...levels,
  ...FLOWS.map(({ name, precedence, level: of, by, subjects, rules }): BootstrapObject => {
    const message = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(of)} and it exists`;
    return {
      resource: `${GROUP}/flowschemas`,
      apiVersion: `${GROUP}/v1`,
      kind: 'FlowSchema',
      name,
      generation: 1,
      annotations: ANNOTATIONS,
      rest: {
        spec: {
          priorityLevelConfiguration: { name: of },
          matchingPrecedence: precedence,
          ...(by && { distinguisherMethod: { type: by } }),
          rules: [{ subjects, ...rules }],
        },
        status: { conditions: [{ type: 'Dangling', status: 'False', lastTransitionTime: nowIso, reason: 'Found', message }] },
      },
    };
  }),
];
