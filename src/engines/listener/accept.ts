import type { Server } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Access, type Connection, isLoopbackHost, parseAuthority, rememberConnection } from './connection.ts';
import { acceptHttp2 } from './http2.ts';
import type { Core } from './options.ts';

const tlsHandshakeRecord = 0x16;

export interface Acceptor {
  /** Takes over a connection that nothing has been read from, or whose first bytes were put back. */
  accept(socket: Socket, access: Access): void;
}

export interface AcceptorParts {
  readonly core: Core;
  readonly http1: Server;
  readonly sessions: Set<ServerHttp2Session>;
  /** Those of the sessions that have nothing to do, the longest idle first. */
  readonly idle: Set<ServerHttp2Session>;
}

/** Runs once the client has sent its first byte, with the bytes put back; nothing happens when it never does. */
function onFirstByte(socket: Socket, run: (byte: number) => void) {
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    run(chunk[0] ?? 0);
  });
}

function secureConnection(socket: TLSSocket, access: Access): Connection {
  const connection = { access, isSecure: true };
  // The types say string or false; without a server name it is null or false.
  const serverName =
    typeof socket.servername === 'string' && socket.servername !== '' ? { serverName: socket.servername.toLowerCase() } : {};
  const certificate = socket.getPeerX509Certificate();
  return { ...connection, ...serverName, ...(certificate === undefined ? {} : { clientCertificate: certificate.raw }) };
}

function acceptTls({ core, http1, sessions, idle }: AcceptorParts, raw: Socket, access: Access) {
  const expected = access.host ?? 'localhost';
  const socket = new TLSSocket(raw, {
    isServer: true,
    secureContext: core.secureContext(expected),
    ALPNProtocols: ['h2', 'http/1.1'],
    requestCert: true,
    rejectUnauthorized: false,
    SNICallback(name, done) {
      // Names that are not ours get the expected certificate: the client reports the mismatch better than an alert could.
      const host = name.toLowerCase();
      const isKnown = parseAuthority(host)?.host === host && (core.isOurs(host) || isLoopbackHost(host));
      try {
        done(null, isKnown && host !== expected ? core.secureContext(host) : undefined);
      } catch (error) {
        done(error instanceof Error ? error : new Error('no certificate'));
      }
    },
  });
  socket.setTimeout(core.limits.handshakeMs, () => socket.destroy());
  socket.on('error', (error) => core.log.debug({ err: error, host: expected }, 'TLS connection failed'));
  socket.once('secure', () => {
    socket.setTimeout(0);
    const connection = secureConnection(socket, access);
    if (socket.alpnProtocol === 'h2') {
      const session = acceptHttp2(core, socket, connection, idle);
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
      return;
    }
    rememberConnection(socket, connection);
    http1.emit('connection', socket);
  });
}

/** The first byte of a connection tells TLS from plain HTTP. */
export function createAcceptor(parts: AcceptorParts): Acceptor {
  const { core, http1 } = parts;
  return {
    accept(socket, access) {
      socket.on('error', (error) => core.log.debug({ err: error }, 'connection failed'));
      socket.setTimeout(core.limits.handshakeMs, () => socket.destroy());
      onFirstByte(socket, (byte) => {
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        if (byte === tlsHandshakeRecord) return acceptTls(parts, socket, access);
        rememberConnection(socket, { access, isSecure: false });
        http1.emit('connection', socket);
        socket.resume();
      });
    },
  };
}
