import { invalid as invalidField } from '../../kernel/field-error.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { collectionName } from '../../kernel/store.ts';
import type { KubeObject } from '../object.ts';
import { metadataOf, readBody } from '../pipeline/body.ts';
import type { ResourceExchange } from '../pipeline/exchange.ts';
import { negotiate } from '../pipeline/negotiate.ts';
import type { Claims, Later } from '../pipeline/ports.ts';
import { documentResponse } from '../pipeline/respond.ts';
import { tracked } from '../reviews/tracked.ts';
import { badRequest, conflict, invalid, notFound } from '../status.ts';
import { existing } from '../write/update.ts';
import { chain } from './authenticate.ts';
import { serviceAccountName } from './service-account.ts';

const GVK = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** What tokens may be bound to, by kind. */
const BINDABLE: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

/** POST of serviceaccounts/x/token: a signed token for audiences, for a time, bound to an object. Models core/serviceaccount TokenREST. */
export function tokenRequest(exchange: ResourceExchange): Later<HttpResponse> {
  const { ports, cluster, resource, info } = exchange;
  const form = negotiate(exchange.request.headers.accept, false);
  const account = existing({ tx: ports.world.reader, scope: cluster.scope }, resource.kind, info.namespace, info.name).value;
  const body = readBody(exchange, GVK);
  requireSame(body, info.name, info.namespace);
  const spec = isObject(body.spec) ? body.spec : {};
  const expirationSeconds =
    typeof spec.expirationSeconds === 'number' && spec.expirationSeconds !== 0 ? spec.expirationSeconds : DEFAULT_SECONDS;
  requireLifetime(expirationSeconds);
  const audiences =
    Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [...cluster.audiences].slice(0, 1);
  const bound = boundObject(exchange, spec.boundObjectRef);
  // Tokens are checked against clocks outside: their times follow the host's (DESIGN §5).
  const nowSeconds = Math.floor(ports.hostNowMs() / 1000);
  const claims: Claims = {
    aud: audiences,
    exp: nowSeconds + expirationSeconds,
    iat: nowSeconds,
    iss: cluster.issuer,
    jti: exchange.newId(),
    'kubernetes.io': {
      namespace: info.namespace,
      ...bound,
      serviceaccount: { name: info.name, uid: account.metadata.uid },
    },
    nbf: nowSeconds,
    sub: serviceAccountName(info.namespace ?? '', info.name),
  };
  return chain(ports.signServiceAccountToken(claims, cluster.scope), (token) => {
    const expirationTimestamp = `${new Date((nowSeconds + expirationSeconds) * 1000).toISOString().slice(0, 19)}Z`;
    const { name, namespace, uid, creationTimestamp } = account.metadata;
    const { metadata } = tracked(exchange, { spec: body.spec ?? {} }, GVK, 'token');
    const managedFields = isObject(metadata) ? metadata : {};
    const answer: JsonObject = {
      kind: GVK.kind,
      apiVersion: `${GVK.group}/${GVK.version}`,
      metadata: { name, ...(namespace && { namespace }), uid, creationTimestamp, ...managedFields },
      spec: { audiences, expirationSeconds, boundObjectRef: isObject(spec.boundObjectRef) ? spec.boundObjectRef : null },
      status: { token, expirationTimestamp },
    };
    return documentResponse(exchange, answer, 201, form.format);
  });
}

function requireSame(body: JsonObject, name: string, namespace: string | undefined): void {
  const sent = metadataOf(body);
  if (sent.name && sent.name !== name) {
    throw badRequest(`the name of the object (${String(sent.name)}) does not match the name on the URL (${name})`);
  }
  if (sent.namespace && sent.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

function requireLifetime(seconds: number): void {
  const path = 'spec.expirationSeconds';
  const fault =
    seconds < MIN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > MAX_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : '';
  if (fault) throw invalid(GVK, '', [invalidField(path, seconds, fault)]);
}

/** The claim for the object that the token dies with. Throws 404 and 409 where it is not the one named. */
function boundObject({ ports, cluster, info }: ResourceExchange, reference: Json | undefined): JsonObject {
  if (!isObject(reference)) return {};
  const { kind, name, uid } = reference;
  const resource = typeof kind === 'string' ? BINDABLE[kind] : undefined;
  if (!resource)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(info.name)} to object of type ${String(reference.apiVersion)}, Kind=${String(kind)}`,
    );
  const key = resource === 'nodes' ? String(name) : `${info.namespace}/${String(name)}`;
  const found = ports.world.reader.get<KubeObject>(collectionName(`kube/core/${resource}`, cluster.scope), key)?.value;
  if (!found) throw notFound({ group: '', resource }, String(name));
  const runsAs = resource === 'pods' && isObject(found.spec) ? (found.spec.serviceAccountName ?? '') : info.name;
  if (runsAs !== info.name) {
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(info.name)} to pod running with different serviceaccount name.`,
    );
  }
  if (uid && uid !== found.metadata.uid) {
    throw conflict(
      { group: '', resource },
      String(name),
      `the UID in the bound object reference (${String(uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { [String(kind).toLowerCase()]: { name: found.metadata.name, uid: found.metadata.uid } };
}
