import type { ServerHttp2Session } from 'node:http2';
import { createServer, type Server, Socket } from 'node:net';
import { createAcceptor } from './accept.ts';
import { bind } from './bind.ts';
import type { Access } from './connection.ts';
import { createHttp1 } from './http1.ts';
import { type Core, defaultLimits, type Listener, type ListenerOptions } from './options.ts';
import { onPlain } from './plain.ts';
import { onConnect } from './proxy.ts';
import { createUpgrades } from './upgrade.ts';

const keepAliveProbeMs = 30_000;
const idleSweepMs = 50;
const defaultGraceMs = 5_000;

interface Door {
  readonly server: Server;
  readonly port: number;
  readonly sockets: Set<Socket>;
}

async function openDoor(address: string, port: number | 'auto', accept: (socket: Socket) => void): Promise<Door> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveProbeMs }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    accept(socket);
  });
  return { server, sockets, port: await bind(server, address, port) };
}

const closeServer = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Resolves with whether all sockets closed by themselves within the time. */
async function drained(doors: readonly Door[], graceMs: number, sweep: () => void): Promise<void> {
  const giveUpAt = performance.now() + graceMs;
  sweep();
  while (doors.some((door) => door.sockets.size > 0) && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, idleSweepMs));
    sweep();
  }
}

/**
 * Opens the one port of DESIGN §6: TLS with HTTP/1.1, HTTP/2 and WebSocket, and the plain HTTP proxy beside it.
 * Rejects with PortInUseError when the port is taken.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const core: Core = { ...options, limits: { ...defaultLimits, ...options.limits }, sinks: new Set(), isStopping: false };
  const address = options.address ?? '127.0.0.1';
  const sessions = new Set<ServerHttp2Session>();
  const ports = new Map<number, Access>();
  const doors = new Set<Door>();
  const hooks = { accept: (socket: Socket, access: Access) => acceptor.accept(socket, access), ownDoor: (port: number) => ports.get(port) };
  const http1 = createHttp1(core, {
    onPlain: (request, response) => onPlain(core, request, response),
    onConnect(request, socket, head) {
      // Connections come from `accept` alone, so the stream is the net.Socket (or TLSSocket) that was handed in.
      if (socket instanceof Socket) onConnect(core, hooks, request, socket, head);
      else socket.destroy();
    },
    onUpgrade: createUpgrades(core),
  });
  const acceptor = createAcceptor({ core, http1, sessions, idle: new Set() });

  const open = async (port: number | 'auto', access: Access): Promise<Door> => {
    const door = await openDoor(address, port, (socket) => acceptor.accept(socket, access));
    doors.add(door);
    ports.set(door.port, access);
    return door;
  };
  const close = async (door: Door): Promise<void> => {
    doors.delete(door);
    ports.delete(door.port);
    for (const socket of door.sockets) socket.destroy();
    await closeServer(door.server);
  };
  const main = await open(options.port, { door: 'main', world: '', vantage: '' });

  return {
    address,
    port: main.port,
    async openPort({ host, world = '', port = 0 }) {
      const door = await open(port, { door: 'extra', world, vantage: '', host: host.toLowerCase() });
      return { port: door.port, close: () => close(door) };
    },
    async stop({ graceMs = defaultGraceMs } = {}) {
      core.isStopping = true;
      const all = [...doors];
      const closed = all.map((door) => closeServer(door.server));
      for (const sink of core.sinks) sink.end();
      for (const session of sessions) session.close();
      await drained(all, graceMs, () => http1.closeIdleConnections());
      http1.close();
      for (const session of sessions) session.destroy();
      for (const door of all) for (const socket of door.sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}
