/** `npm run bench [-- --json] [name …]`: builds the bundle, runs each measure in its own process, one after the other, and prints the figures. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meetsGoal, type Report } from './measure.ts';
import { formatTable } from './table.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const measuresFolder = join(root, 'test', 'bench');
const LIMIT_MS = 5 * 60_000;

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

async function measure(name: string): Promise<Report> {
  const { code, stdout, stderr } = await run(['--expose-gc', join(here, 'one.ts'), join(measuresFolder, `${name}.ts`)]);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code === 0 && last.startsWith('{')) return JSON.parse(last) as Report;
  return { name, method: 'its process ended early', failure: stderr.trim().split('\n').at(-1) || `exit code ${code}` };
}

const args = process.argv.slice(2);
const asJson = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const names = readdirSync(measuresFolder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const say = (text: string) => process.stderr.write(`${text}\n`);
say('build');
const built = await run([join(root, 'tools', 'build.ts')]);
if (built.code !== 0) say(`  failed, so that the sources are measured: ${built.stderr.trim().split('\n')[0]}`);

const reports: Report[] = [];
for (const name of names) {
  say(name);
  reports.push(await measure(name));
}
const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`;
if (asJson) process.stdout.write(`${JSON.stringify({ machine, reports }, null, 2)}\n`);
else process.stdout.write(`${formatTable(reports)}\n${machine}\n`);
const missed = reports.some((report) => 'failure' in report || report.figures.some((figure) => meetsGoal(figure) === false));
process.exitCode = missed ? 1 : 0;
