/** The services that one port answers for. */
export type Service = 'arm' | 'entra' | 'graph' | 'kube' | 'issuer' | 'admin' | 'health' | 'other';

/** Azure host names by service; a leading "*." matches one or more labels. */
const AZURE_HOSTS: readonly (readonly [pattern: string, service: Service])[] = [
  ['management.azure.com', 'arm'],
  ['*.management.azure.com', 'arm'],
  ['management.core.windows.net', 'arm'],
  ['login.microsoftonline.com', 'entra'],
  ['*.login.microsoftonline.com', 'entra'],
  ['login.microsoft.com', 'entra'],
  ['login.windows.net', 'entra'],
  ['sts.windows.net', 'entra'],
  ['graph.microsoft.com', 'graph'],
  ['graph.windows.net', 'graph'],
  ['*.azmk8s.io', 'kube'],
  ['*.oic.prod-aks.azure.com', 'issuer'],
  // Data planes that are not built answer for themselves: a request must not leave for the real Azure with a token of ours.
  ['*.vault.azure.net', 'other'],
  ['*.azurecr.io', 'other'],
  ['*.blob.core.windows.net', 'other'],
  ['*.ods.opinsights.azure.com', 'other'],
];

/** The service behind an Azure host name (lower-case); undefined for a host that is not ours. */
export function serviceOfHost(host: string): Service | undefined {
  for (const [pattern, service] of AZURE_HOSTS)
    if (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern) return service;
  return undefined;
}

/** Hosts that az asks for on its own account (version check, telemetry): they pass through, or are refused offline. */
export const isOurs = (host: string): boolean => serviceOfHost(host) !== undefined;

const ARM_ROOTS = new Set(['', 'subscriptions', 'providers', 'tenants', 'metadata', 'batch', 'locations']);
const GRAPH_ROOTS = new Set(['v1.0', 'beta']);
const HEALTH_ROOTS = new Set(['healthz', 'livez', 'readyz']);

/** The service behind a path on the endpoint itself (`https://localhost:<port>`), where one name stands for all of them. */
export function serviceOfPath(path: string): Service {
  const root =
    path
      .split('/')
      .find((segment) => segment !== '')
      ?.toLowerCase() ?? '';
  if (root === 'slipway') return 'admin';
  if (HEALTH_ROOTS.has(root)) return 'health';
  if (GRAPH_ROOTS.has(root)) return 'graph';
  return ARM_ROOTS.has(root) ? 'arm' : 'entra';
}
