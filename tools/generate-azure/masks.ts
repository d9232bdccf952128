// Writes gen/azure/masks.json: for each namespace one superset of its types' properties, with a bit per api-version.
// Run: node tools/generate-azure/masks.ts [folder]   (needs npm and a package registry; packages go to a temporary folder, or stay in the
// folder given)
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Model } from './model.ts';
import { SOURCES } from './packages.ts';
import { readMappers } from './read-mappers.ts';
import { readModels } from './read-models.ts';
import { type Superset, superset } from './superset.ts';

const kept = process.argv[2];
const work = kept ?? mkdtempSync(join(tmpdir(), 'azure-sdk-'));

/** The unpacked package; fetched unless it is there. */
function fetchPackage(name: string, release: string): string {
  const folder = join(work, name.replace('@azure/', ''), release);
  if (existsSync(join(folder, 'package'))) return folder;
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('npm', ['pack', `${name}@${release}`, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  return folder;
}

/** Folders of the package that hold its models as ES modules. */
function modelFolder(folder: string): string {
  const folders = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:dist\/esm|dist-esm\/src)\/models$/.test(name),
  );
  const [found] = folders.sort((a, b) => a.length - b.length);
  if (!found) throw new Error(`${folder} has no models`);
  return join(folder, found);
}

/** All files of that name below a folder: large packages spread their models over several. */
const textBelow = (folder: string, name: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.split('/').at(-1) === name)
    .sort()
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');

async function readPackage(folder: string): Promise<Model> {
  const models = modelFolder(folder);
  const mappers = join(models, 'mappers.js');
  if (!existsSync(mappers)) return readModels(textBelow(models, 'models.js'), textBelow(models, 'models.d.ts'));
  // Most of these packages don't say that they are ES modules.
  copyFileSync(mappers, join(folder, 'mappers.mjs'));
  return readMappers(await import(pathToFileURL(join(folder, 'mappers.mjs')).href), readFileSync(join(models, 'index.d.ts'), 'utf8'));
}

const masks: { [namespace: string]: Superset } = {};
try {
  for (const [namespace, { name, editions, roots }] of Object.entries(SOURCES)) {
    const read = [];
    for (const { version, release } of editions) {
      const folder = fetchPackage(name, release);
      read.push({ version, model: await readPackage(folder) });
    }
    masks[namespace] = superset(read, roots);
  }
} finally {
  if (!kept) rmSync(work, { recursive: true });
}

/** One line per shape: the table stays readable in a diff and small on disk. */
const packed = (value: object): string =>
  `{\n${Object.entries(value)
    .map(([name, item]) => `   ${JSON.stringify(name)}: ${JSON.stringify(item)}`)
    .join(',\n')}\n  }`;
const text = Object.entries(masks).map(
  ([namespace, { versions, roots, shapes, enums }]) =>
    ` ${JSON.stringify(namespace)}: {\n  "versions": ${JSON.stringify(versions)},\n  "roots": ${packed(roots)},\n  "shapes": ${packed(shapes)},\n  "enums": ${packed(enums)}\n }`,
);
writeFileSync(new URL('../../gen/azure/masks.json', import.meta.url), `{\n${text.join(',\n')}\n}\n`);
