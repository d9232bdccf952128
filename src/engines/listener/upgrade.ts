import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Headers, HttpResponse, Upgrade, WebSocketLike } from '../../kernel/http.ts';
import { noBody } from './body.ts';
import { addressOf, connectionOf } from './connection.ts';
import { fieldsOf, Http1Reply } from './http1.ts';
import type { Core, UpgradeHandler } from './options.ts';
import { refuse } from './proxy.ts';
import { makeRequest, RequestLifetime } from './request.ts';
import { respond, serve } from './respond.ts';

const asBytes = (data: Buffer | ArrayBuffer | Buffer[]): Uint8Array =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;

function webSocketLike(socket: WebSocket): WebSocketLike {
  return {
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (listener) => void socket.on('message', (data, isBinary) => listener(asBytes(data), isBinary)),
    onClose: (listener) => void socket.once('close', () => listener()),
  };
}

const protocolsOf = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');

/** Sends a plain answer on a connection that asked for an upgrade, and closes it. */
function refusalReply(core: Core, message: IncomingMessage, socket: Socket) {
  const response = new ServerResponse(message);
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  response.once('finish', () => socket.end());
  return new Http1Reply(core, response);
}

interface Taken {
  upgrade: Upgrade;
  isTaken(): boolean;
}

function offer(
  sockets: WebSocketServer,
  chosen: WeakMap<IncomingMessage, string>,
  message: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Taken {
  let isTaken = false;
  const token = (message.headers.upgrade ?? '').toLowerCase();
  const take = () => {
    if (isTaken) throw new Error('the upgrade was already accepted');
    isTaken = true;
  };
  const accept = (protocol: string | undefined): WebSocketLike => {
    take();
    if (protocol !== undefined) chosen.set(message, protocol);
    let accepted: WebSocket | undefined;
    sockets.handleUpgrade(message, socket, head, (webSocket) => {
      accepted = webSocket; // called before handleUpgrade returns, unless the handshake was malformed
    });
    if (accepted === undefined) throw new Error('malformed WebSocket handshake');
    accepted.on('error', () => accepted?.terminate());
    return webSocketLike(accepted);
  };
  const acceptRaw = (headers: Headers): Duplex => {
    take();
    const lines = Object.entries({ connection: 'Upgrade', upgrade: message.headers.upgrade ?? '', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    if (head.length > 0) socket.unshift(head);
    return socket;
  };
  return { upgrade: { token, protocols: protocolsOf(message), accept, acceptRaw }, isTaken: () => isTaken };
}

/** Makes what Node calls for a request with an Upgrade header; undefined when nobody answers upgrades. */
export function createUpgrades(core: Core): ((message: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined {
  const handler: UpgradeHandler | undefined = core.upgradeHandler;
  if (handler === undefined) return undefined;
  const chosen = new WeakMap<IncomingMessage, string>();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: core.limits.webSocketMessageBytes,
    handleProtocols: (_offered, message) => chosen.get(message) ?? false,
  });
  return (message, socket, head) => {
    const connection = connectionOf(message.socket);
    if (!(socket instanceof Socket) || connection === undefined) return void socket.destroy();
    socket.on('error', (error) => core.log.debug({ err: error }, 'upgraded connection failed'));
    const address = addressOf(connection, message.headers.host, core.isOurs);
    const lifetime = new RequestLifetime();
    socket.once('close', () => lifetime.abort('gone'));
    const { method = 'GET', url: target = '/' } = message;
    const request = address && makeRequest({ method, target, headers: fieldsOf(message), address, connection }, noBody, lifetime);
    if (request === undefined) return refuse(socket, '400 Bad Request', 'malformed request');
    const { upgrade, isTaken } = offer(sockets, chosen, message, socket, head);
    const finish = (response: HttpResponse | undefined) => {
      if (isTaken()) return;
      const reply = refusalReply(core, message, socket);
      if (response !== undefined) return respond(core, request, reply, response);
      const defect = () => Promise.reject(new Error('the upgrade was neither accepted nor refused'));
      serve(core, request, reply, lifetime, defect);
    };
    const fail = (error: unknown) => {
      if (isTaken()) return void socket.destroy();
      serve(core, request, refusalReply(core, message, socket), lifetime, () => Promise.reject(error));
    };
    try {
      Promise.resolve(handler(request, upgrade)).then(finish, fail);
    } catch (error) {
      fail(error);
    }
  };
}
