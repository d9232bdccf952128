import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

interface Pool {
  readonly name: string;
  readonly count: number;
  readonly mode: string;
  readonly vmSize: string;
  readonly provisioningState: string;
}
interface Cluster {
  readonly id: string;
  readonly provisioningState: string;
  readonly powerState: { readonly code: string };
  readonly fqdn: string;
  readonly kubernetesVersion: string;
  readonly nodeResourceGroup: string;
  readonly identity: { readonly type: string; readonly principalId: string };
  readonly agentPoolProfiles: readonly Pool[];
}
interface LoadBalancer {
  readonly loadBalancingRules: readonly {
    readonly frontendPort: number;
    readonly protocol: string;
    readonly probe: { readonly id: string } | null;
  }[];
  readonly probes: readonly { readonly id: string }[];
}

const pool = ['--cluster-name', 'demo', '-g', 'rg', '-n', 'user1'];

// One story, in the order in which a newcomer does it: each step needs the ones before.
suite('az, the first path', { skip: missing('az', 'kubectl') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
  });
  after(() => service?.stop());
  const kubectl = async (...args: string[]) => (await service.succeed(targets.kubectl, args)).stdout;
  const countReadyNodes = async () =>
    (await kubectl('get', 'nodes', '--no-headers')).split('\n').filter((line) => / Ready /.test(line)).length;

  test('slipway env has logged az in to the subscription', async () => {
    const account = await service.az<{ state: string; environmentName: string; isDefault: boolean }>('account', 'show');
    assert.equal(account.state, 'Enabled');
    assert.equal(account.environmentName, 'AzureCloud');
    assert.equal(account.isDefault, true);
  });

  test('group create', async () => {
    const group = await service.az<{ id: string; location: string; properties: { provisioningState: string } }>(
      'group',
      'create',
      '-n',
      'rg',
      '-l',
      'eastus2',
    );
    assert.match(group.id, /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/rg$/);
    assert.equal(group.location, 'eastus2');
    assert.equal(group.properties.provisioningState, 'Succeeded');
  });

  test('aks create', async () => {
    const flags = '--node-count 2 --enable-managed-identity --generate-ssh-keys --node-vm-size Standard_B2s'.split(' ');
    const cluster = await service.az<Cluster>('aks', 'create', '-g', 'rg', '-n', 'demo', ...flags);
    assert.equal(cluster.provisioningState, 'Succeeded');
    assert.equal(cluster.powerState.code, 'Running');
    assert.equal(cluster.nodeResourceGroup, 'MC_rg_demo_eastus2');
    assert.equal(cluster.identity.type, 'SystemAssigned');
    assert.match(cluster.identity.principalId, /^[0-9a-f-]{36}$/);
    assert.match(cluster.fqdn, /^demo-rg-[0-9a-f]{6}-[0-9a-z]{8}\.hcp\.eastus2\.azmk8s\.io$/);
    assert.deepEqual(
      cluster.agentPoolProfiles.map(({ name, count, mode, vmSize }) => ({ name, count, mode, vmSize })),
      [{ name: 'nodepool1', count: 2, mode: 'System', vmSize: 'Standard_B2s' }],
    );
  });

  test('aks get-credentials, then kubectl get nodes -o wide', async () => {
    await service.az('aks', 'get-credentials', '-g', 'rg', '-n', 'demo');
    assert.ok(existsSync(join(service.folder, 'kubeconfig')));
    const rows = (await kubectl('get', 'nodes', '-o', 'wide')).trimEnd().split('\n');
    assert.match(
      rows[0] ?? '',
      /^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME$/,
    );
    assert.equal(rows.length, 3);
    for (const row of rows.slice(1)) {
      assert.match(
        row,
        /^aks-nodepool1-\d{8}-vmss00000[01] +Ready +<none> +\S+ +v1\.\d+\.\d+ +10\.224\.0\.\d+ +<none> +Ubuntu .* +containerd:\/\//,
      );
    }
  });

  test('a deployment behind a load balancer runs', async () => {
    assert.match(await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=3'), /deployment\.apps\/web created/);
    assert.match(await kubectl('expose', 'deployment', 'web', '--port', '80', '--type', 'LoadBalancer'), /service\/web exposed/);
    assert.match(await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s'), /successfully rolled out/);
    await kubectl('wait', 'service/web', '--for=jsonpath={.status.loadBalancer.ingress[0].ip}', '--timeout=60s');
    const all = await kubectl('get', 'all', '-A');
    assert.match(all, /default +deployment\.apps\/web +3\/3 +3 +3/);
    assert.match(all, /default +service\/web +LoadBalancer +10\.0\.\d+\.\d+ +\d+\.\d+\.\d+\.\d+ +80:3\d{4}\/TCP/);
    assert.equal([...all.matchAll(/default +pod\/web-[a-z0-9]+-[a-z0-9]+ +1\/1 +Running/g)].length, 3);
    assert.match(all, /kube-system +pod\/coredns-/);
  });

  test('network lb show has the rule, the probe and the address of the Service', async () => {
    const group = 'MC_rg_demo_eastus2';
    const balancer = await service.az<LoadBalancer>('network', 'lb', 'show', '-g', group, '-n', 'kubernetes');
    assert.deepEqual(
      balancer.loadBalancingRules.map(({ frontendPort, protocol }) => ({ frontendPort, protocol })),
      [{ frontendPort: 80, protocol: 'Tcp' }],
    );
    assert.equal(balancer.loadBalancingRules[0]?.probe?.id, balancer.probes[0]?.id);
    const external = (await kubectl('get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}')).trim();
    const addresses = await service.az<{ ipAddress: string }[]>('network', 'public-ip', 'list', '-g', group);
    assert.ok(addresses.some(({ ipAddress }) => ipAddress === external));
    const groups = await service.az<
      { securityRules: { access: string; destinationAddressPrefix: string | null; destinationAddressPrefixes: string[] }[] }[]
    >('network', 'nsg', 'list', '-g', group);
    const rules = groups.flatMap(({ securityRules }) => securityRules);
    assert.ok(
      rules.some(
        (rule) => rule.access === 'Allow' && [rule.destinationAddressPrefix, ...rule.destinationAddressPrefixes].includes(external),
      ),
    );
  });

  test('nodepool add, scale to 0 and delete', async () => {
    const added = await service.az<Pool>('aks', 'nodepool', 'add', ...pool, '--node-count', '1', '--mode', 'User');
    assert.equal(added.provisioningState, 'Succeeded');
    assert.equal(added.mode, 'User');
    assert.equal(await countReadyNodes(), 3);
    const scaled = await service.az<Pool>('aks', 'nodepool', 'scale', ...pool, '--node-count', '0');
    assert.equal(scaled.count, 0);
    assert.equal(await countReadyNodes(), 2);
    await service.az('aks', 'nodepool', 'delete', ...pool);
    const pools = await service.az<Pool[]>('aks', 'nodepool', 'list', '--cluster-name', 'demo', '-g', 'rg');
    assert.deepEqual(
      pools.map(({ name }) => name),
      ['nodepool1'],
    );
  });

  test('upgrade profiles and versions', async () => {
    const { kubernetesVersion } = await service.az<Cluster>('aks', 'show', '-g', 'rg', '-n', 'demo');
    const profile = await service.az<{ controlPlaneProfile: { kubernetesVersion: string } }>(
      'aks',
      'get-upgrades',
      '-g',
      'rg',
      '-n',
      'demo',
    );
    assert.ok(profile.controlPlaneProfile.kubernetesVersion.startsWith(kubernetesVersion));
    const { values } = await service.az<{ values: { version: string; isDefault: boolean | null }[] }>(
      'aks',
      'get-versions',
      '-l',
      'eastus2',
    );
    assert.equal(values.filter(({ isDefault }) => isDefault).length, 1);
  });

  test('a retired add-on is accepted or refused by name, never an internal error', async () => {
    const flags = '--node-count 2 --enable-addons http_application_routing --enable-managed-identity --generate-ssh-keys'.split(' ');
    const args = ['aks', 'create', '-g', 'rg', '-n', 'notes', ...flags, '--node-vm-size', 'Standard_B2s', '--only-show-errors'];
    const outcome = await service.attempt(targets.az, args);
    assert.doesNotMatch(outcome.stderr, /Internal|Traceback|NotImplemented|stack/i);
    if (outcome.code === 0) await service.az('aks', 'delete', '-g', 'rg', '-n', 'notes', '--yes');
    else assert.match(outcome.stderr, /http_?application_?routing/i);
  });

  test('an unknown cluster is refused as Azure does', async () => {
    const { code, stderr } = await service.attempt(targets.az, ['aks', 'show', '-g', 'rg', '-n', 'nothere', '--only-show-errors']);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /\(ResourceNotFound\) The Resource 'Microsoft\.ContainerService\/managedClusters\/nothere' under resource group 'rg' was not found/,
    );
  });

  test('aks delete takes the node resource group along', async () => {
    await service.az('aks', 'delete', '-g', 'rg', '-n', 'demo', '--yes');
    assert.deepEqual(await service.az<unknown[]>('aks', 'list'), []);
    assert.equal(await service.az<boolean>('group', 'exists', '-n', 'MC_rg_demo_eastus2'), false);
  });

  test('group delete', async () => {
    await service.az('group', 'delete', '-n', 'rg', '--yes');
    assert.equal(await service.az<boolean>('group', 'exists', '-n', 'rg'), false);
  });

  test('the service reported no fault of its own', () => assert.doesNotMatch(service.log, /unhandled|TypeError|at file:/i));
});
