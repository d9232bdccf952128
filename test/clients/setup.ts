/** Installs the outside clients that the suites use, as far as this machine can. A client that fails is skipped, with its reason. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AZ_VERSION,
  type ClientName,
  cacheFolder,
  findKubectls,
  findOnPath,
  HELM_VERSION,
  KUBECTL_VERSION,
  KUBELOGIN_VERSION,
  sourceFolder,
  targets,
} from './clients.ts';

const STEP_LIMIT_MS = 12 * 60_000;

/** Runs one command of an installation; its last lines are the reason when it fails. */
function execute(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: STEP_LIMIT_MS });
    let tail = '';
    const collect = (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-600);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with ${signal ?? code}: ${tail.trim().split('\n').slice(-3).join(' | ')}`));
    });
  });
}

async function installAz(): Promise<void> {
  const folder = join(cacheFolder, `az-${AZ_VERSION}`);
  rmSync(folder, { recursive: true, force: true });
  await execute('python3', ['-m', 'venv', folder]);
  try {
    const python = join(folder, 'bin', 'python');
    await execute(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', `azure-cli==${AZ_VERSION}.*`]);
  } catch (error) {
    // A half-filled environment would pass for an installed one at the next run.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** `go install` names the binary after the package; the version goes into the name so that a newer pin installs anew. */
async function installGo(module: string, version: string, target: string): Promise<void> {
  const folder = join(cacheFolder, 'build');
  mkdirSync(folder, { recursive: true });
  await execute('go', ['install', `${module}@v${version}`], { GOBIN: folder });
  renameSync(join(folder, module.split('/').at(-1) ?? module), target);
}

async function buildKubectl(): Promise<void> {
  const [major, minor] = KUBECTL_VERSION.split('.');
  const flags = { gitVersion: `v${KUBECTL_VERSION}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  // One says the version, the other goes into the User-Agent.
  const ldflags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((target) =>
    Object.entries(flags).map(([name, value]) => `-X ${target}.${name}=${value}`),
  );
  await compile('kubectl', ['build', '-ldflags', `-s -w ${ldflags.join(' ')}`]);
}

/** Compiles the module in the folder of that name; what it needs is exactly what its go.sum says. */
async function compile(name: ClientName, [verb = '', ...flags]: readonly string[], folder: string = name): Promise<void> {
  const partial = `${targets[name]}.partial`;
  await execute('go', [verb, '-C', sourceFolder(folder), '-mod=readonly', ...flags, '-o', partial, '.']);
  renameSync(partial, targets[name]);
}

/** Most of Kubernetes has to be compiled for these. */
async function compileKubernetes(name: 'conformance' | 'validation', command: readonly string[]): Promise<void> {
  if (!process.env['SLIPWAY_CONFORMANCE']) throw new Error('takes minutes and gigabytes to compile: set SLIPWAY_CONFORMANCE=1 for it');
  await compile(name, [...command, '-ldflags', '-s -w']);
}

/** In the order of their use; one at a time, because each compiles or downloads on all cores. */
const installers: Readonly<Record<ClientName, { needs: string; install(): Promise<void> }>> = {
  az: { needs: 'python3', install: installAz },
  kubectl: { needs: 'go', install: buildKubectl },
  helm: { needs: 'go', install: () => installGo('helm.sh/helm/v3/cmd/helm', HELM_VERSION, targets.helm) },
  kubelogin: { needs: 'go', install: () => installGo('github.com/Azure/kubelogin', KUBELOGIN_VERSION, targets.kubelogin) },
  go: { needs: 'go', install: () => compile('go', ['build', '-ldflags', '-s -w']) },
  azureGo: { needs: 'go', install: () => compile('azureGo', ['build', '-ldflags', '-s -w'], 'azure-go') },
  azurerm: { needs: 'go', install: () => compile('azurerm', ['build', '-ldflags', '-s -w']) },
  conformance: { needs: 'go', install: () => compileKubernetes('conformance', ['test', '-c', '-vet=off']) },
  validation: { needs: 'go', install: () => compileKubernetes('validation', ['build']) },
};

const say = (text: string) => process.stdout.write(`${text}\n`);

async function prepare(name: ClientName): Promise<string | undefined> {
  const { needs, install } = installers[name];
  if (existsSync(targets[name])) {
    say(`  ${name}: present`);
    return undefined;
  }
  if (!findOnPath(needs)) return `needs ${needs}, which is not on PATH`;
  say(`  ${name}: installing …`);
  const startMs = Date.now();
  try {
    await install();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!existsSync(targets[name])) return `the installation left no ${targets[name]}`;
  say(`  ${name}: installed in ${Math.round((Date.now() - startMs) / 1000)} s`);
  return undefined;
}

mkdirSync(join(cacheFolder, 'bin'), { recursive: true });
say(`Clients in ${cacheFolder}`);
const skipped: Record<string, string> = {};
for (const name of ['az', 'kubectl', 'helm', 'kubelogin', 'go', 'azureGo', 'azurerm', 'conformance', 'validation'] as const) {
  const reason = await prepare(name);
  if (reason === undefined) continue;
  skipped[name] = reason;
  say(`  ${name}: SKIPPED: ${reason}`);
}
writeFileSync(join(cacheFolder, 'skipped.json'), `${JSON.stringify(skipped, null, 2)}\n`);
say(`  kubectl versions: ${[...findKubectls().keys()].join(', ') || 'none'}`);
say(
  `  terraform: ${findOnPath('terraform') ? 'present; its provider is not installed here: suite azurerm uses what that is made of' : 'SKIPPED: not on PATH'}`,
);
