import type { FieldError } from '../kernel/field-error.ts';
import type { Via } from '../kernel/http.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Random } from '../kernel/random.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import type { CloudError, Draft, Envelope, Operation, OperationVerb, Resource } from './resource.ts';

/** Who calls: the subject of Azure RBAC. */
export interface Caller {
  readonly objectId: string;
  readonly tenantId: string;
  /** Shown as `createdBy` and in refusals: UPN of a user, app id of an application. */
  readonly name: string;
  readonly kind: 'User' | 'ServicePrincipal' | 'ManagedIdentity';
}

/** What a write can see. Reads show the transaction's own writes, so inline children and siblings are there. */
export interface WriteContext {
  readonly reader: Reader;
  readonly random: Random;
  /** World time, ms since the epoch. */
  readonly nowMs: number;
  readonly tenantId: string;
  /** Absent when a controller or provider writes. */
  readonly caller?: Caller;
  /** The one that the client speaks; only `arm/versions` looks into it. */
  readonly apiVersion?: string;
}

/** An id inside a draft that must exist. `linkedAction` is checked for the caller on that id (LinkedAuthorizationFailed). */
export interface Reference {
  /** `properties.networkSecurityGroup.id` */
  readonly path: string;
  readonly id: string;
  /** `Microsoft.Network/networkSecurityGroups/join/action` */
  readonly linkedAction?: string;
  /** True for a reference that need not exist, and is only indexed (a route table's back reference). */
  readonly optional?: boolean;
}

/**
 * Children written inside their parent's `properties` and rendered there again. `resource`: entries are `{ name, properties }`
 * (subnets); `flattened`: entries are `{ name, …properties }` (agentPoolProfiles). A property that is absent on PUT keeps the
 * children, `[]` removes them.
 */
export interface InlineChild {
  readonly property: string;
  /** Full type of the child, declared as a ResourceType of its own. */
  readonly type: string;
  readonly shape: 'resource' | 'flattened';
}

/** How long Azure takes, for the `realistic` profile (DESIGN §5). `instant`: 0; `chaos`: jitter from half to four times. */
export interface Durations {
  readonly createMs: number;
  readonly updateMs: number;
  readonly deleteMs: number;
}

/**
 * `synchronous`: the answer is final, no operation. `clock`: an operation that the operations controller ends after `durations`.
 * `controller`: a controller of the provider ends it: it sees `provisioningState` Creating | Updating | Deleting and calls
 * finishOperation, or finishDelete for Deleting.
 */
export type Completion = 'synchronous' | 'clock' | 'controller';

export interface ActionContext {
  /** The resource addressed; for provider routes the absent parent is undefined. */
  readonly resource: Resource;
  /** Values of `{name}` parts in the action's path, percent-decoded. */
  readonly parameters: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** The decoded body, `{}` when there was none. */
  readonly body: JsonObject;
  readonly caller: Caller;
  readonly apiVersion: string;
  readonly reader: Reader;
  /** Runs a transaction; refuse by throwing a Refusal. */
  transact<T>(work: (tx: Transaction) => T): T;
  /** How the client reached us: answers that name hosts (a kubeconfig) differ by it. */
  readonly via: Via;
  /** Absolute URL for a path of this service, under the origin that the client used. */
  url(path: string): string;
}

export interface ActionResult {
  readonly status: number;
  readonly body?: Json;
  /** The operation that was started: its headers (Azure-AsyncOperation, Location, Retry-After) are added. */
  readonly operation?: Operation;
  readonly headers?: { readonly [name: string]: string };
  /** True when the answer shows something that still runs: the same is asked again a moment later, so that nobody polls in a tight loop. */
  readonly pending?: boolean;
}

/** A sub-operation of a resource: `POST {id}/listClusterUserCredential`, `GET {id}/upgradeProfiles/default`. */
export interface Action {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'PATCH';
  /** Segments below the resource id, `{name}` matching any one: `commandResults/{id}`. */
  readonly path: string;
  /** RBAC action that the caller needs on the resource. */
  readonly permission: string;
  /** It only refuses, with notImplemented: so that the coverage can tell. */
  readonly unbuilt?: true;
  /** May return a promise: an action may wait for a port (a key being made), a reconciler never. */
  run(context: ActionContext): ActionResult | Promise<ActionResult>;
}

export interface RouteContext extends Omit<ActionContext, 'resource'> {
  /** The scope that permission was checked on. */
  readonly scope: string;
}

/** An operation that belongs to no stored resource: `GET /subscriptions/{subscription}/providers/…/locations/{location}/kubernetesVersions`. */
export interface Route {
  readonly method: Action['method'];
  /** Absolute, `{name}` matching one segment; a leading `{scope}` matches any number of segments. */
  readonly path: string;
  /** RBAC action, checked on the subscription or scope in the path; undefined: any authenticated caller. */
  readonly permission: string | undefined;
  run(context: RouteContext): ActionResult | Promise<ActionResult>;
}

