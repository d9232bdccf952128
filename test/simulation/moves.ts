import type { Random } from '../../src/kernel/random.ts';
import type { ClusterRecord } from '../../src/kube/clusters.ts';
import { clusterBody, clusterPath, groupPath, poolPath } from '../scenarios/support/arm.ts';
import type { Json } from '../scenarios/support/http.ts';
import type { Rehearsal, Reply } from '../scenarios/support/rehearsal.ts';

const GROUPS = ['one', 'two'];
const CLUSTERS = ['a', 'b'];
const POOLS = ['user1', 'user2'];
const NAMES = ['x', 'y', 'z'];
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal';

/** What one step of a simulation does. Whether it is allowed is the service's to say; it must not break anything. */
type Move = (rehearsal: Rehearsal, random: Random) => Promise<Reply | undefined>;

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T; // no list here is empty

const vnetPath = (group: string, name: string): string => `${groupPath(group)}/providers/Microsoft.Network/virtualNetworks/${name}-net`;
const pipPath = (group: string, name: string): string => `${groupPath(group)}/providers/Microsoft.Network/publicIPAddresses/${name}-ip`;

const armMoves: readonly Move[] = [
  (r, random) => r.arm('PUT', groupPath(pick(random, GROUPS)), { location: 'eastus2' }),
  (r, random) => r.arm('PUT', cluster(random), clusterBody({}, { count: 1 + random.below(3) })),
  (r, random) => r.arm('PUT', pool(random), { properties: { mode: 'User', count: random.below(4), vmSize: 'Standard_D2s_v5' } }),
  (r, random) => r.arm('PUT', pool(random), { properties: { count: random.below(4) } }),
  (r, random) => r.arm('DELETE', pool(random)),
  (r, random) => r.arm('POST', `${cluster(random)}/${pick(random, ['stop', 'start', 'start'])}`),
  (r, random) => r.arm('PUT', cluster(random), clusterBody({ kubernetesVersion: pick(random, ['1.34', '1.35', '1.36']) })),
  (r, random) => r.arm('PUT', vnetPath(pick(random, GROUPS), pick(random, NAMES)), vnet(random)),
  (r, random) => r.arm('DELETE', vnetPath(pick(random, GROUPS), pick(random, NAMES))),
  (r, random) =>
    r.arm('PUT', pipPath(pick(random, GROUPS), pick(random, NAMES)), {
      location: 'eastus2',
      sku: { name: 'Standard' },
      properties: { publicIPAllocationMethod: 'Static' },
    }),
  (r, random) => r.arm('DELETE', pipPath(pick(random, GROUPS), pick(random, NAMES))),
];

/** Rarer, since they undo most of what the others did. */
const endings: readonly Move[] = [
  (r, random) => r.arm('DELETE', cluster(random)),
  (r, random) => r.arm('DELETE', groupPath(pick(random, GROUPS))),
];

const cluster = (random: Random): string => clusterPath(pick(random, GROUPS), pick(random, CLUSTERS));
const pool = (random: Random): string => poolPath(pick(random, GROUPS), pick(random, CLUSTERS), pick(random, [...POOLS, 'nodepool1']));

const vnet = (random: Random): Json => ({
  location: 'eastus2',
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: Array.from({ length: random.below(3) }, (_, i) => ({ name: `s${i}`, properties: { addressPrefix: `10.0.${i}.0/24` } })),
  },
});

type KubeMove = (random: Random) => readonly [method: string, path: string, body?: Json, type?: string];
const MERGE = 'application/merge-patch+json';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const services = '/api/v1/namespaces/default/services';
const pods = '/api/v1/namespaces/default/pods';

const kubeMoves: readonly KubeMove[] = [
  (random) => ['POST', deployments, deployment(pick(random, NAMES), random.below(6))],
  (random) => ['PATCH', `${deployments}/${pick(random, NAMES)}`, { spec: { replicas: random.below(8) } }, MERGE],
  (random) => ['DELETE', `${deployments}/${pick(random, NAMES)}`],
  (random) => ['POST', services, serviceOf(pick(random, NAMES), random)],
  (random) => [
    'PATCH',
    `${services}/${pick(random, NAMES)}`,
    { metadata: { annotations: { [INTERNAL]: random.below(2) ? 'true' : null } } },
    MERGE,
  ],
  (random) => ['PATCH', `${services}/${pick(random, NAMES)}`, { spec: { type: pick(random, ['ClusterIP', 'LoadBalancer']) } }, MERGE],
  (random) => ['DELETE', `${services}/${pick(random, NAMES)}`],
  (random) => ['POST', pods, { metadata: { name: pick(random, NAMES) }, spec: { containers: [{ name: 'c', image: 'i' }] } }],
  (random) => ['DELETE', `${pods}/${pick(random, NAMES)}`],
  (random) => ['POST', '/api/v1/namespaces', { metadata: { name: pick(random, NAMES) } }],
  (random) => ['DELETE', `/api/v1/namespaces/${pick(random, NAMES)}`],
];

const deployment = (name: string, replicas: number): Json => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '300m' } } }] },
    },
  },
});

const serviceOf = (name: string, random: Random): Json => ({
  metadata: { name, annotations: random.below(3) === 0 ? { [INTERNAL]: 'true' } : {} },
  spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80 + random.below(2) }] },
});

function kubeMove(rehearsal: Rehearsal, random: Random): Promise<Reply | undefined> {
  const running = rehearsal.clusters.filter(({ caCertificate, running }) => caCertificate && running);
  const [method, path, body, type] = pick(random, kubeMoves)(random);
  const cluster: ClusterRecord | undefined = running[random.below(Math.max(running.length, 1))];
  return cluster ? rehearsal.kube(cluster, method, path, body, type) : Promise.resolve(undefined);
}

/** One random step. Undefined when there was nothing to do it to. */
export function move(rehearsal: Rehearsal, random: Random): Promise<Reply | undefined> {
  const chance = random.below(20);
  if (chance === 0) return pick(random, endings)(rehearsal, random);
  return chance < 9 ? pick(random, armMoves)(rehearsal, random) : kubeMove(rehearsal, random);
}
