import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

type Body = Record<string, unknown>;
interface Named {
  readonly name: string;
  readonly id: string;
}

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// Every command of the recorded traces whose types exist. One service for all; each suite makes what it needs.
suite('az, command by command', { skip: missing('az') }, () => {
  let service: Service;
  let subscription: string;
  before(async () => {
    service = await Service.start();
    subscription = (await az<{ id: string }>('account show')).id;
    await az('group create -n rg -l westeurope');
  });
  after(() => service?.stop());

  /** Runs a command line (words have no spaces) and gives its JSON. */
  const az = <T = Body>(line: string, ...more: string[]): Promise<T> => service.az<T>(...words(line), ...more);
  /** What a refused command says; fails when it succeeds. */
  const refusal = async (line: string, ...more: string[]): Promise<string> => {
    const { code, stderr } = await service.attempt(targets.az, [...words(line), ...more, '--only-show-errors']);
    assert.notEqual(code, 0, line);
    assert.doesNotMatch(stderr, /Traceback/, line);
    return stderr;
  };
  const names = async (line: string): Promise<string[]> => (await az<Named[]>(line)).map(({ name }) => name);
  const scope = (tail = '') => `/subscriptions/${subscription}/resourceGroups/rg${tail}`;

  suite('groups, subscriptions, providers', () => {
    test('groups', async () => {
      assert.deepEqual(await names('group list'), ['rg']);
      assert.equal((await az<{ tags: Body }>('group update -n rg --set tags.x=y')).tags['x'], 'y');
      assert.match(await refusal('group show -n nothere'), /\(ResourceGroupNotFound\) Resource group 'nothere' could not be found\./);
      assert.equal(await az<boolean>('group exists -n nothere'), false);
      assert.match(await refusal('group create -n rg -l eastus'), /\(InvalidResourceGroupLocation\)/);
    });
    test('accounts and tokens', async () => {
      assert.equal((await az<{ state: string }[]>('account list'))[0]?.state, 'Enabled');
      assert.ok((await az<Named[]>('account list-locations')).some(({ name }) => name === 'westeurope'));
      const audience = async (...args: string[]) => {
        const { accessToken } = await az<{ accessToken: string }>('account get-access-token', ...args);
        return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).aud;
      };
      assert.match(await audience(), /^https:\/\/management\./);
      assert.equal(await audience('--resource', '6dae42f8-4368-4678-94ff-3960e28e3630'), '6dae42f8-4368-4678-94ff-3960e28e3630');
    });
    test('providers', async () => {
      await az('provider register -n Microsoft.ContainerService');
      const provider = await az<{ registrationState: string; resourceTypes: { resourceType: string; apiVersions: string[] }[] }>(
        'provider show -n Microsoft.ContainerService',
      );
      assert.equal(provider.registrationState, 'Registered');
      const type = provider.resourceTypes.find(({ resourceType }) => resourceType === 'managedClusters');
      assert.ok(type?.apiVersions.includes('2026-04-01'));
      assert.ok((await az<unknown[]>('provider list')).length > 20);
    });
    test('tags', async () => {
      const updated = await az<{ properties: { tags: Body } }>(`tag update --resource-id ${scope()} --operation Merge --tags a=b`);
      assert.equal(updated.properties.tags['a'], 'b');
      assert.equal((await az<{ properties: { tags: Body } }>(`tag list --resource-id ${scope()}`)).properties.tags['a'], 'b');
    });
    test('rest', async () => {
      const { value } = await az<{ value: Body[] }>('rest --method get --url /subscriptions?api-version=2022-12-01');
      assert.equal(value[0]?.['subscriptionId'], subscription);
    });
    test('sizes', async () => {
      assert.ok((await names('vm list-sizes -l westeurope')).includes('Standard_B2s'));
      assert.deepEqual(await names('vm list-skus -l westeurope --size Standard_B2s --query [?name==`Standard_B2s`]'), ['Standard_B2s']);
    });
    test('what is not built says so by name', async () => {
      assert.match(await refusal('lock create -g rg -n l --lock-type CanNotDelete'), /\(NotImplemented\).*Microsoft\.Authorization\/locks/);
      assert.match(await refusal('network private-dns zone create -g rg -n a.b'), /\(NotImplemented\).*privateDnsZones/);
      const file = join(service.folder, 'template.json');
      const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
      writeFileSync(file, JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources: [] }));
      assert.match(
        await refusal('deployment group create -g rg -n d --template-file', file),
        /NotImplemented.*Microsoft\.Resources\/deployments/,
      );
    });
  });

  suite('networks', () => {
    test('virtual networks, subnets, security groups, routes', async () => {
      const { newVNet } = await az<{ newVNet: { provisioningState: string; subnets: Named[] } }>(
        'network vnet create -g rg -n vnet1 --address-prefixes 10.0.0.0/16 --subnet-name aks --subnet-prefixes 10.0.0.0/22',
      );
      assert.equal(newVNet.provisioningState, 'Succeeded');
      assert.deepEqual(
        newVNet.subnets.map(({ name }) => name),
        ['aks'],
      );
      await az('network vnet subnet create -g rg --vnet-name vnet1 -n s2 --address-prefixes 10.0.4.0/24');
      const outside = 'network vnet subnet create -g rg --vnet-name vnet1 -n s3 --address-prefixes 10.9.0.0/24';
      assert.match(await refusal(outside), /\(NetcfgSubnetRangeOutsideVnet\) Subnet 's3' is not valid/);
      const { NewNSG } = await az<{ NewNSG: { defaultSecurityRules: Named[] } }>('network nsg create -g rg -n nsg1');
      assert.equal(NewNSG.defaultSecurityRules.length, 6);
      const rule = 'network nsg rule create -g rg --nsg-name nsg1 -n r1 --priority 100 --destination-port-ranges 443 --access Allow';
      assert.equal((await az<{ protocol: string }>(`${rule} --protocol Tcp`)).protocol, 'Tcp');
      assert.equal((await az<{ priority: number }>('network nsg rule update -g rg --nsg-name nsg1 -n r1 --priority 110')).priority, 110);
      assert.equal((await az<{ priority: number }>('network nsg rule show -g rg --nsg-name nsg1 -n r1')).priority, 110);
      await az('network nsg rule delete -g rg --nsg-name nsg1 -n r1');
      assert.deepEqual(await names('network nsg rule list -g rg --nsg-name nsg1'), []);
      await az('network route-table create -g rg -n rt1');
      const hop = '--next-hop-type VirtualAppliance --next-hop-ip-address 10.1.0.4';
      const route = await az<{ nextHopType: string }>(
        `network route-table route create -g rg --route-table-name rt1 -n default --address-prefix 0.0.0.0/0 ${hop}`,
      );
      assert.equal(route.nextHopType, 'VirtualAppliance');
      assert.deepEqual(await names('network route-table route list -g rg --route-table-name rt1'), ['default']);
      const linked = await az<{ networkSecurityGroup: Named; routeTable: Named }>(
        'network vnet subnet update -g rg --vnet-name vnet1 -n s2 --network-security-group nsg1 --route-table rt1',
      );
      assert.match(linked.networkSecurityGroup.id, /\/nsg1$/);
      assert.match(linked.routeTable.id, /\/rt1$/);
      assert.match(await refusal('network nsg delete -g rg -n nsg1'), /\(InUseNetworkSecurityGroupCannotBeDeleted\)/);
    });
    test('addresses, gateways, peerings', async () => {
      const { publicIp } = await az<{ publicIp: { ipAddress: string; publicIPAllocationMethod: string } }>(
        'network public-ip create -g rg -n pip1 --sku Standard',
      );
      assert.match(publicIp.ipAddress, /^\d+\.\d+\.\d+\.\d+$/);
      assert.equal(publicIp.publicIPAllocationMethod, 'Static');
      const gateway = await az<{ publicIpAddresses: Named[] }>('network nat gateway create -g rg -n ng1 --public-ip-addresses pip1');
      assert.match(gateway.publicIpAddresses[0]?.id ?? '', /\/pip1$/);
      await az('network vnet create -g rg -n vnet2 --address-prefixes 10.1.0.0/16');
      const peer = (name: string, from: string, to: string) =>
        az<{ peeringState: string }>(
          `network vnet peering create -g rg -n ${name} --vnet-name ${from} --remote-vnet ${to} --allow-vnet-access`,
        );
      assert.equal((await peer('p12', 'vnet1', 'vnet2')).peeringState, 'Initiated');
      assert.equal((await peer('p21', 'vnet2', 'vnet1')).peeringState, 'Connected');
      const show = 'network vnet peering show -g rg -n p12 --vnet-name vnet1';
      assert.equal((await az<{ peeringState: string }>(show)).peeringState, 'Connected');
    });
    test('interfaces hold subnets', async () => {
      const { NewNIC } = await az<{ NewNIC: { ipConfigurations: { privateIPAddress: string }[] } }>(
        'network nic create -g rg -n nic1 --vnet-name vnet1 --subnet aks',
      );
      assert.equal(NewNIC.ipConfigurations[0]?.privateIPAddress, '10.0.0.4');
      assert.match(
        await refusal('network vnet subnet delete -g rg --vnet-name vnet1 -n aks'),
        /\(InUseSubnetCannotBeDeleted\) Subnet aks is in use by .*\/networkInterfaces\/nic1\/ipConfigurations\/ipconfig1/,
      );
      await az('network nic delete -g rg -n nic1');
      await az('network vnet subnet delete -g rg --vnet-name vnet1 -n aks');
      assert.deepEqual(await names('network vnet subnet list -g rg --vnet-name vnet1'), ['s2']);
    });
    // az makes load balancers themselves from templates, which are not built.
    test('load balancers', async () => {
      await az('network public-ip create -g rg -n lbpip --sku Standard');
      const address = scope('/providers/Microsoft.Network/publicIPAddresses/lbpip');
      const properties = {
        frontendIPConfigurations: [{ name: 'fe', properties: { publicIPAddress: { id: address } } }],
        backendAddressPools: [{ name: 'be' }],
      };
      const body = JSON.stringify({ location: 'westeurope', sku: { name: 'Standard' }, properties });
      const url = `${scope('/providers/Microsoft.Network/loadBalancers/lb1')}?api-version=2024-05-01`;
      await az('rest --method put --url', url, '--body', body);
      await az('network lb probe create -g rg --lb-name lb1 -n p1 --protocol tcp --port 80');
      const ends = '--frontend-port 80 --backend-port 8080 --frontend-ip-name fe --backend-pool-name be --probe-name p1';
      await az(`network lb rule create -g rg --lb-name lb1 -n r1 --protocol Tcp ${ends}`);
      const shown = await az<{ loadBalancingRules: { probe: Named; backendPort: number }[]; probes: (Named & { protocol: string })[] }>(
        'network lb show -g rg -n lb1',
      );
      assert.equal(shown.probes[0]?.protocol, 'Tcp');
      assert.equal(shown.loadBalancingRules[0]?.probe.id, shown.probes[0]?.id);
      assert.deepEqual(await names('network lb address-pool list -g rg --lb-name lb1'), ['be']);
      await az('network lb delete -g rg -n lb1');
      assert.deepEqual(await names('network lb list -g rg'), []);
    });
  });

  suite('identities, registries, roles, directory', () => {
    test('user-assigned identities', async () => {
      assert.match((await az<{ principalId: string }>('identity create -g rg -n id1')).principalId, GUID);
      const issuer = '--issuer https://x.example/ --subject system:serviceaccount:a:b --audiences api://AzureADTokenExchange';
      await az(`identity federated-credential create -g rg --identity-name id1 -n fc1 ${issuer}`);
      const [credential] = await az<{ subject: string }[]>('identity federated-credential list -g rg --identity-name id1');
      assert.equal(credential?.subject, 'system:serviceaccount:a:b');
      await az('identity federated-credential delete -g rg --identity-name id1 -n fc1 --yes');
      assert.deepEqual(await names('identity federated-credential list -g rg --identity-name id1'), []);
    });
    test('registries', async () => {
      assert.equal((await az<{ nameAvailable: boolean }>('acr check-name -n acrsweep')).nameAvailable, true);
      const registry = await az<{ loginServer: string }>('acr create -g rg -n acrsweep --sku Basic');
      assert.equal(registry.loginServer, 'acrsweep.azurecr.io');
      assert.equal((await az<Named>('acr show -n acrsweep')).name, 'acrsweep');
      assert.equal((await az<{ nameAvailable: boolean }>('acr check-name -n acrsweep')).nameAvailable, false);
      assert.deepEqual(await names('acr list'), ['acrsweep']);
    });
    test('roles for a service principal', async () => {
      const { appId, tenant } = await az<{ appId: string; tenant: string }>('ad sp create-for-rbac -n pipeline');
      assert.match(tenant, GUID);
      assert.equal((await az<{ appId: string }>(`ad sp show --id ${appId}`)).appId, appId);
      assert.equal((await az<unknown[]>('ad sp list --display-name pipeline')).length, 1);
      const actions = ['Microsoft.Network/*/read'];
      const definition = { Name: 'Looker', Description: 'looks', Actions: actions, AssignableScopes: [`/subscriptions/${subscription}`] };
      await az('role definition create --role-definition', JSON.stringify(definition));
      assert.equal((await az<unknown[]>('role definition list --name Looker')).length, 1);
      assert.equal((await az<unknown[]>('role definition list --name Contributor')).length, 1);
      const assignment = await az<{ principalType: string }>(`role assignment create --assignee ${appId} --role Looker --scope ${scope()}`);
      assert.equal(assignment.principalType, 'ServicePrincipal');
      const list = `role assignment list --scope ${scope()} --assignee ${appId}`;
      assert.equal((await az<{ roleDefinitionName: string }[]>(list))[0]?.roleDefinitionName, 'Looker');
      await az(`role assignment delete --assignee ${appId} --role Looker --scope ${scope()}`);
      assert.deepEqual(await az(list), []);
      await az('role definition delete --name Looker');
      assert.deepEqual(await az('role definition list --name Looker'), []);
    });
    test('users and groups', async () => {
      assert.ok((await az<unknown[]>('ad user list')).length > 0);
      const { id } = await az<Named>('ad user show --id admin@slipway.onmicrosoft.com');
      await az('ad group create --display-name admins --mail-nickname admins');
      await az(`ad group member add -g admins --member-id ${id}`);
      assert.equal((await az<Named[]>('ad group member list -g admins'))[0]?.id, id);
      assert.equal((await az<{ displayName: string }>('ad group show -g admins')).displayName, 'admins');
      assert.equal((await az<unknown[]>('ad group list')).length, 1);
    });
  });

  suite('signing in', () => {
    // Profiles of their own: the other suites go on as the service principal.
    const asUser = (name: string) => ({ env: { AZURE_CONFIG_DIR: join(service.folder, name), AZURE_CORE_ONLY_SHOW_ERRORS: '1' } });
    const user = async (name: string, line: string, ...more: string[]) =>
      JSON.parse((await service.succeed(targets.az, [...words(line), ...more, '-o', 'json'], asUser(name))).stdout || 'null');
    test('with a password, as somebody who sees one group alone', async () => {
      const password = 'Correct-horse-7';
      const upn = 'dev@slipway.onmicrosoft.com';
      const { id } = await az<Named>(`ad user create --display-name Dev --user-principal-name ${upn} --password ${password}`);
      await az('group create -n other -l westeurope');
      await az(`role assignment create --assignee-object-id ${id} --assignee-principal-type User --role Reader --scope ${scope()}`);
      const [account] = await user('dev', `login -u ${upn} -p ${password}`);
      assert.deepEqual(account.user, { name: upn, type: 'user' });
      assert.deepEqual(
        (await user('dev', 'group list')).map(({ name }: Named) => name),
        ['rg'],
      );
      const { code, stderr } = await service.attempt(targets.az, words('group create -n mine -l westeurope'), asUser('dev'));
      assert.equal(code, 1);
      assert.match(stderr, /\(AuthorizationFailed\) The client 'dev@slipway.onmicrosoft.com' with object id/);
      const wrong = await service.attempt(targets.az, words(`login -u ${upn} -p nonsense`), asUser('wrong'));
      assert.match(wrong.stderr, /AADSTS50126/);
      await az('group delete -n other --yes');
    });
    test('with a device code', async () => {
      const [account] = await user('device', 'login --use-device-code');
      assert.deepEqual(account.user, { name: 'admin@slipway.onmicrosoft.com', type: 'user' });
      assert.equal((await user('device', 'ad signed-in-user show')).userPrincipalName, 'admin@slipway.onmicrosoft.com');
      await service.succeed(targets.az, ['logout'], asUser('device'));
    });
  });

  suite('clusters', () => {
    const cluster = '-g rg -n aks1';
    const pool = '-g rg --cluster-name aks1 -n np2';
    const NODES = 'MC_rg_aks1_westeurope';
    interface Cluster {
      readonly provisioningState: string;
      readonly powerState: { readonly code: string };
      readonly currentKubernetesVersion: string;
      readonly tags: Body | null;
      readonly agentPoolProfiles: readonly { readonly count: number; readonly currentOrchestratorVersion: string }[];
    }
    interface Pool {
      readonly count: number;
      readonly nodeLabels: Body | null;
      readonly nodeTaints: string[] | null;
      readonly tags: Body | null;
      readonly availabilityZones: string[] | null;
      readonly powerState: { readonly code: string };
    }
    before(async () => {
      await az(`aks create ${cluster} --node-count 2 --generate-ssh-keys --attach-acr acrsweep --tags team=a`);
    });

    test('show, list, credentials', async () => {
      const shown = await az<Cluster>(`aks show ${cluster}`);
      assert.equal(shown.provisioningState, 'Succeeded');
      assert.deepEqual(shown.tags, { team: 'a' });
      assert.deepEqual(await names('aks list'), ['aks1']);
      for (const admin of ['', ' --admin'])
        await az(`aks get-credentials ${cluster}${admin} --overwrite-existing -f`, join(service.folder, 'kc'));
      const roles = await az<{ roleDefinitionName: string }[]>('role assignment list --all');
      assert.ok(roles.some(({ roleDefinitionName }) => roleDefinitionName === 'AcrPull'));
    });
    test('pools: add, list, scale, labels, taints, tags, upgrades', async () => {
      const added = await az<Pool>(
        `aks nodepool add ${pool} --node-count 3 --mode User --zones 1 2 3 --labels a=b --node-taints k=v:NoSchedule --tags t=1`,
      );
      assert.deepEqual(added.availabilityZones, ['1', '2', '3']);
      assert.deepEqual(added.nodeLabels, { a: 'b' });
      assert.deepEqual(added.nodeTaints, ['k=v:NoSchedule']);
      assert.deepEqual((await names('aks nodepool list -g rg --cluster-name aks1')).sort(), ['nodepool1', 'np2']);
      assert.equal((await az<Pool>(`aks nodepool scale ${pool} --node-count 1`)).count, 1);
      const updated = await az<Pool>(`aks nodepool update ${pool} --labels x=y --tags q=r --node-taints`, '');
      assert.deepEqual([updated.nodeLabels, updated.tags, updated.nodeTaints ?? []], [{ x: 'y' }, { q: 'r' }, []]);
      const profile = await az<{ kubernetesVersion: string; upgrades: unknown[] }>(
        'aks nodepool get-upgrades -g rg --cluster-name aks1 --nodepool-name np2',
      );
      assert.match(profile.kubernetesVersion, /^1\.\d+\.\d+$/);
      assert.match(await refusal('aks nodepool show -g rg --cluster-name aks1 -n nope'), /\(ResourceNotFound\)/);
      const last = await refusal('aks nodepool delete -g rg --cluster-name aks1 -n nodepool1');
      assert.match(last, /\(OperationNotAllowed\) There has to be at least one system agent pool\./);
    });
    test('pools: stop, start, delete', async () => {
      assert.equal((await az<Pool>(`aks nodepool stop ${pool}`)).powerState.code, 'Stopped');
      assert.equal((await az<Pool>(`aks nodepool start ${pool}`)).powerState.code, 'Running');
      await az(`aks nodepool delete ${pool}`);
      assert.deepEqual(await names('aks nodepool list -g rg --cluster-name aks1'), ['nodepool1']);
    });
    test('scale, tags, upgrade of the control plane', async () => {
      assert.equal((await az<Cluster>(`aks scale ${cluster} --node-count 3`)).agentPoolProfiles[0]?.count, 3);
      assert.deepEqual((await az<Cluster>(`aks update ${cluster} --tags a=b`)).tags, { a: 'b' });
      const { controlPlaneProfile } = await az<{ controlPlaneProfile: { upgrades: { kubernetesVersion: string }[] } }>(
        `aks get-upgrades ${cluster}`,
      );
      const to = controlPlaneProfile.upgrades.at(-1)?.kubernetesVersion ?? assert.fail('no upgrades');
      const upgraded = await az<Cluster>(`aks upgrade ${cluster} --control-plane-only --kubernetes-version ${to} --yes`);
      assert.equal(upgraded.currentKubernetesVersion, to);
      assert.notEqual(upgraded.agentPoolProfiles[0]?.currentOrchestratorVersion, to);
      const { values } = await az<{ values: { version: string }[] }>('aks get-versions -l westeurope');
      assert.ok(values.some(({ version }) => to.startsWith(`${version}.`)));
    });
    test('stop and start', async () => {
      await az(`aks stop ${cluster}`);
      assert.equal((await az<Cluster>(`aks show ${cluster}`)).powerState.code, 'Stopped');
      assert.match(await refusal(`aks update ${cluster} --tags c=d`), /\(OperationNotAllowed\).*is stopped/);
      await az(`aks start ${cluster}`);
      const { powerState, provisioningState } = await az<Cluster>(`aks show ${cluster}`);
      assert.deepEqual([powerState.code, provisioningState], ['Running', 'Succeeded']);
    });
    test('what Azure refuses, and what is not built', async () => {
      const create = 'aks create -g rg -n aks2 --generate-ssh-keys';
      assert.match(
        await refusal(`${create} --kubernetes-version 1.20.1`),
        /\(K8sVersionNotSupported\) Managed cluster aks2 is on version 1\.20\.1/,
      );
      assert.match(await refusal(`${create} --node-vm-size Standard_Nope`), /The VM size of Standard_Nope is not allowed/);
      assert.match(await refusal(`${create} --network-plugin kubenet`), /\(NotImplemented\)/);
      assert.match(await refusal(`aks enable-addons ${cluster} -a azure-policy`), /\(NotImplemented\).*azurepolicy/);
      assert.match(await refusal(`aks update ${cluster} --api-server-authorized-ip-ranges 1.2.3.4/32`), /\(NotImplemented\)/);
      assert.deepEqual(await az('aks maintenanceconfiguration list -g rg --cluster-name aks1'), []);
      const configuration = await refusal('aks maintenanceconfiguration show -g rg --cluster-name aks1 -n default');
      assert.match(configuration, /\(ResourceNotFound\)/);
    });
    test('scale sets and resources of the node group', async () => {
      const [scaleSet] = await az<(Named & { sku: { capacity: number } })[]>(`vmss list -g ${NODES}`);
      assert.match(scaleSet?.name ?? '', /^aks-nodepool1-\d{8}-vmss$/);
      assert.equal((await az<Named>(`vmss show -g ${NODES} -n ${scaleSet?.name}`)).id, scaleSet?.id);
      const instances = await az<{ instanceId: string; name: string; latestModelApplied: boolean }[]>(
        `vmss list-instances -g ${NODES} -n ${scaleSet?.name}`,
      );
      assert.equal(instances.length, 3);
      for (const { instanceId, name } of instances) assert.equal(name, `${scaleSet?.name}_${instanceId}`);
      const types = (await az<{ type: string }[]>(`resource list -g ${NODES}`)).map(({ type }) => type);
      for (const type of ['Network/loadBalancers', 'Network/publicIPAddresses', 'Compute/virtualMachineScaleSets'])
        assert.ok(types.includes(`Microsoft.${type}`), type);
      const type = '--resource-type Microsoft.Compute/virtualMachineScaleSets';
      assert.equal((await az<Named>(`resource show -g ${NODES} -n ${scaleSet?.name} ${type}`)).id, scaleSet?.id);
    });
    test('detach a registry, delete, and the group with it', async () => {
      await az(`aks update ${cluster} --detach-acr acrsweep`);
      const roles = await az<{ roleDefinitionName: string }[]>('role assignment list --all');
      assert.ok(!roles.some(({ roleDefinitionName }) => roleDefinitionName === 'AcrPull'));
      await az(`aks delete ${cluster} --yes`);
      assert.equal(await az<boolean>(`group exists -n ${NODES}`), false);
      await az('group delete -n rg --yes');
      assert.deepEqual(await az('resource list'), []);
    });
  });

  test('the service reported no fault of its own', () => assert.doesNotMatch(service.log, /unhandled|TypeError|at file:/i));
});
