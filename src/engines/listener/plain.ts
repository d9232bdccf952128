import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { connectionOf, isLoopbackHost, parseAuthority } from './connection.ts';
import type { Core } from './options.ts';
import { authorizedCaller, offlineText } from './proxy.ts';

const hopByHop = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

function answer(request: IncomingMessage, response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}) {
  const body = `${text}\n`;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body), ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const withoutHopByHop = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));

function forward(core: Core, request: IncomingMessage, response: ServerResponse, host: string, port: number, path: string) {
  const upstream = sendRequest({ host, port, path, method: request.method, headers: withoutHopByHop(request.headers), setHost: false });
  upstream.once('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, withoutHopByHop(reply.headers));
    reply.pipe(response);
    reply.once('error', () => response.destroy());
  });
  upstream.on('error', (error) => {
    core.log.debug({ err: error, host }, 'proxy target failed');
    if (response.headersSent) response.destroy();
    else answer(request, response, 502, `cannot reach ${host}:${port}: ${error.message}`);
  });
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** `GET http://host/path`, as proxies are asked for what is not encrypted. */
function onAbsolute(core: Core, request: IncomingMessage, response: ServerResponse, authority: string, path: string) {
  if (authorizedCaller(core, request.headers['proxy-authorization']) === undefined) {
    return answer(request, response, 407, 'the proxy needs the token that `slipway env` prints', {
      'proxy-authenticate': 'Basic realm="slipway"',
    });
  }
  const target = parseAuthority(authority);
  if (target === undefined) return answer(request, response, 400, 'malformed request target');
  const { host, port } = target;
  if (core.isOurs(host)) return answer(request, response, 400, `${host} is only served over https`);
  if (core.offline === true && !isLoopbackHost(host)) return answer(request, response, 403, offlineText(host));
  forward(core, request, response, host, port ?? 80, path);
}

/** Answers requests outside TLS: health, the proxy's absolute form, and clients that mistook the port. */
export function onPlain(core: Core, request: IncomingMessage, response: ServerResponse) {
  const { url = '/', method } = request;
  const isMain = connectionOf(request.socket)?.access.door === 'main';
  const absolute = /^http:\/\/([^/?#]+)(.*)$/i.exec(url);
  if (isMain && absolute?.[1] !== undefined) {
    const rest = absolute[2] ?? '';
    return onAbsolute(core, request, response, absolute[1], rest.startsWith('/') ? rest : `/${rest}`);
  }
  if (isMain && url === '/healthz' && (method === 'GET' || method === 'HEAD')) return answer(request, response, 200, 'ok');
  answer(request, response, 400, 'Client sent an HTTP request to an HTTPS server.');
}
