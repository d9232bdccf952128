import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ContainerServiceClient, type ContainerServiceClientOptionalParams, type ManagedCluster } from '@azure/arm-containerservice';
import { ClientSecretCredential, type ClientSecretCredentialOptions } from '@azure/identity';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../src/entra/seed.ts';
import { SUBSCRIPTION_ID } from '../../src/server/installation.ts';
import { Arm } from './support/arm.ts';
import { Service } from './support/service.ts';

/** The SDK polls as often as the service asks it to, which is every second. */
const POLLS = { updateIntervalInMs: 20 };

interface Connection {
  readonly credential: ClientSecretCredentialOptions;
  readonly client: ContainerServiceClientOptionalParams;
}

/** As `HTTPS_PROXY` does it, but for this client alone: the user name says the world. */
function throughProxy(service: Service): Connection {
  const { hostname, port, username, password } = new URL(service.installation.proxyUrl('default'));
  const proxyOptions = { host: `http://${hostname}`, port: Number(port), username, password };
  return { credential: { proxyOptions }, client: { proxyOptions } };
}

function atEndpoint({ origin }: Service): Connection {
  return {
    credential: { authorityHost: origin, disableInstanceDiscovery: true },
    client: { endpoint: origin, credentials: { scopes: [`${origin}/.default`] } },
  };
}

/** Our authority beside those that Node trusts already, as NODE_EXTRA_CA_CERTS adds it. */
function trust(service: Service): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, service.ca]);
  return () => setDefaultCACertificates(before);
}

const cluster: ManagedCluster = {
  location: 'eastus2',
  identity: { type: 'SystemAssigned' },
  dnsPrefix: 'sdk',
  agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }],
};

for (const [mode, connect] of [
  ['proxy', throughProxy],
  ['endpoint', atEndpoint],
] as const)
  test(`the JS SDK creates, scales and deletes a cluster in ${mode} mode`, async (t) => {
    const service = await Service.start(t);
    t.after(trust(service));
    const arm = await Arm.login(service);
    await arm.createGroup('sdk');
    const { credential: credentialOptions, client: clientOptions } = connect(service);
    const secret = service.installation.home.secret('automation-secret');
    const credential = new ClientSecretCredential(TENANT_ID, AUTOMATION_APP_ID, secret, credentialOptions);
    const client = new ContainerServiceClient(credential, SUBSCRIPTION_ID, clientOptions);

    const created = await client.managedClusters.createOrUpdate('sdk', 'one', cluster, POLLS);
    assert.equal(created.provisioningState, 'Succeeded');
    assert.equal(created.agentPoolProfiles?.[0]?.provisioningState, 'Succeeded');
    const names: string[] = [];
    for await (const { name } of client.managedClusters.list()) names.push(name ?? '');
    assert.deepEqual(names, ['one']);

    const pool = await client.agentPools.get('sdk', 'one', 'nodepool1');
    const scaled = await client.agentPools.createOrUpdate('sdk', 'one', 'nodepool1', { ...pool, count: 3 }, POLLS);
    assert.equal(scaled.count, 3);

    const { kubeconfigs } = await client.managedClusters.listClusterUserCredentials('sdk', 'one');
    const kubeconfig = Buffer.from(kubeconfigs?.[0]?.value ?? '').toString();
    assert.match(
      kubeconfig,
      mode === 'proxy' ? /proxy-url: http:\/\/default:/ : /server: https:\/\/127\.0\.0\.1:\d+\n +tls-server-name: sdk-/,
    );
    await workInside(kubeconfig, 3);

    await client.agentPools.createOrUpdate('sdk', 'one', 'user1', { mode: 'User', count: 1, vmSize: 'Standard_D2s_v5' }, POLLS);
    await client.agentPools.delete('sdk', 'one', 'user1', POLLS);
    await client.managedClusters.delete('sdk', 'one', POLLS);
    await assert.rejects(client.managedClusters.get('sdk', 'one'), { code: 'ResourceNotFound', statusCode: 404 });
    assert.deepEqual(service.errors, []);
    assert.deepEqual(service.failures(), []);
  });

/** What a program does with the kubeconfig that it was given, by the Kubernetes client for JavaScript. */
async function workInside(kubeconfig: string, nodes: number): Promise<void> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  assert.equal((await core.listNode()).items.length, nodes);
  const apps = config.makeApiClient(AppsV1Api);
  const labels = { app: 'web' };
  await apps.createNamespacedDeployment({
    namespace: 'default',
    body: {
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
      },
    },
  });
  const { spec } = await apps.readNamespacedDeployment({ namespace: 'default', name: 'web' });
  assert.equal(spec?.strategy?.type, 'RollingUpdate');
}
