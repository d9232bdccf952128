import assert from 'node:assert/strict';
import type { CoreEvent, Deployment, Node, Pod } from '../../gen/kubernetes-types.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { deployment } from '../kinds/apps/deployment.ts';
import { event } from '../kinds/core/event.ts';
import { namespace } from '../kinds/core/namespace.ts';
import { node } from '../kinds/core/node.ts';
import { KUBELET_STOPPED } from '../kinds/core/node-heartbeat.ts';
import { pod } from '../kinds/core/pod/pod.ts';
import { kinds } from '../kinds/index.ts';
import { builtInAdmission } from '../kube/admission/chain.ts';
import type { Cluster, DeleteOptions } from '../kube/cluster.ts';
import { CLUSTERS, type ClusterRecord } from '../kube/clusters.ts';
import type { Kind } from '../kube/kind.ts';
import type { KubeObject } from '../kube/object.ts';
import { indexesOf } from '../kube/registry/indexes.ts';
import { runningClusters } from '../kube/write/open-cluster.ts';
import { clusterControllers } from './index.ts';
import { isReady } from './pod-control.ts';

const SCOPE = 'c';
export const START_MS = Date.UTC(2026, 10, 21);

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "90s", "10m", "30d" in ms. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (!match) throw new Error(`no duration: ${text}`);
  return Number(match[1]) * (UNITS[match[2] as string] as number); // the pattern allows known units alone
}

/** A body of JSON parts as a test writes it: what the server fills in is left out. */
type Body = { readonly [field: string]: unknown };

export const container = (more: Body = {}): Body => ({ name: 'main', image: 'nginx', ...more });
export const template = (labels: Body, spec: Body = {}, annotations?: Body): Body => ({
  metadata: { labels, ...(annotations && { annotations }) },
  spec: { containers: [container()], ...spec },
});

/** One running cluster with all its controllers in a world of virtual time. Every step settles, and fails when a controller threw. */
export class Scenario {
  readonly world: World;
  readonly #open = runningClusters(builtInAdmission);

  constructor({ nodes = 0, version = '1.36.2' }: { readonly nodes?: number; readonly version?: string } = {}) {
    this.world = new World({
      name: 'scenario',
      seed: 'scenario',
      indexes: indexesOf(kinds),
      controllers: clusterControllers((tx, scope, component) => this.#open(tx, scope, component)),
      journal: memoryJournal(),
      hostNowMs: START_MS,
    });
    const record: ClusterRecord = {
      scope: SCOPE,
      version,
      fqdn: 'c.test',
      issuer: 'https://c.test',
      running: true,
      serviceCidr: '10.0.0.0/16',
      podCidr: '10.244.0.0/16',
      dnsServiceIp: '10.0.0.10',
      caCertificate: 'PEM',
      resourceId: '/test',
    };
    this.world.transact((tx) => tx.put(CLUSTERS, SCOPE, record));
    this.create(namespace, { metadata: { name: 'default' } });
    for (let i = 0; i < nodes; i++) this.node(`node-${i}`, {}, i);
  }

  /** Runs a part of a test as a client of the cluster, then lets the controllers settle. */
  run<T>(work: (cluster: Cluster) => T): T {
    const result = this.world.transact((tx) => {
      const cluster = this.#open(tx, SCOPE, 'test');
      if (!cluster) throw new Error('the cluster does not run');
      return work(cluster);
    });
    this.settle();
    return result;
  }

  settle(): void {
    assert.ok(this.world.settle(1_000_000), 'controllers do not come to rest');
    this.#expectNoFailure();
  }

  /** Lets world time pass. */
  after(duration: string): this {
    assert.ok(this.world.advanceTo(this.world.nowMs + durationMs(duration), 1_000_000), 'controllers do not come to rest');
    this.#expectNoFailure();
    return this;
  }

  #expectNoFailure(): void {
    for (const [name, { failures, lastError }] of this.world.stats) assert.equal(failures, 0, `${name}: ${lastError}`);
  }

  create<T extends KubeObject = KubeObject>(kind: Kind, object: { readonly metadata: Body; readonly [field: string]: unknown }): T {
    const metadata = kind.namespaced ? { namespace: 'default', ...object.metadata } : object.metadata;
    // Tests write metadata as plain parts.
    return this.run((cluster) => cluster.create<T>(kind, { ...object, metadata: metadata as { name: string } }));
  }

  /** Stops or starts the cluster. */
  setRunning(running: boolean): void {
    this.world.transact((tx) => {
      const record = tx.get<ClusterRecord>(CLUSTERS, SCOPE)?.value as ClusterRecord; // written when the scenario began
      tx.put(CLUSTERS, SCOPE, { ...record, running });
    });
    this.settle();
  }

  get<T extends KubeObject = KubeObject>(kind: Kind, name: string, namespaceName = 'default'): T {
    const found = this.find<T>(kind, name, namespaceName);
    assert.ok(found, `${kind.kind} ${name} does not exist`);
    return found;
  }

  find<T extends KubeObject = KubeObject>(kind: Kind, name: string, namespaceName = 'default'): T | undefined {
    return this.#read((cluster) => cluster.get<T>(kind, kind.namespaced ? namespaceName : undefined, name));
  }

