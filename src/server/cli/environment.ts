import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../entra/seed.ts';
import { DEFAULT_WORLD } from '../durability.ts';
import type { Home } from '../home.ts';
import { Failure } from './output.ts';

/** The names that clientVariables sets, whether the service runs or not. */
export const VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'AZURE_CONFIG_DIR',
  'AZURE_CORE_COLLECT_TELEMETRY',
  'AZURE_CORE_SURVEY_MESSAGE',
  'AZURE_CORE_ONLY_SHOW_ERRORS',
  'CHECKPOINT_DISABLE',
] as const;

const KUBECONFIG = 'KUBECONFIG';

/**
 * kubectl's file in a terminal that is led into a branch. A context leads to the world that it was fetched in, and has the same name in
 * all worlds: in one file, whoever fetches it in a branch would turn the other terminals there. The default world has kubectl's own file.
 */
export const kubeconfigFile = (home: Home, world: string): string | undefined =>
  world === DEFAULT_WORLD ? undefined : join(home.kubeconfigs, `${world}.yaml`);

/** Names of variables that a terminal has from a branch and loses outside of it. */
export const leftovers = (home: Home, world: string, env: NodeJS.ProcessEnv = process.env): readonly string[] =>
  world === DEFAULT_WORLD && dirname(env[KUBECONFIG] ?? '') === home.kubeconfigs ? [KUBECONFIG] : [];

/** Variables that lead clients to us: the proxy, the authority to trust, az's own folder, and no telemetry. */
export function clientVariables(
  home: Home,
  options: { readonly world: string; readonly vantage: string },
): Record<(typeof VARIABLES)[number], string> & { readonly [KUBECONFIG]?: string } {
  const running = home.running;
  if (!running) throw new Failure(`Slipway is not running for ${home.folder}. Start it with: slipway up`, 3);
  const bundle = join(home.certificates, 'ca-bundle.crt');
  const world = options.world || DEFAULT_WORLD;
  const user = [world, options.vantage].filter(Boolean).join('.');
  const kubeconfig = kubeconfigFile(home, world);
  const proxy = `http://${user}:${home.secret('proxy-token')}@${running.address}:${running.port}`;
  return {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    // Loopback is never meant to go through a proxy; a cluster's own loopback port is one such address.
    NO_PROXY: 'localhost,127.0.0.1,::1',
    no_proxy: 'localhost,127.0.0.1,::1',
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    NODE_EXTRA_CA_CERTS: join(home.certificates, 'ca.crt'),
    AZURE_CONFIG_DIR: home.azure,
    AZURE_CORE_COLLECT_TELEMETRY: '0',
    AZURE_CORE_SURVEY_MESSAGE: '0',
    AZURE_CORE_ONLY_SHOW_ERRORS: '0',
    CHECKPOINT_DISABLE: '1',
    ...(kubeconfig !== undefined && { [KUBECONFIG]: kubeconfig }),
  };
}

/** Shells whose syntax we know, by the name of their program. */
export const SHELLS = ['bash', 'zsh', 'sh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The shell that calls us, as far as can be told. */
export function guessShell(): Shell {
  const name = basename(process.env['SHELL'] ?? '').replace(/\.exe$/, '');
  if (process.platform === 'win32' && !name) return 'powershell';
  return SHELLS.find((shell) => shell === name) ?? 'bash';
}

/** Lines that set the variables in a shell's syntax. */
export function shellLines(variables: Readonly<Record<string, string>>, shell: Shell): string[] {
  return Object.entries(variables).map(([name, value]) => {
    // fish reads backslashes between quotes, and PowerShell takes typographic quotes for quotes.
    if (shell === 'fish') return `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}';`;
    if (shell === 'powershell') return `$Env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
    return `export ${name}='${value.replaceAll("'", "'\\''")}';`;
  });
}

/** Lines that unset variables in a shell's syntax. */
export function unsetLines(names: readonly string[], shell: Shell): string[] {
  return names.map((name) => {
    if (shell === 'fish') return `set -e ${name};`;
    return shell === 'powershell' ? `Remove-Item Env:${name} -ErrorAction SilentlyContinue` : `unset ${name};`;
  });
}

/** Logs az in to this installation, once: its own folder keeps the login. Resolves to what was done, for people. */
export async function loginAz(home: Home, variables: Readonly<Record<string, string>>): Promise<string> {
  if (isLoggedIn(home)) return 'az is logged in.';
  mkdirSync(home.azure, { recursive: true, mode: 0o700 });
  const secret = home.secret('automation-secret');
  const args = ['login', '--service-principal', '-u', AUTOMATION_APP_ID, '-p', secret, '--tenant', TENANT_ID, '-o', 'none'];
  const outcome = await runAz(args, { ...process.env, ...variables });
  if (outcome === undefined) return 'az was not found: nothing to log in.';
  if (outcome.code !== 0) return `az could not be logged in: ${outcome.error.trim().split('\n').at(-1) ?? ''}`;
  return 'az is logged in as slipway-automation, Owner of subscription Slipway.';
}

/** Runs az without a terminal. Undefined when there is none. */
function runAz(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly error: string } | undefined> {
  const child = spawn('az', args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
    shell: process.platform === 'win32',
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve({ code, error }));
  });
}

function isLoggedIn(home: Home): boolean {
  const file = join(home.azure, 'azureProfile.json');
  if (!existsSync(file)) return false;
  try {
    // az writes a byte order mark.
    const profile = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as {
      readonly subscriptions?: readonly { readonly tenantId: string }[];
    };
    return profile.subscriptions?.some(({ tenantId }) => tenantId === TENANT_ID) ?? false;
  } catch {
    // A file that az left half-written: logging in writes it anew.
    return false;
  }
}
