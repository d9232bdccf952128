import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs a module of this folder as a process of its own, gives it a job on standard input, and reads its result. */
export function inChild<Job, Result>(module: string, job: Job): Promise<Result> {
  const file = join(dirname(fileURLToPath(import.meta.url)), module);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${module} ended with ${code}`));
      else resolve(JSON.parse(Buffer.concat(chunks).toString()) as Result); // the module writes what its interface says
    });
    child.stdin.end(JSON.stringify(job));
  });
}
