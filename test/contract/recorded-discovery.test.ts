import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kinds } from '../../src/kinds/index.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';

const folder = new URL('../../../shared/data/kubernetes/', import.meta.url);
const skip = existsSync(folder) ? false : 'no recorded documents here';
const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

for (const root of ['api', 'apis']) {
  test(`/${root} is what a real 1.36 serves`, { skip }, async () => {
    const recorded: unknown = JSON.parse(readFileSync(new URL(`discovery-${root}-v2.json`, folder), 'utf8'));
    const answer = await testServer(kinds).send({ path: `/${root}`, headers: { accept: ACCEPT } });
    assert.deepEqual(answer.json, recorded);
    assert.equal(JSON.stringify(answer.json), JSON.stringify(recorded), 'also in the order of fields');
  });
}

test('older releases serve less', async () => {
  const groups = async (version: string) => {
    const { groups: found } = (await testServer(kinds, { version }).send({ path: '/apis' })).json as { groups: { name: string }[] };
    return found.map(({ name }) => name);
  };
  assert.ok(!(await groups('1.33.1')).includes('resource.k8s.io'));
  assert.ok((await groups('1.34.1')).includes('resource.k8s.io'));
});
