import type { Server } from 'node:net';
import { type PortOwner, portOwner } from './port-owner.ts';

/** The port is taken; the message names who holds it where that can be found out. */
export class PortInUseError extends Error {
  readonly port: number;
  readonly owner: PortOwner | undefined;
  constructor(port: number, owner: PortOwner | undefined) {
    const who = owner === undefined ? 'another process' : `${owner.command} (process ${owner.pid})`;
    super(`port ${port} is in use by ${who}`);
    this.name = 'PortInUseError';
    this.port = port;
    this.owner = owner;
  }
}

const firstAutoPort = 8443;
const autoPorts = 200;

const listenOn = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const onError = (error: Error & { code?: string }) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, portOwner(port)) : error);
    server.once('error', onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.removeListener('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Listens on the port, any free one (0), or the next free one from 8443 ("auto"). Rejects with PortInUseError. */
export async function bind(server: Server, host: string, port: number | 'auto'): Promise<number> {
  if (port !== 'auto') return listenOn(server, host, port);
  for (let candidate = firstAutoPort; candidate < firstAutoPort + autoPorts; candidate++) {
    try {
      return await listenOn(server, host, candidate);
    } catch (error) {
      if (!(error instanceof PortInUseError)) throw error;
    }
  }
  return listenOn(server, host, 0);
}
