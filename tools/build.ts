/** `npm run build`: one bundle of the server, `dist/slipway.js`, that starts in half the time of the sources. */
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = 'src/server/main.ts';

/** Dependencies that are still CommonJS call `require`, which a module does not have. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A file beside the code, found from it at run time: a worker's entry or a table that is read, not imported. */
const FILE_URL = /new URL\(\s*'(\.{1,2}\/[^']+)'\s*,\s*import\.meta\.url\s*\)/g;

/** Output name without extension; a worker is named after its folder too, because several engines may have a "worker.ts". */
const outputName = (entry: string) => (entry === main ? 'slipway' : `${basename(dirname(entry))}-${basename(entry, '.ts')}`);

/** Points `new URL('./x', import.meta.url)` to where `x` is from the bundle, and reports code among it as more entries. */
function relocateFiles(entries: Set<string>, outdir: string): Plugin {
  return {
    name: 'relocate-files',
    setup(context) {
      context.onLoad({ filter: /[\\/](src|gen)[\\/].*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace(FILE_URL, (_, specifier: string) => {
          const target = relative(root, resolve(dirname(path), specifier)).replaceAll('\\', '/');
          if (!target.endsWith('.ts')) return `new URL('${relative(outdir, join(root, target)).replaceAll('\\', '/')}', import.meta.url)`;
          entries.add(target);
          return `new URL('./${outputName(target)}.js', import.meta.url)`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** Bundles the entries; returns those that the code turned out to start besides. */
async function bundle(entries: readonly string[], outdir: string): Promise<Set<string>> {
  const found = new Set<string>();
  await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: entry, out: outputName(entry) })),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: BANNER },
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    legalComments: 'linked',
    // Beside the entries, so that a file's place relative to the code does not depend on how it was split.
    chunkNames: '[name]-[hash]',
    plugins: [relocateFiles(found, outdir)],
    logLevel: 'warning',
  });
  return found;
}

/** Empties a folder and bundles the server into it, as `slipway.js` with what that needs. Returns the number of entries. */
export async function buildServer(outdir: string): Promise<number> {
  let entries = [main];
  for (;;) {
    // Each pass: chunks are named after their content, which differs between passes.
    rmSync(outdir, { recursive: true, force: true });
    const found = await bundle(entries, outdir);
    const all = [...new Set([...entries, ...found])];
    if (all.length === entries.length) return all.length;
    entries = all;
  }
}

if (import.meta.main) {
  const startMs = Date.now();
  const count = await buildServer(join(root, 'dist'));
  process.stdout.write(`dist/slipway.js built in ${Date.now() - startMs} ms (${count} entries)\n`);
}
