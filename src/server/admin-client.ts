import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Home } from './home.ts';

/** No process answers for this home. */
export class NotRunning extends Error {}
/** The process answered, with a refusal. */
export class Refused extends Error {}

const LIMIT_MS = 3_600_000;

/** Calls the process that runs for a home: `call(home, 'GET', 'status')`. Rejects with NotRunning or Refused. */
export function call<T>(home: Home, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const running = home.running;
  if (!running) return Promise.reject(new NotRunning(`Slipway is not running for ${home.folder}. Start it with: slipway up`));
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: running.address,
        port: running.port,
        method,
        path: `/slipway/v1/${path}`,
        // The token must reach nobody but the process that holds this home's authority.
        ca: readFileSync(join(home.certificates, 'ca.crt')),
        timeout: LIMIT_MS,
        headers: {
          authorization: `Bearer ${home.secret('admin-token')}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
      },
      (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          answer += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(answer) as T);
          else reject(new Refused(errorIn(answer) ?? `answered with ${response.statusCode}: ${answer.trim()}`));
        });
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Another program may have the port by now, plain or with another authority.
      const gone = error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' || isForeign(error.code ?? '');
      reject(gone ? new NotRunning(`Slipway is not running for ${home.folder}. Start it with: slipway up`) : error);
    });
    outgoing.end(text);
  });
}

/** Codes of TLS that tell that the other side is not the process of this home. */
const isForeign = (code: string): boolean =>
  code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || /CERT|_SIGNATURE$/.test(code);

/** The reason in an answer of the administrators' door; undefined when something else answered. */
function errorIn(answer: string): string | undefined {
  try {
    const { error } = JSON.parse(answer) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
