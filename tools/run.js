// Behind every npm script: installs what is missing, then runs the command under the pinned Node.
// Plain JavaScript without dependencies, because it runs on a bare machine's Node 20 before anything is installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, findNode, root, run } from '../bin/runtime.js';

/** Whether `node_modules` holds exactly what the lock file says; packages for other platforms may be missing. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    return present ? present.version === entry.version : entry.optional === true;
  });
}

async function install() {
  process.stderr.write('Installing dependencies (once; about half a minute) …\n');
  const startMs = Date.now();
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
  const npmScript = process.env.npm_execpath;
  const code = npmScript?.endsWith('.js')
    ? await run(process.execPath, [npmScript, ...args], { cwd: root })
    : await run('npm', args, { cwd: root, shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`npm ci ended with ${code}`);
  process.stderr.write(`Installed in ${Math.round((Date.now() - startMs) / 1000)} s.\n`);
}

const TESTS = ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/{structure,scenarios,contract,simulation}/**/*.test.ts'];
const TEST_FLAGS = ['--test', '--test-force-exit', '--test-isolation=none', '--test-timeout=60000'];
const COMPILER = ['node_modules/typescript/bin/tsc', '-p', '.'];
const LINTER = ['node_modules/@biomejs/biome/bin/biome', 'check'];

/** What each npm script runs: argument lists for the pinned Node, in order. All of `check` runs; elsewhere the first failure ends it. */
const commands = {
  start: (args) => [['bin/slipway.js', 'up', '--example', 'examples/first-cluster', ...args]],
  test: (args) => [[...TEST_FLAGS, ...(args.length > 0 ? args : TESTS)]],
  check: (args) => [COMPILER, [...LINTER, ...args]],
  bench: (args) => [['tools/bench/main.ts', ...args]],
  new: (args) => [['tools/new/main.ts', ...args]],
  build: (args) => [['tools/build.ts', ...args]],
  generate: (args) =>
    readdirSync(join(root, 'tools'))
      .filter((name) => /^generate-.*\.ts$/.test(name) && (args.length === 0 || args.includes(name.slice(9, -3))))
      .map((name) => [`tools/${name}`]),
  'test:clients': (args) => [
    ['test/clients/setup.ts'],
    ['tools/build.ts'],
    ['--test', '--test-concurrency=2', '--test-timeout=1500000', ...(args.length > 0 ? args : ['test/clients/**/*.test.ts'])],
  ],
};

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const plan = commands[name];
  if (!plan) throw new Error(`no such command: "${name}". There are: ${Object.keys(commands).join(', ')}`);
  if (!isInstalled()) await install();
  const node = findNode();
  const env = childEnvironment(node);
  let worst = 0;
  for (const step of plan(args)) {
    worst = Math.max(worst, await run(node, step, { cwd: root, env }));
    if (worst !== 0 && name !== 'check') break;
  }
  process.exitCode = worst;
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
