import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNested, readVarint } from '../protobuf/reader.ts';
import { type BuiltInResource, builtInResources } from '../schema/resources.ts';
import { encodeOpenApiV2 } from './gnostic.ts';
import { operationsOf } from './operations.ts';
import { builtInSource, customSource, type Release } from './source.ts';
import { loadTexts } from './texts.ts';
import { openApiV2Document } from './v2.ts';
import { documentOf, openApiV3Document, openApiV3Hash, openApiV3Index } from './v3.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/kubernetes/openapi');
const recorded = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const skip = existsSync(folder) ? false : 'no recorded documents';

/** A release as it is published without anything added. */
const release = (version: string): Release => ({ version, facts: builtInResources(version) });

const widgets: BuiltInResource = {
  group: 'example.com',
  version: 'v1',
  resource: 'widgets',
  singular: 'widget',
  kind: 'Widget',
  namespaced: true,
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  subresources: [],
};

type Tree = { [key: string]: unknown };

/** Some descriptions are followed by one more line break before the list of values; the published ones don't tell which. */
const breaks = (text: string): string => text.replace(/\n+Possible enum values/, '\nPossible enum values');

function comparable(value: unknown): unknown {
  if (typeof value === 'string') return breaks(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

test('version 3: the index names the recorded paths, and every document equals the recorded one', { skip }, async () => {
  const index = openApiV3Index(release('1.36.2'));
  const paths = Object.keys((recorded('v3-index.json') as { paths: Tree }).paths).sort();
  assert.deepEqual(Object.keys(index.paths).sort(), paths);
  for (const path of paths) {
    const document = await openApiV3Document(release('1.36.2'), path);
    assert.ok(document, path);
    assert.deepEqual(
      comparable(JSON.parse(Buffer.from(document).toString())),
      comparable(recorded(`v3-${path.replaceAll('/', '__')}.json`)),
      path,
    );
  }
});

test('version 3: hashes differ by path and release, and the index carries them', () => {
  const hash = openApiV3Hash(release('1.36'), 'apis/apps/v1');
  assert.match(hash ?? '', /^[0-9A-F]{64}$/);
  assert.notEqual(hash, openApiV3Hash(release('1.35'), 'apis/apps/v1'));
  assert.notEqual(hash, openApiV3Hash(release('1.36'), 'apis/batch/v1'));
  assert.equal(openApiV3Index(release('1.36')).paths['apis/apps/v1']?.serverRelativeURL, `/openapi/v3/apis/apps/v1?hash=${hash}`);
  assert.equal(openApiV3Hash(release('1.33'), 'apis/resource.k8s.io/v1'), undefined);
});

test('an older release publishes its own fields and paths', async () => {
  const read = async (version: string) =>
    JSON.parse(Buffer.from((await openApiV3Document(release(version), 'api/v1')) ?? '').toString()) as { components: { schemas: Tree } };
  const containerOf = async (version: string) =>
    ((await read(version)).components.schemas['io.k8s.api.core.v1.Container'] as { properties: Tree }).properties;
  assert.ok(!('restartPolicyRules' in (await containerOf('1.33'))));
  assert.ok('restartPolicyRules' in (await containerOf('1.34')));
  assert.equal(await openApiV3Document(release('1.33'), 'apis/resource.k8s.io/v1'), undefined);
  assert.equal(await openApiV3Document(release('1.36'), 'apis/example.com/v1'), undefined);
});

test('custom resources are published with their own definitions and media types', async () => {
  const texts = await loadTexts();
  const base = builtInSource('example.com', 'v1', [widgets], 36, texts);
  const source = customSource(base, ({ kind, group }) => (group === 'example.com' ? `com.example.v1.${kind}` : undefined));
  const object = {
    type: 'object',
    properties: { metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' } },
  };
  const schemas = { 'com.example.v1.Widget': object, 'com.example.v1.WidgetList': { type: 'object' } };
  const document = (await documentOf('1.36', operationsOf(source), [], schemas)) as { paths: Tree; components: { schemas: Tree } };
  assert.deepEqual(Object.keys(document.paths), [
    '/apis/example.com/v1/',
    '/apis/example.com/v1/namespaces/{namespace}/widgets',
    '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}',
    '/apis/example.com/v1/widgets',
  ]);
  const item = document.paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'] as {
    patch: { requestBody: { content: Tree }; parameters: { name: string }[] };
  };
  assert.deepEqual(Object.keys(item.patch.requestBody.content), [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
  ]);
  assert.ok(item.patch.parameters.some(({ name }) => name === 'fieldValidation'));
  assert.ok('io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry' in document.components.schemas);
});

test('version 2 equals the recorded document', { skip }, async () => {
  assert.deepEqual(comparable(await openApiV2Document(release('1.36'))), comparable(recorded('v2.json')));
});

/** Entries of a named list (a message with name 1 and value 2) inside a field of the document. */
function namedEntries(document: Uint8Array, field: number, inner: number): Map<string, Buffer> {
  const reader = { bytes: Buffer.from(document), at: 0, end: document.length };
  const out = new Map<string, Buffer>();
  while (reader.at < reader.end) {
    const tag = readVarint(reader);
    const nested = readNested(reader);
    if (tag >> 3 !== field) continue;
    while (nested.at < nested.end) {
      assert.equal(readVarint(nested) >> 3, inner);
      const entry = readNested(nested);
      readVarint(entry);
      const name = readNested(entry);
      out.set(name.bytes.toString('utf8', name.at, name.end), entry.bytes.subarray(entry.at, entry.end));
    }
  }
  return out;
}

/** Bytes as text; the fields of a group, version and kind stand in the order in which a walk over a Go map came by. */
const fields = (bytes: Buffer | undefined): string | undefined =>
  bytes?.toString('latin1').replaceAll(/((?:\b(?:group|version|kind): .*\n){3})/g, (lines) => lines.split('\n').sort().join('\n'));

test('the protobuf form of version 2 has the recorded bytes', { skip }, async () => {
  const ours = encodeOpenApiV2(await openApiV2Document(release('1.36')));
  const theirs = readFileSync(join(folder, 'v2.pb'));
  const parts = { paths: [8, 2], definitions: [9, 1], parameters: [10, 1] } as const;
  for (const [part, [field, inner]] of Object.entries(parts)) {
    const [actual, expected] = [namedEntries(ours, field, inner), namedEntries(theirs, field, inner)];
    assert.deepEqual([...actual.keys()], [...expected.keys()], part);
    assert.ok(expected.size > 40, part);
    for (const [name, bytes] of expected) {
      // See `breaks`: lengths differ with it.
      if (bytes.includes('\n\n\nPossible enum values')) continue;
      assert.equal(fields(actual.get(name)), fields(bytes), name);
    }
  }
});

test('every recorded document is one of those that are compared', { skip }, () => {
  const index = Object.keys((recorded('v3-index.json') as { paths: Tree }).paths).map((path) => `v3-${path.replaceAll('/', '__')}.json`);
  assert.deepEqual(readdirSync(folder).sort(), [...index, 'v3-index.json', 'v2.json', 'v2.pb'].sort());
});
