import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Versions that the suites were written against. */
export const AZ_VERSION = '2.91';
export const HELM_VERSION = '3.19.0';
export const KUBELOGIN_VERSION = '0.2.10';
/** Built from source; must agree with kubectl/go.mod, where the module has "v0" for the product's "v1". */
export const KUBECTL_VERSION = '1.36.0';
/** Minor versions for which a `kubectl.1.NN` is looked for beside the `kubectl` on PATH (where the Cloud SDK puts them). */
const KUBECTL_MINORS = [27, 28, 29, 30, 31, 32, 33];

/** Where clients are installed: outside the tree, kept between runs. `SLIPWAY_CLIENTS_CACHE` names another place. */
export const cacheFolder =
  process.env['SLIPWAY_CLIENTS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway', 'clients');

const installed = (name: string) => join(cacheFolder, 'bin', name);

/** Folder of a Go program whose source is here. */
export const sourceFolder = (name: string): string => join(dirname(fileURLToPath(import.meta.url)), name);

/** Programs of our own are built anew whenever their source, or what they share, changes: its digest is in their name. */
function built(name: string, ...shared: readonly string[]): string {
  const digest = createHash('sha256');
  for (const folder of [name, ...shared].map(sourceFolder)) {
    const sources = readdirSync(folder).filter((file) => /^go\.|\.go$/.test(file));
    for (const file of sources.sort()) digest.update(readFileSync(join(folder, file)));
  }
  return installed(`${name}-${digest.digest('hex').slice(0, 12)}`);
}

/** Executables that setup makes, by the name under which a suite asks for them. */
export const targets = {
  az: join(cacheFolder, `az-${AZ_VERSION}`, 'bin', 'az'),
  helm: installed(`helm-${HELM_VERSION}`),
  kubelogin: installed(`kubelogin-${KUBELOGIN_VERSION}`),
  kubectl: installed(`kubectl-${KUBECTL_VERSION}`),
  /** Program on client-go and controller-runtime. */
  go: built('go', 'checks'),
  /** Program on Microsoft's SDK for Go. */
  azureGo: built('azure-go', 'checks'),
  /** Program on the libraries of Terraform's azurerm provider. */
  azurerm: built('azurerm', 'checks'),
  /** The published conformance suite. */
  conformance: built('conformance'),
  /** Kubernetes' own defaulting and validation. */
  validation: built('validation'),
} as const;
export type ClientName = keyof typeof targets;

/** First executable of that name on PATH. */
export function findOnPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Every kubectl there is to test with, by minor version ("1.33" → path), oldest first. */
export function findKubectls(): Map<string, string> {
  const found = new Map<string, string>();
  const present = findOnPath('kubectl');
  const folder = present ? dirname(realpathSync(present)) : undefined;
  const files = folder ? new Set(readdirSync(folder)) : new Set<string>();
  for (const minor of KUBECTL_MINORS) {
    const name = `kubectl.1.${minor}`;
    if (folder && files.has(name)) found.set(`1.${minor}`, join(folder, name));
  }
  if (existsSync(targets.kubectl)) found.set('1.36', targets.kubectl);
  return found;
}
