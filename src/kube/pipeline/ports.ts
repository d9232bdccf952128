import type { HttpRequest, HttpResponse } from '../../kernel/http.ts';
import type { Json } from '../../kernel/json.ts';
import type { World } from '../../kernel/world.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { Kind, User } from '../kind.ts';

/** One cluster as its API server is configured. The composition gives it with every request. */
export interface ServedCluster {
  /** Scope of the cluster's collections. */
  readonly scope: string;
  /** Kubernetes version served, "1.36.2". */
  readonly version: string;
  /** Issuer of service account tokens, the `iss` claim. */
  readonly issuer: string;
  /** Audiences that the API server itself accepts in tokens. */
  readonly audiences: readonly string[];
  /** Entra integration; absent: Entra tokens are refused. */
  readonly aad?: { readonly azureRbac: boolean };
  /** Whether client certificates and static tokens are refused (AKS: local accounts disabled). */
  readonly localAccountsDisabled?: boolean;
  /** Requests that it works on at a time (priority and fairness); absent: as many as upstream's default. */
  readonly seats?: number;
}

/** The subject of a client certificate that the cluster's CA signed. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

export type Claims = { readonly [claim: string]: unknown };
export type Later<T> = T | Promise<T>;

/** A request as audit policies and logs see it, once answered. */
export interface AuditEvent {
  readonly auditId: string;
  readonly scope: string;
  /** ResponseStarted for streams. */
  readonly stage: 'ResponseStarted' | 'ResponseComplete';
  readonly user: User | undefined;
  readonly impersonatedUser?: User;
  readonly verb: string;
  readonly requestUri: string;
  readonly userAgent: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion: string;
    readonly subresource?: string;
  };
  readonly responseCode: number;
  readonly annotations: { readonly [key: string]: string };
  /** World time. */
  readonly receivedMs: number;
  readonly durationMs: number;
  /** Bodies as JSON, read when asked for; undefined where there is none that can be read. */
  requestObject(): Json | undefined;
  responseObject(): Json | undefined;
}

/** An authorized request for a subresource that reaches into a pod. Refusals are thrown as StatusError. */
export interface ConnectRequest {
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  readonly cluster: ServedCluster;
  readonly user: User;
  /** "get" or "create". */
  readonly verb: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** "log", "exec", "portforward" … */
  readonly subresource: string;
  /** Headers that every answer has, with this content type. */
  headers(contentType: string): Record<string, string>;
}

/** Everything outside the pipeline that it calls. All are given by the composition. */
export interface KubePorts {
  readonly world: World;
  /** All built-in kinds. */
  readonly kinds: readonly Kind[];
  /** The built-in admission chain, in order. */
  readonly admission: readonly AdmissionPlugin[];
  /** Subject of a client certificate, undefined when the cluster's CA did not sign it or it is not valid now. */
  verifyClient(certificateDer: Uint8Array, scope: string): Later<CertificateSubject | undefined>;
  /** Claims of a service account token signed with the cluster's key and not expired by the host's clock; undefined otherwise. */
  verifyServiceAccountToken(token: string, scope: string): Later<Claims | undefined>;
  signServiceAccountToken(claims: Claims, scope: string): Later<string>;
  /** JSON Web Key Set with the cluster's public keys. */
  serviceAccountKeys(scope: string): Later<{ readonly keys: readonly Claims[] }>;
  /** User of an Entra access token for the AKS server application, undefined when it is not valid. */
  verifyEntraToken?(token: string, cluster: ServedCluster): Later<User | undefined>;
  /** Static bearer tokens of a cluster (`clusterAdmin`). */
  staticTokenUser?(token: string, scope: string): User | undefined;
  /** Azure RBAC for Kubernetes: whether a role assignment allows it. */
  authorizeAzure?(user: User, attributes: AzureAttributes, cluster: ServedCluster): Later<boolean>;
  audit?(event: AuditEvent): void;
  /** Subresources that reach into running pods, by "pods/log", "pods/exec" …; those absent answer 501. */
  readonly connect?: { readonly [path: string]: (request: ConnectRequest) => Later<HttpResponse> };
  /** Runs `work` after host milliseconds; returns how to cancel. */
  after(delayMs: number, work: () => void): () => void;
  /** Host time in ms since the epoch, for request durations and token lifetimes. */
  hostNowMs(): number;
}

/** What Azure RBAC for Kubernetes decides on. */
export interface AzureAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly path?: string;
}
