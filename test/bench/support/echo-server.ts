/** The least that HTTPS can cost in Node: answers every request with 1 KB. Prints its port. */
import { createServer } from 'node:https';
import { issueServer, openAuthority } from '../../../src/engines/certificates/authority.ts';
import { memoryVault } from '../../../src/engines/certificates/vault.ts';

const nowMs = Date.now();
const authority = openAuthority(memoryVault(), 'ca', { commonName: 'bench' }, nowMs);
const { certificatePem, privateKeyPem } = issueServer(authority, ['localhost'], nowMs, 86_400_000);
const body = JSON.stringify({ text: 'x'.repeat(1000) });
const server = createServer({ key: privateKeyPem, cert: certificatePem, keepAliveTimeout: 60_000 }, (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address ? address.port : 0}\n`);
});
