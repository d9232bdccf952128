import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openCertificates } from '../engines/certificates/certificates.ts';
import type { Listener } from '../engines/listener/options.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { CLUSTERS, type ClusterRecord, clusterIndex, clusterRecord } from '../kube/clusters.ts';
import { ClusterDoors } from './cluster-doors.ts';

const record = (scope: string): ClusterRecord => ({
  scope,
  version: '1.36.2',
  fqdn: `${scope}.hcp.eastus2.azmk8s.io`,
  issuer: `https://${scope}.hcp.eastus2.azmk8s.io`,
  running: true,
  serviceCidr: '10.0.0.0/16',
  dnsServiceIp: '10.0.0.10',
  resourceId: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${scope}`,
});

/** Ports that can be had: all but those that are taken. */
class Ports implements Pick<Listener, 'openPort'> {
  readonly open = new Set<number>();
  readonly taken = new Set<number>();
  readonly hosts = new Map<number, string>();
  #next = 9000;
  exhausted = false;
  async openPort({ host, port }: Parameters<Listener['openPort']>[0]): ReturnType<Listener['openPort']> {
    await Promise.resolve();
    if (this.exhausted) throw new Error('no port is free');
    const given = port ?? this.#next++;
    if (this.taken.has(given) || this.open.has(given)) throw new Error(`port ${given} is in use`);
    this.open.add(given);
    this.hosts.set(given, host);
    return { port: given, close: async () => void this.open.delete(given) };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(t: TestContext, remembered = new Map<string, number>(), ports = new Ports()) {
  const failures: string[] = [];
  const certificates = openCertificates();
  const world = new World({ name: 'blue', seed: 's', indexes: [clusterIndex], controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  const put = (scope: string): void => world.transact((tx) => void tx.put(CLUSTERS, scope, record(scope)));
  const open = (): ClusterDoors => {
    const doors = new ClusterDoors(world, certificates, () => ports as unknown as Listener, {
      recall: (scope) => remembered.get(scope),
      remember: (scope, port) => void (port === undefined ? remembered.delete(scope) : remembered.set(scope, port)),
      failed: (scope, error) => void failures.push(`${scope}: ${String(error)}`),
    });
    t.after(() => doors.close());
    return doors;
  };
  return { certificates, world, put, open, ports, remembered, failures };
}

test('a cluster gets its authority once, in a transaction of its own', async (t) => {
  const { world, put, open, certificates } = setUp(t);
  open();
  put('a');
  assert.equal(clusterRecord(world.reader, 'a')?.caCertificate, undefined);
  await turn();
  const { revision } = world.reader;
  assert.equal(clusterRecord(world.reader, 'a')?.caCertificate, certificates.clusterCa('a'));
  await turn();
  assert.equal(world.reader.revision, revision);
});

test('clusters that are there already are answered too', async (t) => {
  const { world, put, open } = setUp(t);
  put('a');
  const doors = open();
  await turn();
  assert.ok(clusterRecord(world.reader, 'a')?.caCertificate);
  assert.equal(doors.port('a'), 9000);
});

test('a cluster that is gone again when its turn comes stays gone', async (t) => {
  const { world, put, open, ports, remembered } = setUp(t);
  const doors = open();
  put('a');
  world.transact((tx) => tx.delete(CLUSTERS, 'a'));
  await turn();
  assert.equal(clusterRecord(world.reader, 'a'), undefined);
  assert.equal(doors.port('a'), undefined);
  assert.deepEqual([ports.open.size, remembered.size], [0, 0]);
});

test('its port leads to its host, is remembered, and closes with it', async (t) => {
  const { world, put, open, ports, remembered } = setUp(t);
  const doors = open();
  put('a');
  assert.equal(doors.port('a'), undefined);
  await turn();
  const port = doors.port('a') ?? assert.fail('no port');
  assert.equal(ports.hosts.get(port), 'a.hcp.eastus2.azmk8s.io');
  assert.deepEqual([...remembered], [['a', port]]);
  world.transact((tx) => tx.delete(CLUSTERS, 'a'));
  await turn();
  assert.equal(doors.port('a'), undefined);
  assert.deepEqual([ports.open.size, remembered.size], [0, 0]);
});

test('after a restart a cluster has its port again, or another one when it was taken meanwhile', async (t) => {
  const { put, open, ports, remembered } = setUp(
    t,
    new Map([
      ['a', 7001],
      ['b', 7002],
    ]),
  );
  ports.taken.add(7002);
  put('a');
  put('b');
  const doors = open();
  await turn();
  assert.equal(doors.port('a'), 7001);
  assert.equal(doors.port('b'), 9000);
  assert.deepEqual(
    [...remembered],
    [
      ['a', 7001],
      ['b', 9000],
    ],
  );
});

test('a world that closes keeps no port open, not even one that is just being opened', async (t) => {
  const { put, open, ports, remembered } = setUp(t);
  const doors = open();
  put('a');
  await turn();
  put('b');
  await doors.close();
  await turn();
  assert.equal(ports.open.size, 0);
  assert.ok(remembered.has('a'), 'its next start finds the port');
});

test('a cluster without a free port lives without one, until a port is free when it changes again', async (t) => {
  const { world, put, open, ports, failures, remembered } = setUp(t);
  ports.exhausted = true;
  const doors = open();
  put('a');
  await turn();
  assert.equal(doors.port('a'), undefined);
  assert.ok(clusterRecord(world.reader, 'a')?.caCertificate, 'its authority does not depend on a port');
  assert.match(failures.join(), /^a: Error: no port is free/);
  ports.exhausted = false;
  world.transact((tx) => void tx.put(CLUSTERS, 'a', { ...record('a'), caCertificate: 'c', running: false }));
  await turn();
  const port = doors.port('a') ?? assert.fail('no port');
  assert.deepEqual([...remembered], [['a', port]]);
});
