import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Access, isLoopbackHost, parseAuthority } from './connection.ts';
import type { Core, ProxyCaller } from './options.ts';

/** Reads `Proxy-Authorization: Basic base64(<world>[.<vantage>]:<token>)`; undefined when it is malformed. */
export function parseProxyCaller(header: string | undefined): ProxyCaller | undefined {
  if (header === undefined) return { world: '', vantage: '', token: undefined };
  const encoded = /^basic\s+([a-z0-9+/=]+)\s*$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  const user = decoded.slice(0, colon);
  const dot = user.indexOf('.');
  const [world, vantage] = dot < 0 ? [user, ''] : [user.slice(0, dot), user.slice(dot + 1)];
  return { world, vantage, token: decoded.slice(colon + 1) };
}

/** The caller, when it may use the proxy. */
export function authorizedCaller(core: Core, header: string | undefined): ProxyCaller | undefined {
  const caller = parseProxyCaller(header);
  return caller !== undefined && core.authorizeProxy(caller) ? caller : undefined;
}

/** Ends a proxy connection with a short answer. */
export function refuse(socket: Duplex, status: string, text: string, headers = '') {
  const body = `${text}\n`;
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status}\r\n${headers}Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

export const authenticateHeader = 'Proxy-Authenticate: Basic realm="slipway"\r\n';
export const offlineText = (host: string): string => `slipway runs offline and does not answer for ${host}`;

function passThrough(core: Core, socket: Duplex, head: Buffer, host: string, port: number) {
  const upstream = connect({ host, port });
  upstream.setNoDelay(true);
  upstream.once('connect', () => {
    upstream.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  upstream.once('error', (error) => {
    core.log.debug({ err: error, host, port }, 'proxy target unreachable');
    if (upstream.connecting || upstream.pending) refuse(socket, '502 Bad Gateway', `cannot connect to ${host}:${port}: ${error.message}`);
  });
  upstream.once('close', () => socket.destroy());
  socket.once('close', () => upstream.destroy());
}

export interface ConnectHooks {
  readonly accept: (socket: Socket, access: Access) => void;
  /** The door behind one of our own ports, so that a proxied `https://localhost:<port>` needs no second hop. */
  readonly ownDoor: (port: number) => Access | undefined;
}

/** Answers CONNECT: our hosts end here, in the caller's world and at its vantage point; all others pass through or are refused. */
export function onConnect(core: Core, hooks: ConnectHooks, request: IncomingMessage, socket: Socket, head: Buffer) {
  socket.on('error', (error) => core.log.debug({ err: error }, 'proxy connection failed'));
  const caller = authorizedCaller(core, request.headers['proxy-authorization']);
  if (caller === undefined)
    return refuse(socket, '407 Proxy Authentication Required', 'the proxy needs the token that `slipway env` prints', authenticateHeader);
  const target = parseAuthority(request.url ?? '');
  if (target?.port === undefined) return refuse(socket, '400 Bad Request', 'CONNECT needs host:port');
  const { host, port } = target;
  const { world, vantage } = caller;
  const own = isLoopbackHost(host) ? hooks.ownDoor(port) : undefined;
  const access: Access | undefined =
    own !== undefined
      ? { ...own, world: own.world || world, vantage }
      : core.isOurs(host)
        ? { door: 'tunnel', world, vantage, host }
        : undefined;
  if (access !== undefined) {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    return hooks.accept(socket, access);
  }
  if (core.offline === true && !isLoopbackHost(host)) return refuse(socket, '403 Forbidden', offlineText(host));
  passThrough(core, socket, head, host, port);
}
