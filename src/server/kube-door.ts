import { collectionOf, parseId } from '../arm/ids.ts';
import type { Resource } from '../arm/resource.ts';
import type { Certificates } from '../engines/certificates/certificates.ts';
import { directGroupsOf } from '../entra/directory.ts';
import type { EntraPorts } from '../entra/ports.ts';
import type { VerifyToken } from '../entra/verify.ts';
import type { Handler, HttpResponse } from '../kernel/http.ts';
import { isObject } from '../kernel/json.ts';
import type { World } from '../kernel/world.ts';
import { servedKinds } from '../kinds/index.ts';
import { builtInAdmission } from '../kube/admission/chain.ts';
import { CLUSTERS, type ClusterRecord, clusterOfFqdn } from '../kube/clusters.ts';
import type { User } from '../kube/kind.ts';
import { kubeHandler } from '../kube/pipeline/handler.ts';
import type { AuditEvent, ServedCluster } from '../kube/pipeline/ports.ts';
import { authorizeAzure } from './azure-rbac.ts';
import { serviceOfHost } from './hosts.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

/** The server application that every AKS API server is in Entra: the audience of its users' tokens. */
const AKS_SERVER_ID = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** The API servers of a world's clusters, by host name, and the pages of their token issuers. */
export function kubeDoor(
  world: World,
  certificates: Certificates,
  verify: VerifyToken,
  audit?: (event: AuditEvent) => void,
): { serve: Handler; issuer: Handler; issuerKeys: NonNullable<EntraPorts['issuerKeys']> } {
  const tokens = new ServiceAccountTokens(certificates);
  const handler = kubeHandler({
    world,
    kinds: servedKinds,
    admission: builtInAdmission,
    verifyClient: (der, scope) => certificates.verifyClient(der, scope),
    verifyServiceAccountToken: (token, scope) => tokens.verify(token, scope),
    signServiceAccountToken: (claims, scope) => tokens.sign(claims, scope),
    serviceAccountKeys: (scope) => tokens.keys(scope),
    verifyEntraToken: async (token) =>
      entraUser(world, await verify(token, { audiences: [AKS_SERVER_ID, `api://${AKS_SERVER_ID}`], nowMs: Date.now() })),
    authorizeAzure: authorizeAzure(world),
    after(delayMs, work) {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    hostNowMs: Date.now,
    ...(audit && { audit }),
  });
  return {
    serve(request) {
      const record = clusterOfHost(world, request.host);
      return record?.running ? handler(request, served(world, record)) : unreachable(request.host);
    },
    async issuer(request) {
      const record = issuers(world).find(({ issuer }) => `https://${request.host}${request.path}`.startsWith(issuer));
      if (!record) return { status: 404, headers: {}, body: '' };
      const path = `https://${request.host}${request.path}`.slice(record.issuer.length).replace(/^\//, '');
      return issuerPage(record, path, await tokens.keys(record.scope));
    },
    // As the pages above tell them: an issuer without pages has none.
    async issuerKeys(issuer) {
      const record = issuers(world).find((each) => each.issuer === issuer && isPublished(each));
      return record && tokens.keys(record.scope);
    },
  };
}

const issuers = (world: World): ClusterRecord[] => world.reader.list<ClusterRecord>(CLUSTERS).map(({ value }) => value);
const isPublished = ({ issuer }: ClusterRecord): boolean => serviceOfHost(new URL(issuer).hostname) === 'issuer';

/** The cluster that a host name belongs to. */
export const clusterOfHost = (world: World, host: string): ClusterRecord | undefined => clusterOfFqdn(world.reader, host);

/** API servers of the Free tier work on 50 changing and 100 reading requests at a time. Source: docs quotas-skus-regions. */
const FREE_TIER_SEATS = 150;

interface Door {
  /** Where the managed cluster lies in the store. */
  readonly collection: string;
  readonly key: string;
  resource: Resource | undefined;
  cluster: ServedCluster;
}
const doors = new WeakMap<ClusterRecord, Door>();

/** What the pipeline knows of a cluster; put together anew when its record or its ARM resource was written. */
function served(world: World, record: ClusterRecord): ServedCluster {
  const door = doors.get(record);
  if (!door) {
    const { type = '', key = '' } = parseId(record.resourceId) ?? {};
    const collection = collectionOf(type);
    const resource = world.reader.get<Resource>(collection, key)?.value;
    const made = { collection, key, resource, cluster: servedAs(record, resource) };
    doors.set(record, made);
    return made.cluster;
  }
  const resource = world.reader.get<Resource>(door.collection, door.key)?.value;
  if (resource !== door.resource) {
    door.resource = resource;
    door.cluster = servedAs(record, resource);
  }
  return door.cluster;
}

function servedAs(record: ClusterRecord, resource: Resource | undefined): ServedCluster {
  const properties = resource?.desired ?? {};
  const aad = properties['aadProfile'];
  return {
    scope: record.scope,
    version: record.version,
    issuer: record.issuer,
    audiences: [record.issuer, `https://${record.fqdn}`],
    ...(isObject(aad) && { aad: { azureRbac: aad['enableAzureRBAC'] === true } }),
    ...(resource?.sku?.tier === 'Free' && { seats: FREE_TIER_SEATS }),
    localAccountsDisabled: properties['disableLocalAccounts'] === true,
  };
}

/** User and groups as AKS's API servers read them from an Entra token: UPN, or object id for applications; groups by object id. */
function entraUser(world: World, verdict: Awaited<ReturnType<VerifyToken>>): User | undefined {
  if ('refusal' in verdict) return undefined;
  const { oid, upn, unique_name: uniqueName } = verdict.claims as { readonly [claim: string]: string | undefined };
  if (!oid) return undefined;
  const groups = directGroupsOf(world.reader, oid).map(({ key }) => key);
  return { name: upn ?? uniqueName ?? oid, uid: oid, groups: [...groups, 'system:authenticated'], extra: { oid: [oid] } };
}

/** A host without a running API server behind it: Azure's name does not resolve then; a proxy can only say so. */
const unreachable = (host: string): HttpResponse => ({
  status: 503,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `no running API server answers for ${host}`,
    reason: 'ServiceUnavailable',
    code: 503,
  }),
});

function issuerPage(record: ClusterRecord, path: string, keys: unknown): HttpResponse {
  const json = (value: unknown): HttpResponse => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  const base = record.issuer.replace(/\/$/, '');
  if (path === 'openid/v1/jwks') return json(keys);
  if (path !== '.well-known/openid-configuration') return { status: 404, headers: {}, body: '' };
  return json({
    issuer: record.issuer,
    jwks_uri: `${base}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
}
