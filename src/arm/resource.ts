import type { JsonObject } from '../kernel/json.ts';

/** Who wrote a resource last and first, as ARM shows it. Times are RFC 3339 with milliseconds. */
export type SystemData = {
  readonly createdBy: string;
  readonly createdByType: 'User' | 'Application' | 'ManagedIdentity';
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: 'User' | 'Application' | 'ManagedIdentity';
  readonly lastModifiedAt: string;
};

export type UserAssignedIdentity = { readonly principalId: string; readonly clientId: string };
/** `principalId` and `tenantId` are there while the type includes SystemAssigned; keys of userAssignedIdentities are ids. */
export type Identity = {
  readonly type: string;
  readonly principalId?: string;
  readonly tenantId?: string;
  readonly userAssignedIdentities?: { readonly [id: string]: UserAssignedIdentity };
};

export type Sku = { readonly name?: string; readonly tier?: string; readonly capacity?: number; readonly [key: string]: string | number };

/** The part of a resource beside `properties` that clients write. */
export type Envelope = {
  readonly location?: string;
  readonly tags?: { readonly [name: string]: string };
  readonly identity?: Identity;
  readonly sku?: Sku;
  readonly kind?: string;
  readonly zones?: readonly string[];
  readonly managedBy?: string;
  readonly plan?: JsonObject;
  readonly extendedLocation?: JsonObject;
};

export type ProvisioningState = 'Creating' | 'Updating' | 'Deleting' | 'Succeeded' | 'Failed' | 'Canceled' | (string & {});

/**
 * A stored resource (DESIGN §4), split by who writes it: `desired` is what clients write, with defaults filled in; `observed` is what we
 * compute. Stored in `collectionOf(type)` under the lower-cased id, so that all below an id is one prefix scan.
 * Inline children (a network's subnets, a cluster's agent pools) are resources of their own and never in `desired` of their parent.
 * The etag is the revision of the entry (`etagOf`).
 */
export type Resource = Envelope & {
  readonly id: string;
  readonly name: string;
  /** Canonical casing, as declared. */
  readonly type: string;
  readonly desired: JsonObject;
  readonly observed: JsonObject;
  readonly provisioningState: ProvisioningState;
  /** Id of the operation in progress on it, or of its last one. */
  readonly operation?: string;
  readonly systemData: SystemData;
};

/** What a write wants a resource to be: the envelope, and `properties` as the type's `desired` will be. */
export type Draft = Envelope & {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: JsonObject;
};

export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
export type OperationVerb = 'create' | 'update' | 'delete' | 'action';

/** ARM's error body without its wrapper. */
export type CloudError = {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly CloudError[];
};

/** A long-running operation, stored in OPERATIONS under its id (a UUID). */
export type Operation = {
  readonly id: string;
  readonly verb: OperationVerb;
  /** Id of the resource that the request addressed. */
  readonly resource: string;
  /** Ids of all resources whose provisioningState this operation moves: the resource and the inline children written with it. */
  readonly targets: readonly string[];
  readonly status: OperationStatus;
  /** `clock`: ends at dueMs by itself; `controller`: ends when a controller calls finishOperation or finishDelete. */
  readonly endedBy: 'clock' | 'controller';
  readonly startedMs: number;
  /** World time at which a `clock` operation ends. */
  readonly dueMs: number;
  readonly endedMs?: number;
  readonly error?: CloudError;
  /** What `operationresults/{id}` answers when done (200); absent: 204. */
  readonly result?: JsonObject;
};

export const OPERATIONS = 'arm/operations';
