import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { AUTOMATION_APP_ID, TENANT_ID } from '../entra/seed.ts';
import type { HttpResponse } from '../kernel/http.ts';
import { CLUSTERS, type ClusterRecord } from '../kube/clusters.ts';
import { table } from './cli/output.ts';
import { DEFAULT_WORLD } from './durability.ts';
import type { Estate } from './estate.ts';
import { type Installation, SUBSCRIPTION_ID } from './installation.ts';

interface Step {
  readonly title: string;
  readonly path: string;
  readonly apiVersion: string;
  readonly body: unknown;
}
type Answer = { readonly [name: string]: unknown };
type Say = (line: string) => void;

const LIMIT_MS = 120_000;

/**
 * Deploys an example through the same doors as any client: PUTs to ARM, then manifests to the cluster. Does nothing in a world that
 * has a cluster already. `folder` holds estate.json and manifests.yaml.
 */
export async function runExample(installation: Installation, folder: string, say: Say): Promise<void> {
  const estate = installation.estate(DEFAULT_WORLD);
  if (estate.world.reader.count(CLUSTERS) > 0) return;
  const path = folderOf(folder);
  const steps = JSON.parse(readFileSync(join(path, 'estate.json'), 'utf8')) as readonly Step[];
  const arm = await armClient(installation, estate);
  for (const step of steps) {
    const startedMs = performance.now();
    await put(arm, estate, step);
    say(`  ${step.title} … done in ${Math.round(performance.now() - startedMs)} ms`);
  }
  const record = estate.world.reader.list<ClusterRecord>(CLUSTERS)[0]?.value;
  if (!record) return;
  const kube = kubeClient(installation, estate, record);
  const names: string[] = [];
  for (const document of parseAllDocuments(readFileSync(join(path, 'manifests.yaml'), 'utf8'), { version: '1.1' }))
    names.push(await apply(kube, document.toJS() as Manifest));
  await estate.driver.settled();
  say(`  ${names.join(', ')} … applied`);
  say('');
  say(await nodes(kube));
  say('');
  say('  az aks get-credentials -g first -n hello     then: kubectl get all -A');
  say('  Stop with Ctrl-C; what is here stays for the next start.');
}

/** The folder itself, or one of that name beside the program. */
function folderOf(folder: string): string {
  const beside = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const found = [resolve(folder), beside].find((path) => existsSync(join(path, 'estate.json')));
  if (!found) throw new Error(`no example in ${folder}: estate.json is missing`);
  return found;
}

type Client = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;

/** Asks a world's doors as a client would, without a socket between. */
function client(estate: Estate, host: string, headers: Readonly<Record<string, string>>, clientCertificate?: Uint8Array): Client {
  return async (method, target, body, contentType = 'application/json') => {
    const [path = '', search = ''] = target.split('?');
    const bytes = typeof body === 'string' ? Buffer.from(body) : body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
    const response = await estate.handle({
      method,
      origin: `https://${host}`,
      host,
      path,
      search,
      headers: { ...headers, ...(body !== undefined && { 'content-type': contentType }), accept: 'application/json' },
      body: bytes,
      via: 'proxy',
      world: DEFAULT_WORLD,
      vantage: '',
      ...(clientCertificate && { clientCertificate }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return read(response, `${method} ${target}`);
  };
}

function read(response: HttpResponse, what: string): Answer {
  const text = typeof response.body === 'function' ? '' : Buffer.from(response.body as string).toString();
  if (response.status >= 300) throw new Error(`${what} was answered with ${response.status}: ${text}`);
  return text ? (JSON.parse(text) as Answer) : {};
}

async function armClient(installation: Installation, estate: Estate): Promise<Client> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: AUTOMATION_APP_ID,
    client_secret: installation.home.secret('automation-secret'),
    scope: 'https://management.azure.com/.default',
  });
  const login = client(estate, 'login.microsoftonline.com', {});
  const token = await login('POST', `/${TENANT_ID}/oauth2/v2.0/token`, form.toString(), 'application/x-www-form-urlencoded');
  return client(estate, 'management.azure.com', { authorization: `Bearer ${token['access_token']}` });
}

async function put(arm: Client, estate: Estate, step: Step): Promise<void> {
  const target = `/subscriptions/${SUBSCRIPTION_ID}${step.path}?api-version=${step.apiVersion}`;
  await arm('PUT', target, step.body);
  for (const limitMs = performance.now() + LIMIT_MS; performance.now() < limitMs; ) {
    await estate.driver.settled();
    const properties = (await arm('GET', target))['properties'] as Answer | undefined;
    const state = properties?.['provisioningState'] ?? 'Succeeded';
    if (state === 'Succeeded') return;
    if (state === 'Failed' || state === 'Canceled') throw new Error(`${step.title}: ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${step.title}: not ready after ${LIMIT_MS / 1000} s`);
}

function kubeClient(installation: Installation, estate: Estate, record: ClusterRecord): Client {
  const now = Date.now();
  const { certificatePem } = installation.certificates.issueClientCertificate({
    clusterId: record.scope,
    commonName: 'masterclient',
    organizations: ['system:masters'],
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 600_000),
  });
  const der = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return client(estate, record.fqdn, {}, der);
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Server-side apply; the resource's name comes from discovery. Returns "deployment/web". */
async function apply(kube: Client, manifest: Manifest): Promise<string> {
  const root = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
  const { resources } = (await kube('GET', root)) as unknown as {
    readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
  };
  const resource = resources.find(({ kind, name }) => kind === manifest.kind && !name.includes('/'));
  if (!resource) throw new Error(`the cluster does not serve ${manifest.apiVersion} ${manifest.kind}`);
  const namespace = resource.namespaced ? `/namespaces/${manifest.metadata.namespace ?? 'default'}` : '';
  await kube(
    'PATCH',
    `${root}${namespace}/${resource.name}/${manifest.metadata.name}?fieldManager=slipway&force=true`,
    manifest,
    'application/apply-patch+yaml',
  );
  return `${manifest.kind.toLowerCase()}/${manifest.metadata.name}`;
}

interface NodeView {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo: { readonly kubeletVersion: string; readonly osImage: string };
  };
}

async function nodes(kube: Client): Promise<string> {
  const { items } = (await kube('GET', '/api/v1/nodes')) as unknown as { readonly items: readonly NodeView[] };
  return table(
    ['NAME', 'STATUS', 'VERSION', 'INTERNAL-IP', 'OS-IMAGE'],
    items.map(({ metadata, status }) => [
      metadata.name,
      status.conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True') ? 'Ready' : 'NotReady',
      status.nodeInfo.kubeletVersion,
      status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
      status.nodeInfo.osImage,
    ]),
  );
}
