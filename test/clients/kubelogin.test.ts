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
  const secretOf = ({ password }: Principal) => ({ AAD_SERVICE_PRINCIPAL_CLIENT_SECRET: password });

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
    // The default cache still holds the token of the test before.
    const cache = ['--token-cache-dir', join(service.folder, 'other-tokens')];
    const args = [
      '--server-id',
      SERVER_ID,
      '--client-id',
      principal.appId,
      '--client-secret',
      'wrong',
      '--tenant-id',
      principal.tenant,
      ...cache,
    ];
    const { code, stderr } = await service.attempt(targets.kubelogin, ['get-token', '-l', 'spn', ...args], {
      // The token of the test before is in the cache of the other home.
      env: { HOME: join(service.folder, 'elsewhere') },
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /AADSTS7000215|invalid_client/);
  });

  suite('a cluster with Microsoft Entra and Azure RBAC', () => {
    before(async () => {
      await service.createCluster('entra', '--enable-aad', '--enable-azure-rbac');
      const { id } = await service.az<{ id: string }>('aks', 'show', '-g', 'rg', '-n', 'entra');
      const role = 'Azure Kubernetes Service RBAC Cluster Admin';
      const { user } = await service.az<{ user: { name: string } }>('account', 'show');
      for (const assignee of [principal.appId, user.name]) {
        await service.az('role', 'assignment', 'create', '--role', role, '--assignee', assignee, '--scope', id);
      }
    });

    for (const login of ['spn', 'azurecli'] as const) {
      test(`kubectl after convert-kubeconfig -l ${login}`, async () => {
        const file = join(service.folder, `kubeconfig-${login}`);
        copyFileSync(join(service.folder, 'kubeconfig'), file);
        const env = { KUBECONFIG: file, ...(login === 'spn' ? secretOf(principal) : {}) };
        const id = login === 'spn' ? ['--client-id', principal.appId, '--tenant-id', principal.tenant] : [];
        await service.succeed(targets.kubelogin, ['convert-kubeconfig', '-l', login, ...id], { env });
        const { stdout } = await service.succeed(targets.kubectl, ['get', 'nodes', '--no-headers'], { env });
        assert.equal(stdout.trimEnd().split('\n').length, 2);
      });
    }

    test('a principal without a role is Forbidden', async () => {
      const other = await service.az<Principal>('ad', 'sp', 'create-for-rbac', '-n', 'stranger');
      const file = join(service.folder, 'kubeconfig-stranger');
      copyFileSync(join(service.folder, 'kubeconfig'), file);
      const env = { KUBECONFIG: file, ...secretOf(other) };
      await service.succeed(
        targets.kubelogin,
        ['convert-kubeconfig', '-l', 'spn', '--client-id', other.appId, '--tenant-id', other.tenant],
        { env },
      );
      const { code, stderr } = await service.attempt(targets.kubectl, ['get', 'nodes'], { env });
      assert.equal(code, 1);
      assert.match(stderr, /Error from server \(Forbidden\): nodes is forbidden/);
    });
  });
});
