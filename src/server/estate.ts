import { randomBytes, randomUUID } from 'node:crypto';
import { aksControllers, aksRoutes, aksTypes } from '../aks/index.ts';
import type { AksPorts } from '../aks/ports.ts';
import { createArm } from '../arm/arm.ts';
import { armTypes } from '../arm/arm-types.ts';
import { armControllers } from '../arm/controllers.ts';
import { armIndexes } from '../arm/estate.ts';
import { armHandler } from '../arm/pipeline.ts';
import { isAllowed } from '../arm/rbac.ts';
import { azureRoutes, azureTypes } from '../azure/index.ts';
import { clusterControllers } from '../controllers/index.ts';
import type { Certificates } from '../engines/certificates/certificates.ts';
import { entraIndexes } from '../entra/directory.ts';
import { graphHandler } from '../entra/graph/handler.ts';
import { entraHandler } from '../entra/handler.ts';
import type { TokenKey } from '../entra/ports.ts';
import { TENANT_ID } from '../entra/seed.ts';
import { tokenVerifier } from '../entra/verify.ts';
import type { Handler, HttpRequest, HttpResponse } from '../kernel/http.ts';
import type { World } from '../kernel/world.ts';
import { kinds } from '../kinds/index.ts';
import { builtInAdmission } from '../kube/admission/chain.ts';
import { clusterIndex, clusterRecord } from '../kube/clusters.ts';
import type { AuditEvent } from '../kube/pipeline/ports.ts';
import { indexesOf } from '../kube/registry/indexes.ts';
import { openCluster, runningClusters } from '../kube/write/open-cluster.ts';
import { armAuthentication } from './arm-authentication.ts';
import { signRequests } from './certificate-signer.ts';
import type { ClientCertificates } from './client-certificates.ts';
import { directory } from './directory.ts';
import { Driver } from './driver.ts';
import { federatedCredentialsOf } from './federation.ts';
import { serviceOfHost, serviceOfPath } from './hosts.ts';
import { clusterOfHost, kubeDoor } from './kube-door.ts';

/** What an estate needs of the process that it runs in. */
export interface EstatePorts {
  readonly certificates: Certificates;
  readonly clients: ClientCertificates;
  /** Key that signs Entra's tokens; one for all worlds, so that a token outlives a fork. */
  readonly tokenKey: TokenKey;
  /** Whether a device code confirms itself (loopback only). */
  readonly autoConfirm: boolean;
  /** URL of the proxy for clients of this world: `http://<world>:<token>@127.0.0.1:<port>`. */
  proxyUrl(world: string): string;
  /** The loopback port that leads to a cluster's API server without the proxy. */
  clusterPort(world: string, scope: string): number | undefined;
  /** Hears of every request to an API server; absent: nobody does. */
  readonly audit?: (event: AuditEvent) => void;
}

const bothTypes = (ports: AksPorts) => [...armTypes(directory), ...azureTypes(directory), ...aksTypes(ports)];

/** A cluster's objects for controllers, whether it runs or not. */
const open: AksPorts['open'] = (tx, scope, component) =>
  openCluster(tx, scope, clusterRecord(tx, scope)?.version ?? '', component, builtInAdmission);

/** The parts of a world that are the same for every world: made once per process. */
function blueprint(ports: Omit<AksPorts, 'arm' | 'open' | 'may'>) {
  const may: AksPorts['may'] = (reader, principal, action, scope) => isAllowed(reader, directory, principal, action, scope);
  const aks: AksPorts = { ...ports, open, may, arm: () => arm };
  const arm = createArm({ types: bothTypes(aks), directory, tenantId: TENANT_ID });
  return { arm, aks };
}

/** Indexes and controllers that every world is made with. Controllers know no world: what they need, they read from it. */
export function worldParts() {
  const unreachable = () => {
    throw new Error('controllers hand out no credentials');
  };
  const { arm, aks } = blueprint({ endpoint: unreachable, authorityHost: unreachable, issueClient: unreachable });
  return {
    indexes: [clusterIndex, ...indexesOf(kinds), ...armIndexes(arm.types.values()), ...entraIndexes],
    controllers: [...armControllers(arm), ...aksControllers(aks), ...clusterControllers(runningClusters(builtInAdmission))],
  };
}

/** One world with its doors: everything that answers for it. */
export class Estate {
  readonly world: World;
  readonly driver: Driver;
  readonly #stopSigning: () => void;
  readonly #handlers: Readonly<Partial<Record<ReturnType<typeof serviceOfPath>, Handler>>>;

  constructor(world: World, ports: EstatePorts) {
    this.world = world;
    this.driver = new Driver(world);
    this.#stopSigning = signRequests(world, ports.certificates);
    const { arm } = blueprint(aksPorts(world, ports));
    const verify = tokenVerifier([ports.tokenKey], TENANT_ID);
    const kube = kubeDoor(world, ports.certificates, verify, ports.audit);
    const entra = {
      world,
      key: ports.tokenKey,
      hostNowMs: Date.now,
      newSecret: () => randomBytes(32).toString('base64url'),
      autoConfirmDeviceCodes: ports.autoConfirm,
      federatedCredentialsOf,
      issuerKeys: kube.issuerKeys,
    };
    this.#handlers = {
      arm: armHandler({
        world,
        arm,
        routes: [...azureRoutes, ...aksRoutes],
        ...armAuthentication(verify),
        newRequestId: () => randomUUID(),
        pause: () => new Promise((resolve) => setTimeout(resolve, POLL_PAUSE_MS)),
      }),
      entra: entraHandler(entra),
      graph: graphHandler({ ...entra, verifyToken: verify }),
      kube: kube.serve,
      issuer: kube.issuer,
    };
  }

  /** Answers a request that was found to be for this world. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    this.driver.tick();
    const service = serviceOfHost(request.host) ?? serviceOfPath(request.path);
    return (this.#handlers[service] ?? notBuilt)(request);
  }

  async close(): Promise<void> {
    this.#stopSigning();
    this.driver.stop();
    await this.world.journal.close();
  }
}

/** Azure's own poll answers take about as long; it keeps clients that poll without delay from spinning. */
const POLL_PAUSE_MS = 100;

function aksPorts(world: World, ports: EstatePorts): Omit<AksPorts, 'arm' | 'open' | 'may'> {
  return {
    endpoint(fqdn, via) {
      if (via !== 'endpoint') return { server: `https://${fqdn}:443`, ...(via === 'proxy' && { proxyUrl: ports.proxyUrl(world.name) }) };
      const scope = clusterOfHost(world, fqdn)?.scope;
      const port = scope && ports.clusterPort(world.name, scope);
      return port
        ? { server: `https://127.0.0.1:${port}`, tlsServerName: fqdn }
        : { server: `https://${fqdn}:443`, proxyUrl: ports.proxyUrl(world.name) };
    },
    authorityHost: (via) => (via === 'endpoint' ? 'https://localhost/' : undefined),
    issueClient: (scope, user, lifetimeDays) => ports.clients.of(scope, user, lifetimeDays),
  };
}

const notBuilt: Handler = (request) => ({
  status: 501,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: { code: 'NotImplemented', message: `Slipway does not implement ${request.host} yet.`, target: request.host },
  }),
});
