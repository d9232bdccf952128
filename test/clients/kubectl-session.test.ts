import { execFileSync } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { findKubectls } from './clients.ts';
import { missing, Service } from './harness.ts';
import { generators } from './kubectl-session/generators.ts';
import { operating } from './kubectl-session/operating.ts';
import { rollouts } from './kubectl-session/rollouts.ts';
import { type Kubectl, runSession } from './kubectl-session/step.ts';
import { writing } from './kubectl-session/writing.ts';

suite('kubectl sessions', { skip: missing('az') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
    // A key pair for `create secret tls`, in the folder in which clients run.
    const keyPair = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tls.key', '-out', 'tls.crt', '-subj', '/CN=example.com'];
    execFileSync('openssl', keyPair, { cwd: service.folder, stdio: 'ignore' });
  });
  after(() => service?.stop());

  for (const [version, path] of findKubectls()) {
    suite(version, () => {
      for (const session of [generators, writing, rollouts, operating]) {
        test(session.subject, async () => {
          const minor = Number(version.split('.')[1]);
          const namespace = `v${minor}-${session.subject.replace(/\W+/g, '-').slice(0, 12).replace(/-$/, '')}`;
          const kubectl: Kubectl = (words, options) => service.attempt(path, ['-n', namespace, ...words], options);
          await service.succeed(path, ['create', 'namespace', namespace]);
          const { stdout } = await service.succeed(path, ['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
          await runSession(session, minor, kubectl, { namespace, node: stdout });
          await service.succeed(path, ['delete', 'namespace', namespace, '--wait=false']);
        });
      }
    });
  }
});
