import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  ListWatch,
  PatchStrategy,
  type V1ConfigMap,
  type V1Lease,
  V1MicroTime,
  Watch,
} from '@kubernetes/client-node';
import { Arm } from './support/arm.ts';
import { Service } from './support/service.ts';

const LIMIT_MS = 50_000;
const PAST_HISTORY_MS = 11 * 60_000;

/** Repeats until there is something, as tests of a cache that follows the server must. */
async function eventually(what: string, isSo: () => boolean): Promise<void> {
  for (const limitMs = performance.now() + LIMIT_MS; performance.now() < limitMs; ) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`${what}: not so after ${LIMIT_MS} ms`);
}

const refused = (code: number) => (error: unknown) => error instanceof ApiException && error.code === code;

/** Watches of an informer, which the test can cut off and hold back. */
class CuttableWatch extends Watch {
  #streams: AbortController[] = [];
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  override async watch(...args: Parameters<Watch['watch']>): Promise<AbortController> {
    await this.#gate;
    const [path, query, callback, done] = args;
    // What the library calls an abort, it does not resume from; a broken connection, which this stands for, it does.
    const stream = await super.watch(path, query, callback, (error) => done(this.#streams.length === 0 ? null : error));
    this.#streams.push(stream);
    return stream;
  }

  cut(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
    const streams = this.#streams;
    this.#streams = [];
    for (const stream of streams) stream.abort();
  }

  mend(): void {
    this.#open();
  }
}

suite('clients of @kubernetes/client-node', () => {
  let service: Service;
  let config: KubeConfig;
  let core: CoreV1Api;
  const ends: (() => Promise<void>)[] = [];
  before(async () => {
    service = await Service.start({ after: (end) => void ends.push(end as () => Promise<void>) });
    const arm = await Arm.login(service);
    await arm.createCluster();
    config = new KubeConfig();
    config.loadFromString(await arm.kubeconfig());
    core = config.makeApiClient(CoreV1Api);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const create = (name: string, data: Record<string, string> = {}, namespace = 'default') =>
    core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { test: 'informer' } }, data } });
  const change = (name: string, data: Record<string, string>) =>
    core.replaceNamespacedConfigMap({ namespace: 'default', name, body: { metadata: { name, labels: { test: 'informer' } }, data } });
  const remove = (name: string) => core.deleteNamespacedConfigMap({ namespace: 'default', name });

  /** An informer on the maps that this suite makes, and how often it has listed them. */
  function inform() {
    const watch = new CuttableWatch(config);
    const counts = { lists: 0 };
    const events: string[] = [];
    const list = () => {
      counts.lists++;
      return core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'test=informer' });
    };
    const path = '/api/v1/namespaces/default/configmaps';
    const informer = new ListWatch<V1ConfigMap>(path, watch, list, false, 'test=informer', undefined, { delayFn: async () => undefined });
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, ({ metadata }: V1ConfigMap) => void events.push(`${verb} ${metadata?.name}`));
    }
    return { informer, watch, counts, events };
  }

  test('an informer lists, watches, and goes on where it was after its connection broke', async () => {
    await create('first');
    const { informer, watch, counts, events } = inform();
    await informer.start();
    await create('second');
    await change('first', { a: '1' });
    await remove('second');
    await eventually('live events', () => events.length === 4);
    watch.cut();
    await create('third');
    await change('first', { a: '2' });
    watch.mend();
    await eventually('events of the time between', () => events.length === 6);
    assert.deepEqual(events, ['add first', 'add second', 'update first', 'delete second', 'add third', 'update first']);
    assert.equal(informer.get('first', 'default')?.data?.['a'], '2');
    assert.equal(counts.lists, 1);
    await informer.stop();
    await remove('first');
    await remove('third');
  });

  test('an informer that was away for longer than history lasts lists again', async () => {
    await create('stays');
    await create('goes');
    const { informer, watch, counts } = inform();
    await informer.start();
    watch.cut();
    await remove('goes');
    const { driver, world } = service.estate();
    for (const name of ['comes', 'comes-too']) {
      await driver.jumpTo(world.nowMs + PAST_HISTORY_MS);
      await create(name);
    }
    watch.mend();
    await eventually('the list', () => counts.lists === 2);
    const names = () => informer.list('default').map(({ metadata }) => metadata?.name);
    await eventually('the cache', () => names().length === 3);
    assert.deepEqual(names().sort(), ['comes', 'comes-too', 'stays']);
    await informer.stop();
    for (const name of names()) await remove(name ?? '');
  });

  test('a watch from any version brings exactly what came later', async () => {
    const versions = [(await create('resumed')).metadata?.resourceVersion];
    for (const a of ['1', '2', '3']) versions.push((await change('resumed', { a })).metadata?.resourceVersion);
    for (const [i, resourceVersion] of versions.entries()) {
      const seen: string[] = [];
      const query = { resourceVersion, fieldSelector: 'metadata.name=resumed', timeoutSeconds: 1 };
      const watch = new Watch(config);
      const stream = await watch.watch(
        '/api/v1/namespaces/default/configmaps',
        query,
        (_, { data }) => void seen.push(data.a),
        () => undefined,
      );
      const expected = ['1', '2', '3'].slice(i);
      await eventually('later events', () => seen.length >= expected.length);
      stream.abort();
      assert.deepEqual(seen, expected);
    }
    await remove('resumed');
  });

  test('a lease has one holder, whoever races for it', async () => {
    const api = config.makeApiClient(CoordinationV1Api);
    const at = { namespace: 'default', name: 'leader' };
    const lease = (holderIdentity: string, previous?: V1Lease): V1Lease => ({
      metadata: { name: at.name, ...(previous?.metadata?.resourceVersion && { resourceVersion: previous.metadata.resourceVersion }) },
      spec: {
        holderIdentity,
        leaseDurationSeconds: 15,
        renewTime: new V1MicroTime(service.estate().world.nowMs),
        leaseTransitions: previous ? 1 : 0,
      },
    });
    const race = async (attempts: Promise<V1Lease>[]): Promise<V1Lease> => {
      const outcomes = await Promise.allSettled(attempts);
      const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      assert.equal(winners.length, 1);
      assert.ok(losers.every(refused(409)), String(losers[0]));
      return winners[0] as V1Lease; // exactly one
    };
    const names = ['one', 'two', 'three'];
    const made = await race(names.map((name) => api.createNamespacedLease({ namespace: at.namespace, body: lease(name) })));
    const taken = await race(names.map((name) => api.replaceNamespacedLease({ ...at, body: lease(name, made) })));
    const read = await api.readNamespacedLease(at);
    assert.equal(read.spec?.holderIdentity, taken.spec?.holderIdentity);
    assert.match(JSON.stringify(read.spec), /"renewTime":"[^"]+\.\d{6}Z"/);
    await assert.rejects(api.replaceNamespacedLease({ ...at, body: lease('late', made) }), refused(409));
  });

  test('server-side apply: fields have owners', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = async (manager: string, data: Record<string, string>, force?: boolean): Promise<V1ConfigMap> => {
      const spec = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace: 'default' }, data };
      return (await objects.patch(spec, undefined, undefined, manager, force, PatchStrategy.ServerSideApply)) as V1ConfigMap;
    };
    const first = await apply('one', { a: '1', b: '1' });
    assert.deepEqual(
      first.metadata?.managedFields?.map(({ manager, operation }) => [manager, operation]),
      [['one', 'Apply']],
    );
    await assert.rejects(apply('two', { a: '2' }), refused(409));
    assert.deepEqual((await apply('two', { a: '2' }, true)).data, { a: '2', b: '1' });
    assert.deepEqual((await apply('one', { b: '1' })).data, { a: '2', b: '1' });
    assert.deepEqual((await apply('two', {})).data, { b: '1' });
  });
});
