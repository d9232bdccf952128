/** `npm run new <what> <name>`: writes a definition with its test and lists it. Never overwrites. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addToList } from './definition-list.ts';
import { type KnownResource, newAddon, newController, newKind, newType, type Scaffold } from './scaffold.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function knownResources(): KnownResource[] {
  const text = readFileSync(join(root, 'gen/kubernetes/resources.json'), 'utf8');
  return (JSON.parse(text) as { resources: KnownResource[] }).resources;
}

const makers: Readonly<Record<string, { readonly usage: string; make(name: string): Scaffold }>> = {
  kind: { usage: 'kind <group>/<Kind>', make: (name) => newKind(name, knownResources()) },
  type: { usage: 'type <Microsoft.Namespace>/<type>', make: newType },
  controller: { usage: 'controller <name>', make: newController },
  addon: { usage: 'addon <name>', make: newAddon },
};

function write({ files, list }: Scaffold): void {
  const listFile = join(root, list.path);
  if (!existsSync(listFile)) throw new Error(`${list.path} is not there yet; nothing was written`);
  const existing = files.find(({ path }) => existsSync(join(root, path)));
  if (existing) throw new Error(`${existing.path} exists; nothing was written`);
  const listed = addToList(readFileSync(listFile, 'utf8'), list.name, list.from);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: 'wx' });
  }
  writeFileSync(listFile, listed);
  const paths = [...files.map(({ path }) => path), list.path];
  spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...paths], { cwd: root });
  process.stdout.write(`${paths.map((path) => `  ${path}`).join('\n')}\n`);
}

const [what = '', name = ''] = process.argv.slice(2);
const maker = makers[what];
if (!maker || name === '') {
  const usages = Object.values(makers).map(({ usage }) => `  npm run new ${usage}`);
  process.stderr.write(`${usages.join('\n')}\n`);
  process.exitCode = 2;
} else {
  try {
    write(maker.make(name));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