  list<T extends KubeObject = KubeObject>(kind: Kind, namespaceName?: string): T[] {
    return this.#read((cluster) => cluster.list<T>(kind, namespaceName));
  }

  #read<T>(work: (cluster: Cluster) => T): T {
    return this.world.transact((tx) => work(this.#open(tx, SCOPE, 'test') as Cluster)); // it runs for the whole test
  }

  /** Changes an object as `change` says; a merge of the top level of spec and metadata is left to the caller. */
  update<T extends KubeObject>(kind: Kind, name: string, change: (object: T) => unknown): T {
    return this.run((cluster) => {
      const object = cluster.get<T>(kind, kind.namespaced ? 'default' : undefined, name);
      assert.ok(object, `${kind.kind} ${name} does not exist`);
      return cluster.update<T>(kind, change(object) as T); // tests write parts of the generated types
    });
  }

  /** Merges fields into spec. */
  patch(kind: Kind, name: string, spec: Body): void {
    this.update(kind, name, (object) => ({ ...object, spec: { ...(object.spec as Body), ...spec } }));
  }

  updateStatus<T extends KubeObject>(kind: Kind, name: string, change: (object: T) => unknown): void {
    this.run((cluster) => {
      const object = cluster.get<T>(kind, kind.namespaced ? 'default' : undefined, name);
      assert.ok(object, `${kind.kind} ${name} does not exist`);
      cluster.updateStatus<T>(kind, change(object) as T);
    });
  }

  delete(kind: Kind, name: string, options?: DeleteOptions): void {
    this.run((cluster) => cluster.delete(kind, kind.namespaced ? 'default' : undefined, name, options));
  }

  /** A Ready node of 4 CPUs, 16 GiB and 110 pods. */
  node(name: string, more: { readonly labels?: Body; readonly spec?: Body; readonly allocatable?: Body } = {}, index = 0): void {
    const allocatable = { cpu: '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110', ...more.allocatable };
    const at = new Date(this.world.nowMs).toISOString().slice(0, 19) + 'Z';
    this.create(node, {
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
      spec: { podCIDR: `10.${244 + (index >> 8)}.${index & 255}.0/24`, ...more.spec },
      status: {
        capacity: allocatable,
        allocatable,
        addresses: [{ type: 'InternalIP', address: `10.1.${(index + 1) >> 8}.${(index + 1) & 255}` }],
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: at, lastTransitionTime: at }],
      },
    });
  }

  /** The node falls silent, as when its machine stops. */
  stopKubelet(name: string): void {
    const at = new Date(this.world.nowMs).toISOString();
    this.update<Node>(node, name, (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [KUBELET_STOPPED]: at } },
    }));
  }

  startKubelet(name: string): void {
    this.update<Node>(node, name, ({ metadata: { annotations, ...metadata }, ...rest }) => {
      const { [KUBELET_STOPPED]: _, ...others } = annotations ?? {};
      return { ...rest, metadata: { ...metadata, annotations: others } };
    });
  }

  setNodeReady(name: string, status: 'True' | 'False' | 'Unknown'): void {
    this.updateStatus<Node>(node, name, (object) => ({
      ...object,
      status: { ...object.status, conditions: object.status?.conditions?.map((c) => (c.type === 'Ready' ? { ...c, status } : c)) },
    }));
  }

  deployment(name: string, spec: Body = {}, pods: Body = {}): void {
    const labels = { app: name };
    this.create(deployment, { metadata: { name }, spec: { selector: { matchLabels: labels }, template: template(labels, pods), ...spec } });
  }

  pod(name: string, spec: Body = {}, metadata: Body = {}): Pod {
    return this.create<Pod>(pod, { metadata: { name, ...metadata }, spec: { containers: [container()], ...spec } });
  }

  pods(label?: string): Pod[] {
    const [key = '', value] = label?.split('=') ?? [];
    return this.list<Pod>(pod).filter((each) => !label || each.metadata.labels?.[key] === value);
  }

  /** "reason: message" of the events about an object, in order of their names' age. */
  events(name: string): string[] {
    return this.list<CoreEvent>(event)
      .filter(({ involvedObject }) => involvedObject.name === name)
      .sort((a, b) => ((a.firstTimestamp ?? '') < (b.firstTimestamp ?? '') ? -1 : 1))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  expectEvent(name: string, pattern: RegExp | string): void {
    const events = this.events(name);
    const matches = (text: string) => (typeof pattern === 'string' ? text === pattern : pattern.test(text));
    assert.ok(events.some(matches), `no event ${pattern} of ${name} among:\n${events.join('\n')}`);
  }

  /** So many pods with that label are ready and not leaving. */
  expectReady(count: number, label?: string): void {
    const ready = this.pods(label).filter((each) => isReady(each) && !each.metadata.deletionTimestamp);
    const state = this.pods(label).map((each) => `${each.metadata.name} ${each.status?.phase} ${JSON.stringify(each.status?.conditions)}`);
    assert.equal(ready.length, count, state.join('\n'));
  }

  deploymentStatus(name: string): NonNullable<Deployment['status']> {
    return this.get<Deployment>(deployment, name).status ?? {};
  }
}
