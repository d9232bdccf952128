import type { HttpResponse } from '../../kernel/http.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { negotiate } from '../pipeline/negotiate.ts';
import type { ResourceRequest } from '../pipeline/request-info.ts';
import { documentResponse } from '../pipeline/respond.ts';
import { methodNotAllowed, notFound } from '../status.ts';

const COMPONENTS = ['scheduler', 'controller-manager', 'etcd-0'];

/** The deprecated statuses of the control plane's parts: they are this process, which answers. */
export function componentStatuses(exchange: Exchange, { verb, name }: ResourceRequest): HttpResponse {
  exchange.warnings.add('v1 ComponentStatus is deprecated in v1.19+');
  const form = negotiate(exchange.request.headers.accept, verb === 'list');
  const status = (component: string): JsonObject => ({
    metadata: { name: component },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
  if (verb === 'list') {
    const list = { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: COMPONENTS.map(status) };
    return documentResponse(exchange, list, 200, form.format);
  }
  if (verb !== 'get') throw methodNotAllowed();
  if (!COMPONENTS.includes(name)) throw notFound({ group: '', resource: 'componentstatuses' }, name);
  return documentResponse(exchange, { kind: 'ComponentStatus', apiVersion: 'v1', ...status(name) }, 200, form.format);
}
