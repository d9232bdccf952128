import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestInfo } from '../pipeline/request-info.ts';
import { countRequest, renderMetrics, wasRequested } from './metrics.ts';

const info = (method: string, path: string) => requestInfo(method, path, new URLSearchParams());
const linesOf = (cluster: string, start: string): string[] =>
  renderMetrics(cluster, [])
    .split('\n')
    .filter((line) => line.startsWith(start));

test('requests are counted by labels and code, and fill the buckets from their own upwards', () => {
  countRequest('a', info('GET', '/api/v1/namespaces/n/pods/p'), 200, 4);
  countRequest('a', info('GET', '/api/v1/namespaces/n/pods/q'), 200, 30);
  countRequest('a', info('GET', '/api/v1/namespaces/n/pods/r'), 404, 90_000);
  const labels = 'component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="",verb="GET",version="v1"';
  assert.deepEqual(linesOf('a', 'apiserver_request_total'), [
    `apiserver_request_total{code="200",${labels}} 2`,
    `apiserver_request_total{code="404",${labels}} 1`,
  ]);
  const name = 'apiserver_request_duration_seconds';
  const buckets = linesOf('a', `${name}_bucket`);
  assert.equal(buckets[0], `${name}_bucket{${labels},le="0.005"} 1`);
  assert.equal(buckets[1], `${name}_bucket{${labels},le="0.025"} 1`);
  assert.equal(buckets[2], `${name}_bucket{${labels},le="0.05"} 2`);
  assert.equal(buckets.at(-2), `${name}_bucket{${labels},le="60"} 2`);
  assert.equal(buckets.at(-1), `${name}_bucket{${labels},le="+Inf"} 3`);
  assert.deepEqual(linesOf('a', `${name}_count`), [`${name}_count{${labels}} 3`]);
});

test('clusters count apart, and what was asked for is known by version', () => {
  countRequest('b', info('GET', '/apis/apps/v1/deployments'), 200, 1);
  countRequest('b', info('PUT', '/apis/batch/v1/namespaces/n/jobs/j/status'), 200, 1);
  assert.ok(wasRequested('b', { group: 'apps', version: 'v1', resource: 'deployments' }));
  assert.ok(!wasRequested('b', { group: 'apps', version: 'v1beta1', resource: 'deployments' }));
  assert.ok(!wasRequested('b', { group: 'batch', version: 'v1', resource: 'jobs' }), 'a subresource is not the resource');
  assert.ok(!wasRequested('c', { group: 'apps', version: 'v1', resource: 'deployments' }));
});

test('names without end do not make series without end, and cannot break a line', () => {
  for (let i = 0; i < 5_000; i++) countRequest('d', info('GET', `/apis/g${i}/v1/things`), 404, 1);
  countRequest('d', info('GET', '/x"\n\\y'), 404, 1);
  const totals = linesOf('d', 'apiserver_request_total');
  assert.ok(totals.length <= 2_001, `${totals.length} series`);
  assert.equal(
    totals.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0),
    5_001,
  );
  countRequest('e', info('GET', '/x"\n\\y'), 404, 1);
  assert.match(linesOf('e', 'apiserver_request_total')[0] ?? '', /subresource="\/xy",verb="GET"/);
});
