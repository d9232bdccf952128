import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedKinds } from '../../src/kinds/index.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';

const NAME = /^[a-z_]+$/;
const LINE = /^([a-z_]+)(?:\{((?:[a-z_]+="[^"\\]*",?)*)\})? (\S+)$/;

/** Samples by name of a text in Prometheus' format; fails where a line is none. */
function samplesOf(text: string): Map<string, Map<string, number>> {
  const samples = new Map<string, Map<string, number>>();
  const types = new Map<string, string>();
  for (const line of text.trimEnd().split('\n')) {
    const [, sign, name = ''] = /^# (HELP|TYPE) (\S+) /.exec(line) ?? [];
    if (sign) {
      assert.match(name, NAME);
      if (sign === 'TYPE') types.set(name, line.split(' ')[3] ?? '');
      continue;
    }
    const [, metric = '', labels = '', value] = LINE.exec(line) ?? assert.fail(line);
    assert.ok(types.has(metric) || types.get(metric.replace(/_(bucket|sum|count)$/, '')) === 'histogram', `${metric} has a type`);
    const own = samples.get(metric) ?? new Map<string, number>();
    samples.set(metric, own);
    assert.ok(!own.has(labels), `${metric}{${labels}} stands there once`);
    own.set(labels, Number(value));
  }
  return samples;
}

test('metrics are well formed and tell what happened', async () => {
  // Counts are of clusters by their name.
  const server = testServer(servedKinds, { cluster: { scope: 'metrics' } });
  const read = async () => samplesOf((await server.send({ path: '/metrics' })).text);
  const before = await read();
  assert.deepEqual([...(before.get('apiserver_requested_deprecated_apis') ?? [])], []);
  const maps = '/api/v1/namespaces/default/configmaps';
  await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'default' } } });
  for (const name of ['a', 'b']) await server.send({ method: 'POST', path: maps, body: { metadata: { name } } });
  await server.send({ path: `${maps}/missing` });
  await server.send({ path: '/api/v1/endpoints' });
  await server.watch({ path: `${maps}?watch=true` });
  const after = await read();
  const total = (pattern: RegExp) =>
    [...(after.get('apiserver_request_total') ?? [])].filter(([labels]) => pattern.test(labels)).map(([, value]) => value);
  assert.deepEqual(total(/code="201".*resource="configmaps",scope="namespace".*verb="CREATE"/), [2]);
  assert.deepEqual(total(/code="404".*resource="configmaps",scope="resource".*verb="GET"/), [1]);
  assert.equal(after.get('apiserver_resource_objects')?.get('group="",resource="configmaps"'), 2);
  assert.equal(after.get('apiserver_longrunning_requests')?.get('component="apiserver",verb="WATCH"'), 1);
  assert.deepEqual(
    [...(after.get('apiserver_requested_deprecated_apis') ?? [])],
    [['group="",removed_release="",resource="endpoints",subresource="",version="v1"', 1]],
  );
  const [[build = '', one] = []] = after.get('kubernetes_build_info') ?? [];
  assert.match(build, /git_version="v1\.36\.2",.*major="1",minor="36"/);
  assert.equal(one, 1);
  assert.deepEqual([...(after.get('apiserver_current_inflight_requests')?.values() ?? [])], [0, 0]);
});
