import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../kernel/json.ts';
import { inGroup, NOBODY, SUBSCRIPTION, testEstate } from './test-estate.ts';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const READER = '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7';

/** Boxes and crates in two groups, some of which `NOBODY` may read. */
async function estate(names: readonly string[], readable: (name: string) => boolean) {
  const made = testEstate([{ name: 'Contoso.Test/boxes' }, { name: 'Contoso.Test/crates' }]);
  for (const group of ['rg', 'RG-two']) await made.done('PUT', inGroup(group), { location: 'eastus2' });
  const ids = names.map((name, i) => inGroup(i % 3 ? 'rg' : 'RG-two', `Contoso.Test/${i % 2 ? 'boxes' : 'crates'}/${name}`));
  for (const [i, id] of ids.entries()) {
    await made.done('PUT', id, { location: 'eastus2' });
    if (!readable(names[i] ?? '')) continue;
    const assignment = `${id}/providers/Microsoft.Authorization/roleAssignments/44444444-4444-4444-8444-${String(i).padStart(12, '0')}`;
    const properties = { roleDefinitionId: READER, principalId: NOBODY.objectId };
    assert.equal((await made.call('PUT', assignment, { properties })).status, 201);
  }
  return { ...made, ids };
}

test('pages hold every resource once, in one order, whatever their size, and only what the caller may read', async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,6}[A-Za-z0-9]$/), {
    selector: (name) => name.toLowerCase(),
    maxLength: 9,
  });
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 1, max: 6 }), fc.boolean(), async (all, top, restricted) => {
      const isReadable = (name: string): boolean => name.length % 2 === 0;
      const { call, ids } = await estate(all, isReadable);
      const as = restricted ? { as: NOBODY } : {};
      const seen: string[] = [];
      let path: string | undefined = `${SUB}/resources?$top=${top}`;
      for (let pages = 0; path !== undefined; pages++) {
        assert.ok(pages <= all.length + 1, 'the pages end');
        const { status, body }: { status: number; body: JsonObject } = await call('GET', path, undefined, as);
        assert.equal(status, 200);
        const page = (body['value'] as JsonObject[]).map(({ id }) => String(id));
        assert.ok(page.length <= top);
        seen.push(...page);
        const next = body['nextLink'];
        assert.ok(next === undefined || page.length === top, 'no page but the last is short');
        path = typeof next === 'string' ? new URL(next).pathname + new URL(next).search : undefined;
      }
      const expected = ids.filter((_, i) => !restricted || isReadable(all[i] ?? ''));
      assert.deepEqual(
        seen,
        expected.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
      );
    }),
    { numRuns: 40 },
  );
});

test('a page that begins where something was deleted goes on after it', async () => {
  const { call, done } = await estate(['a', 'b', 'c', 'd'], () => false);
  const first = await call('GET', `${SUB}/resources?$top=2`);
  const names = (body: JsonObject): unknown[] => (body['value'] as JsonObject[]).map(({ name }) => name);
  const [, last] = (first.body['value'] as JsonObject[]).map(({ id }) => String(id));
  await done('DELETE', last ?? '');
  const next = new URL(String(first.body['nextLink']));
  const second = await call('GET', next.pathname + next.search);
  assert.deepEqual([...names(first.body), ...names(second.body)].toSorted(), ['a', 'b', 'c', 'd']);
  for (const top of ['0', '-1', 'x', '1.5', '1e9999']) assert.equal((await call('GET', `${SUB}/resources?$top=${top}`)).status, 400, top);
});
