import { isIP, type Socket } from 'node:net';
import type { Via } from '../../kernel/http.ts';

/** Through which door a connection came, and as whom. */
export interface Access {
  /** `main`: the one port, addressed directly. `extra`: a port opened for one host. `tunnel`: inside a CONNECT. */
  readonly door: 'main' | 'extra' | 'tunnel';
  readonly world: string;
  readonly vantage: string;
  /** The host that an extra port stands for, or CONNECT's target. */
  readonly host?: string;
}

/** How one request addressed us. */
export interface Address {
  readonly origin: string;
  readonly host: string;
  readonly via: Via;
}

/** One client connection and what its requests share. */
export interface Connection {
  readonly access: Access;
  readonly isSecure: boolean;
  /** Name from the TLS handshake; undefined when the client addressed an IP address. */
  readonly serverName?: string;
  readonly clientCertificate?: Uint8Array;
  /** The answer for the authority that was last asked: nearly always the only one of a connection. */
  last?: { readonly authority: string | undefined; readonly address: Address | undefined };
}

// Sockets are wrapped (TLS in a tunnel in TCP) and handed between servers: the map carries what we know about each to its requests.
const connections = new WeakMap<Socket, Connection>();

export const rememberConnection = (socket: Socket, connection: Connection) => void connections.set(socket, connection);
export const connectionOf = (socket: Socket): Connection | undefined => connections.get(socket);

const authorityPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/;

/** Splits `host[:port]`; IPv6 addresses lose their brackets, names the dot of the root. Undefined when it is neither. */
export function parseAuthority(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const match = authorityPattern.exec(text.toLowerCase());
  if (match?.[1] === undefined) return undefined;
  // "management.azure.com." is the same host: with its dot it would pass for one of the real internet.
  const isBracketed = match[1].startsWith('[');
  const host = isBracketed ? match[1].slice(1, -1) : match[1].replace(/\.$/, '');
  if (host === '' || (isBracketed && isIP(host) !== 6)) return undefined;
  const port = match[2] === undefined ? undefined : Number(match[2]);
  return port !== undefined && port > 65_535 ? undefined : { host, port };
}

export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (host.startsWith('127.') && isIP(host) !== 0) || host.endsWith('.localhost');

function resolve(connection: Connection, authority: string | undefined, isOurs: (host: string) => boolean): Address | undefined {
  const { access, serverName } = connection;
  if (access.door === 'extra' && access.host !== undefined) return { origin: `https://${access.host}`, host: access.host, via: 'endpoint' };
  const text = (authority ?? access.host ?? serverName ?? 'localhost').toLowerCase();
  const parsed = parseAuthority(text);
  if (parsed === undefined) return undefined;
  const origin = `https://${text.endsWith(':443') ? text.slice(0, -4) : text}`;
  const host = isIP(parsed.host) !== 0 && serverName !== undefined ? serverName : parsed.host;
  if (access.door === 'tunnel' && !isLoopbackHost(parsed.host)) return { origin, host, via: 'proxy' };
  return { origin, host, via: isOurs(host) && !isLoopbackHost(host) ? 'takeover' : 'endpoint' };
}

/** Where the client believes to be, from the request's Host header or `:authority`; undefined when that is malformed. */
export function addressOf(connection: Connection, authority: string | undefined, isOurs: (host: string) => boolean): Address | undefined {
  const { last } = connection;
  if (last !== undefined && last.authority === authority) return last.address;
  const address = resolve(connection, authority, isOurs);
  connection.last = { authority, address };
  return address;
}
