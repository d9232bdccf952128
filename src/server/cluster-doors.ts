import type { Certificates } from '../engines/certificates/certificates.ts';
import type { ExtraPort, Listener } from '../engines/listener/options.ts';
import type { Change } from '../kernel/collection.ts';
import type { World } from '../kernel/world.ts';
import { CLUSTERS, type ClusterRecord, clusterRecord } from '../kube/clusters.ts';

/** Remembers ports between runs. */
export interface PortMemory {
  recall(scope: string): number | undefined;
  /** undefined forgets. */
  remember(scope: string, port: number | undefined): void;
  /** Hears that no port could be opened for a cluster. */
  failed(scope: string, error: unknown): void;
}

/**
 * What the host does for each cluster of a world: its authority, which the world asks for by writing a record without one
 * (DESIGN §3), and a loopback port of its own.
 */
export class ClusterDoors {
  readonly #world: World;
  readonly #certificates: Certificates;
  readonly #listener: () => Listener | undefined;
  readonly #memory: PortMemory;
  readonly #ports = new Map<string, ExtraPort | 'opening'>();
  readonly #stop: () => void;
  #closed = false;

  constructor(world: World, certificates: Certificates, listener: () => Listener | undefined, memory: PortMemory) {
    this.#world = world;
    this.#certificates = certificates;
    this.#listener = listener;
    this.#memory = memory;
    this.#stop = world.onCommit(({ changes }) => {
      for (const change of changes) if (change.collection === CLUSTERS) this.#changed(change);
    });
    for (const { value } of world.reader.list<ClusterRecord>(CLUSTERS)) this.#arrived(value);
  }

  /** The loopback port of a cluster; undefined while it is being opened. */
  port(scope: string): number | undefined {
    const port = this.#ports.get(scope);
    return typeof port === 'object' ? port.port : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    await Promise.all([...this.#ports.values()].map((port) => (typeof port === 'object' ? port.close() : undefined)));
  }

  #changed(change: Change): void {
    // Collection CLUSTERS holds records alone.
    if (change.entry) this.#arrived(change.entry.value as ClusterRecord);
    else this.#left(change.key);
  }

  #arrived(record: ClusterRecord): void {
    if (!record.caCertificate) setImmediate(() => this.#answer(record.scope));
    if (!this.#ports.has(record.scope)) void this.#open(record).catch((error: unknown) => this.#failed(record.scope, error));
  }

  /** Without a port of its own a cluster is still reached through the proxy; the next change of it tries again. */
  #failed(scope: string, error: unknown): void {
    this.#ports.delete(scope);
    if (!this.#closed) this.#memory.failed(scope, error);
  }

  /** The engine's answer to the intent: a transaction of its own, like any input. */
  #answer(scope: string): void {
    // A world that was closed meanwhile takes no answers any more.
    if (this.#closed) return;
    const caCertificate = this.#certificates.clusterCa(scope);
    this.#world.transact((tx) => {
      const record = clusterRecord(tx, scope);
      if (record && !record.caCertificate) tx.put(CLUSTERS, scope, { ...record, caCertificate });
    });
  }

  async #open(record: ClusterRecord): Promise<void> {
    const listener = this.#listener();
    if (!listener) return;
    this.#ports.set(record.scope, 'opening');
    const door = { host: record.fqdn, world: this.#world.name };
    const before = this.#memory.recall(record.scope);
    // Somebody else may have taken the port since; any other one serves as well.
    const known = before === undefined ? undefined : await listener.openPort({ ...door, port: before }).catch(() => undefined);
    const port = known ?? (await listener.openPort(door));
    // Meanwhile the cluster was deleted, or its world closed.
    if (this.#closed || !clusterRecord(this.#world.reader, record.scope)) {
      await port.close();
      return;
    }
    this.#ports.set(record.scope, port);
    if (port.port !== before) this.#memory.remember(record.scope, port.port);
  }

  #left(scope: string): void {
    const port = this.#ports.get(scope);
    this.#ports.delete(scope);
    this.#memory.remember(scope, undefined);
    if (typeof port === 'object') void port.close();
  }
}