/**
 * The declaration of one ARM type. Everything is optional but the name; a type without functions stores what it is sent.
 * Order on a write: defaults → validate → (in one transaction) put → inline children → references → admit → computed. All errors of
 * validate, references and admit are collected; any of them takes the whole transaction back.
 */
export interface ResourceType {
  /** Canonical name: `Microsoft.Network/virtualNetworks/subnets`. */
  readonly name: string;
  /** Where it lives. Default: below its parent type when the name has more than two segments, else in a resource group. */
  readonly scope?: 'resourceGroup' | 'subscription' | 'tenant' | 'extension' | 'parent';
  /** What a name must match; `detail` says the rule in words. */
  readonly nameRule?: { readonly pattern: RegExp; readonly detail: string };
  /** `required`: and refused when changed. `none`: not shown. Default: required in a resource group, none for a child. */
  readonly location?: 'required' | 'optional' | 'global' | 'none';
  /** True when the type takes `identity`; its system-assigned principal is then made and removed with it. */
  readonly identity?: boolean;
  /** Envelope parts shown as null when absent, as the real provider does. */
  readonly nullWhenAbsent?: readonly (keyof Envelope)[];

  /**
   * What PUT does with properties that the body leaves out: `replace` them by defaults (the ARM rule; default) or `preserve` what is
   * stored (AKS). `preserve` merges objects deeply and takes arrays and maps of plain
   * values whole; null clears.
   */
  readonly put?: 'replace' | 'preserve';
  /** What PATCH may change: tags (and identity, sku) alone, or everything by JSON merge. Default: tags. */
  readonly patch?: 'tags' | 'merge';
  /** Dotted paths below `properties` that only we write: taken out of bodies without a word, since clients send back what they got. */
  readonly readOnly?: readonly string[];
  /** Dotted paths below `properties` that are stored and never shown: secrets. */
  readonly writeOnly?: readonly string[];
  /** Dotted paths (`location`, `properties.vmSize`) that PropertyChangeNotAllowed protects once they have a value. */
  readonly immutable?: readonly string[];

  /** Fills in what the client left out. "" and 0 may mean that too (azure-contract §3.1). Pure. */
  defaults?(draft: Draft, context: WriteContext, previous: Resource | undefined): Draft;
  /** Checks that need nothing but the draft. Paths start at the body: `properties.addressSpace.addressPrefixes[0]`. */
  validate?(draft: Draft, previous: Resource | undefined): readonly FieldError[];
  /** Ids that the draft refers to. Also feeds the index behind `referrers`. */
  references?(draft: Draft): readonly Reference[];
  /** Checks that need the world: overlap, capacity, quota. */
  admit?(draft: Draft, context: WriteContext, previous: Resource | undefined): readonly FieldError[];
  /** The first observed values (already in the 201), or new ones after an update. Absent: keeps what was observed. */
  computed?(draft: Draft, context: WriteContext, previous: Resource | undefined): JsonObject;
  /** Last step of every read: adds back references and what is derived. `properties` is desired, observed and children merged. */
  render?(properties: JsonObject, resource: Resource, reader: Reader): JsonObject;

  /** Top-level members beside the envelope's, or in place of them (an instance's `instanceId`). */
  topLevel?(resource: Resource): JsonObject;

  /** Further indexes over its resources, read by `indexed(reader, type, name, key)`. */
  readonly indexes?: readonly { readonly name: string; keys(resource: Resource): readonly string[] }[];
  readonly children?: readonly InlineChild[];
  readonly actions?: readonly Action[];
  /** Extra checks before a delete; what still refers to the resource is the usual reason. */
  refuseDelete?(resource: Resource, reader: Reader): { readonly status: number; readonly error: CloudError } | undefined;
  /** After a synchronous write or delete, in its transaction: writes what must change with it (peerings, instances). */
  written?(tx: Transaction, resource: Resource, previous: Resource | undefined): void;
  removed?(tx: Transaction, resource: Resource): void;

