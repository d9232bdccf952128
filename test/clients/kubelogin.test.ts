import assert from 'node:assert/strict';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

/** Application id of the AKS Microsoft Entra server, the audience of every token for a cluster. */
const SERVER_ID = '6dae42f8-4368-4678-94ff-3960e28e3630';

interface Principal {
  readonly appId: string;
  readonly password: string;
  readonly tenant: string;
}
interface ExecCredential {
  readonly kind: string;
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

function claimsOf(token: string): { aud: string; tid: string; appid?: string; exp: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

suite('kubelogin', { skip: missing('az', 'kubectl', 'kubelogin') }, () => {
  let service: Service;
  let principal: Principal;
  before(async () => {
    service = await Service.start();
    // kubeconfigs name the command, so it has to be on PATH under that name.
    symlinkSync(targets.kubelogin, join(service.folder, 'bin', 'kubelogin'));
    principal = await service.az<Principal>('ad', 'sp', 'create-for-rbac', '-n', 'pipeline');
  });
  after(() => service?.stop());

  const getToken = async (...args: string[]) => {
    const { stdout } = await service.succeed(targets.kubelogin, ['get-token', '--server-id', SERVER_ID, ...args]);
    return JSON.parse(stdout) as ExecCredential;
  };
  const spnEnvironment = () => ({
    AAD_SERVICE_PRINCIPAL_CLIENT_ID: principal.appId,
    AAD_SERVICE_PRINCIPAL_CLIENT_SECRET: principal.password,
  });

  test('-l azurecli gives a token for the cluster', async () => {
    const { kind, status } = await getToken('-l', 'azurecli');
    assert.equal(kind, 'ExecCredential');
    assert.equal(claimsOf(status.token).aud, SERVER_ID);
    assert.ok(claimsOf(status.token).exp * 1000 > Date.now());
  });

  test('-l spn gives a token of the service principal', async () => {
    const args = ['--client-id', principal.appId, '--client-secret', principal.password, '--tenant-id', principal.tenant];
    const { status } = await getToken('-l', 'spn', ...args);
    assert.equal(claimsOf(status.token).aud, SERVER_ID);
    assert.equal(claimsOf(status.token).appid, principal.appId);
    assert.equal(claimsOf(status.token).tid, principal.tenant);
  });

  test('-l spn with a wrong secret is refused', async () => {
    const args = ['--server-id', SERVER_ID, '--client-id', principal.appId, '--client-secret', 'wrong', '--tenant-id', principal.tenant];
    const { code, stderr } = await service.attempt(targets.kubelogin, ['get-token', '-l', 'spn', ...args]);
    assert.notEqual(code, 0);
    assert.match(stderr, /AADSTS7000215|invalid_client/);
  });

  suite('a cluster with Microsoft Entra and Azure RBAC', () => {
    before(async () => {
      await service.createCluster('entra', '--enable-aad', '--enable-azure-rbac');
      const { id } = await service.az<{ id: string }>('aks', 'show', '-g', 'rg', '-n', 'entra');
      const role = 'Azure Kubernetes Service RBAC Cluster Admin';
      await service.az('role', 'assignment', 'create', '--role', role, '--assignee', principal.appId, '--scope', id);
    });

    for (const login of ['spn', 'azurecli'] as const) {
      test(`kubectl after convert-kubeconfig -l ${login}`, async () => {
        const file = join(service.folder, `kubeconfig-${login}`);
        copyFileSync(join(service.folder, 'kubeconfig'), file);
        const env = { KUBECONFIG: file, ...(login === 'spn' ? spnEnvironment() : {}) };
        await service.succeed(targets.kubelogin, ['convert-kubeconfig', '-l', login], { env });
        const { stdout } = await service.succeed(targets.kubectl, ['get', 'nodes', '--no-headers'], { env });
        assert.equal(stdout.trimEnd().split('\n').length, 2);
      });
    }

    test('a principal without a role is Forbidden', async () => {
      const other = await service.az<Principal>('ad', 'sp', 'create-for-rbac', '-n', 'stranger');
      const file = join(service.folder, 'kubeconfig-spn');
      const env = {
        KUBECONFIG: file,
        AAD_SERVICE_PRINCIPAL_CLIENT_ID: other.appId,
        AAD_SERVICE_PRINCIPAL_CLIENT_SECRET: other.password,
      };
      const { code, stderr } = await service.attempt(targets.kubectl, ['get', 'nodes'], { env });
      assert.equal(code, 1);
      assert.match(stderr, /Error from server \(Forbidden\): nodes is forbidden/);
    });
  });
});
