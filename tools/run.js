// Behind every npm script: installs what is missing, then runs the command under the pinned Node.
// Plain JavaScript without dependencies, because it runs on a bare machine's Node 20 before anything is installed.
import { spawn } from 'node:child_process';
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

/** Tests that mostly wait for processes of their own: they run beside the others, in a second process. */
const BESIDE = /(crash|command)\.test\.ts$|^test\/structure\//;

/** Every test that needs nothing but Node, as two lists of files that run side by side. */
function tests() {
  const files = ['src', 'tools', ...['structure', 'scenarios', 'contract', 'simulation'].map((name) => `test/${name}`)].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .sort(),
  );
  return [files.filter((file) => !BESIDE.test(file)), files.filter((file) => BESIDE.test(file))];
}

/** Runs a step without its output, which is given back to be printed when it does not get in another's way. */
function runAside(command, args, options) {
  const chunks = [];
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks) }));
  });
}

/** Both halves of the tests; the second one's report follows when both are through. */
async function runTests(node, env) {
  const [main, beside] = tests();
  const aside = runAside(node, [...TEST_FLAGS, ...beside], { cwd: root, env });
  const code = await run(node, [...TEST_FLAGS, ...main], { cwd: root, env });
  const second = await aside;
  process.stdout.write(second.output);
  return Math.max(code, second.code);
}

const TEST_FLAGS = ['--import', './tools/property-seed.ts', '--test', '--test-force-exit', '--test-isolation=none', '--test-timeout=60000'];
const COMPILER = ['node_modules/typescript/bin/tsc', '-p', '.'];
const LINTER = ['node_modules/@biomejs/biome/bin/biome', 'check'];

/** What each npm script runs: argument lists for the pinned Node, in order. All of `check` runs; elsewhere the first failure ends it. */
const commands = {
  start: (args) => [['bin/slipway.js', 'up', '--example', 'examples/first-cluster', ...args]],
  test: (args) => [[...TEST_FLAGS, ...args]],
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
  if (name === 'test' && args.length === 0) {
    process.exitCode = await runTests(node, env);
    return;
  }
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