  readonly completion?: Completion;
  /** How DELETE completes when that differs from `completion`. */
  readonly deletion?: Completion;
  /** `realistic` durations; what is absent takes the profile's usual 4 s. */
  readonly durations?: Partial<Durations>;
  /** What a client is told who writes while an operation holds the resource. Default: 409 AnotherOperationInProgress. */
  busy?(resource: Resource): Refusal | undefined;
  /** How an operation ends that a DELETE cuts short. Absent: a DELETE waits its turn as a write does. */
  readonly preempted?: CloudError;
  /** Top-level member that shows the etag; absent: not shown. */
  readonly etag?: 'etag' | 'eTag';
  /** Code of a conditional write that is refused. Default: PreconditionFailed. */
  readonly preconditionCode?: 'PreConditionFailed';
  /** True when `properties.provisioningState` is not shown (role assignments). */
  readonly stateless?: boolean;
  /** RBAC name when it differs from the type's: `Microsoft.Resources/subscriptions/resourceGroups`. */
  readonly permission?: string;
  /** Success code of an asynchronous or synchronous DELETE. Default: 202 for an operation, 200 for synchronous. */
  readonly deleteStatus?: number;
  /** 404 when DELETE of what is not there is an error. Default: 204. */
  readonly deleteMissing?: 204 | 404;
  /** Name of the operation poll segment in `locations/{l}/…/{id}`. Default: `operations`. */
  readonly operationSegment?: string;
  /** What a read of a resource that is not there is told. Default: ResourceNotFound. */
  missing?(name: string): CloudError;
  /** GET/PUT/DELETE verbs that do not exist on this type: 405. */
  readonly without?: readonly ('GET' | 'PUT' | 'PATCH' | 'DELETE' | 'LIST')[];
  /**
   * True for a type that exists in Azure and cannot be written yet: PUT and PATCH answer 501 by its name, reads answer truthfully
   * that there is none, which clients such as azurerm rely on.
   */
  readonly unbuilt?: boolean;
}

/**
 * Entra's directory, as far as ARM writes and reads it. `server` composes it from `src/entra`; groups are transitive.
 */
export interface Directory {
  addManagedIdentity(
    tx: Transaction,
    identity: { readonly objectId: string; readonly clientId: string; readonly displayName: string; readonly resourceId: string },
  ): void;
  removeManagedIdentity(tx: Transaction, objectId: string): void;
  groupsOf(reader: Reader, objectId: string): readonly string[];
  kindOf(reader: Reader, objectId: string): 'User' | 'Group' | 'ServicePrincipal' | undefined;
}

/** Thrown by the functions below and by actions; one catch per pipeline turns it into the answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: CloudError;
  readonly headers: { readonly [name: string]: string };
  constructor(status: number, error: CloudError, headers: { readonly [name: string]: string } = {}) {
    super(`${error.code}: ${error.message}`);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

export interface PutOptions {
  readonly caller?: Caller;
  /** Version in which the body is written; absent: as the service itself writes. */
  readonly apiVersion?: string;
  /** Revision that the stored resource must have (If-Match), or that it must not exist (If-None-Match: *). */
  readonly expected?: number | 'absent';
  /** `completion` of the type, unless a controller writes: `synchronous` then means Succeeded at once, without an operation. */
  readonly completion?: Completion;
  /** Set for a resource that another one manages (a cluster's node group). */
  readonly managedBy?: string;
}

export interface Put {
  readonly resource: Resource;
  readonly created: boolean;
  /** Absent when the write was synchronous. */
  readonly operation?: Operation;
}

/** What a body may hold: the envelope and properties. Unknown top-level fields are ignored. */
export type Body = Envelope & { readonly properties?: JsonObject };

/**
 * What providers and controllers use to change the estate by the same rules as clients: made once by `createArm` and handed to
 * whoever writes. All of it is synchronous and runs inside the given transaction. Reading needs none of this: see `estate.ts`
 * (`getResource`, `listResources`, `referrers`, `startOperation`, `finishOperation`, `setProvisioningState`, `setObserved`).
 */
export interface Arm {
  readonly tenantId: string;
  readonly types: ReadonlyMap<string, ResourceType>;
  /** PUT: validates, admits, writes resource, children and operation. Throws Refusal. */
  putResource(tx: Transaction, id: string, body: Body, options?: PutOptions): Put;
  /** As putResource for a provider's own resources: no caller, no linked access checks, Succeeded at once unless told otherwise. */
  createByProvider(tx: Transaction, id: string, body: Body, options?: PutOptions): Resource;
  /** DELETE: undefined when there is nothing. Throws Refusal. */
  deleteResource(
    tx: Transaction,
    id: string,
    options?: PutOptions,
  ): { readonly resource: Resource; readonly operation?: Operation } | undefined;
  /** Removes it with all below it (children, extension resources), its identity, and ends the operation that deletes it. */
  finishDelete(tx: Transaction, id: string): void;
  /** The resource as a GET shows it. */
  render(reader: Reader, resource: Resource): JsonObject;
}

/** Verb of the operation that a provisioning state belongs to. */
export const verbOf = (state: string): OperationVerb => (state === 'Creating' ? 'create' : state === 'Deleting' ? 'delete' : 'update');
