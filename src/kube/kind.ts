import type { FieldError } from '../kernel/field-error.ts';
import type { Json } from '../kernel/json.ts';
import type { Random } from '../kernel/random.ts';
import { collectionName, type Reader } from '../kernel/store.ts';
import type { KubeObject } from './object.ts';
import type { Outcome } from './outcome.ts';

/** Who asks, as authentication found. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

/** What the rules of a kind may know besides the object itself. Read-only: a rule never writes. */
export interface KindContext {
  /** Scope of the cluster's collections. */
  readonly scope: string;
  /** Kubernetes version served, "1.36". */
  readonly version: string;
  readonly reader: Reader;
  /** World time, RFC 3339 with seconds. */
  readonly nowIso: string;
  readonly nowMs: number;
  /** Who asks, where a request does: kinds that record it (CertificateSigningRequest). */
  readonly user?: User;
}

/** One API version under which a kind is served. The first of a kind's list is the shape in which it is stored. */
export interface ServedVersion {
  /** "v1", "v2beta1". */
  readonly name: string;
  /** First and last Kubernetes minor version (36 for 1.36) that serves it; absent: all. */
  readonly since?: number;
  readonly until?: number;
  /** Text of the Warning header where the version is deprecated. */
  readonly deprecation?: string;
  /** Between the stored shape and this one, where a mask is not enough. */
  toStored?(object: KubeObject): KubeObject;
  fromStored?(object: KubeObject): KubeObject;
}

/** One column of a kind's table. `cell` gets the object in the stored shape, with what is computed; ages are computed at world time `nowMs`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description: string;
  /** 0 is always shown, 1 and above only with `-o wide`. */
  readonly priority: number;
  cell(object: KubeObject, nowMs: number): Json;
}

/** A subresource with an object of its own shape at its path. `status` and `scale` are declared by flags of the kind. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** Field that holds the selector: a LabelSelector object, or a map for ReplicationController. */
  readonly selector: string;
}

/**
 * The declaration of one Kubernetes kind: all that distinguishes it. Everything else (CRUD, watch, patch, tables, discovery)
 * happens once, in the pipeline. Rules are pure and return new objects that share what they did not change; they never write
 * into what they are given.
 */
export interface Kind {
  /** "" for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Plural, lower-case: "deployments". */
  readonly resource: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly ServedVersion[];
  /** Another kind in whose collection and shape these objects are stored (events.k8s.io in the core group's events). */
  readonly storedAs?: { readonly group: string; readonly resource: string };
  /** Objects that every cluster has and that are never stored (component statuses). Such a kind is only read. */
  readonly fixed?: readonly KubeObject[];
  /** Which of the objects of `storedAs` are also objects of this kind. Absent: all. */
  shows?(object: KubeObject): boolean;
  /** Verbs besides the usual eight (create delete deletecollection get list patch update watch); replaces them when given. */
  readonly verbs?: readonly string[];
  /** Has a /status subresource: status is reset on create and on writes to the main resource, spec on writes to /status. */
  readonly status?: boolean;
  /** A status given on create is kept: kubelets register nodes together with their status. Only for kinds with `status`. */
  readonly keepsStatusOnCreate?: boolean;
  readonly scale?: ScalePaths;
  /** Field paths besides metadata.name and metadata.namespace that field selectors may name ("spec.nodeName"). */
  readonly selectableFields?: { readonly [path: string]: (object: KubeObject) => string };
  /** Secondary indexes besides "owner" (by owner uid), which every kind has. */
  readonly indexes?: { readonly [name: string]: (object: KubeObject) => readonly string[] };
  /** Numbers that an index adds up over the objects under a key, e.g. under "node" what a node's pods request. */
  readonly totals?: { readonly [index: string]: (object: KubeObject) => { readonly [name: string]: number } };
  /**
   * metadata.generation counts changes of everything but metadata and status, unless false; with "annotations" or "labels" those too;
   * with "first" it is 1 for ever; with "changed" there is none before the first change.
   */
  readonly generation?: boolean | 'annotations' | 'labels' | 'first' | 'changed';
  /** Graceful deletion: seconds that an object of this kind keeps on existing after a DELETE (pods). undefined: removed at once. */
  gracePeriodSeconds?(object: KubeObject, requested: number | undefined): number | undefined;
  /** What changes besides deletionTimestamp when deletion begins but the object stays for now (a namespace becomes Terminating). */
  beginDeletion?(object: KubeObject, context: KindContext): KubeObject;
  /** True while the object must stay although metadata.finalizers is empty (a namespace's spec.finalizers). */
  holdsDeletion?(object: KubeObject): boolean;
  /** A DELETE that removes at once answers the object instead of a Status (pods, claims, service accounts …). */
  readonly returnsDeleted?: boolean;
  /** PUT must name a resourceVersion (leases, disruption budgets …). Absent: it may leave it out. */
  readonly requiresResourceVersion?: boolean;
  /** May PUT create an object that does not exist? Absent: no. */
  readonly allowCreateOnUpdate?: boolean;
  /** How metadata.name is checked. Absent: DNS subdomain. */
  readonly nameRule?: (name: string, isPrefix: boolean) => readonly string[];
  /** Upstream's defaulting of the stored shape. Runs on every decoded object, also on patched ones. */
  default?(object: KubeObject, context: KindContext): KubeObject;
  /**
   * PrepareForCreate: clears what a client may not set, gives the first status, allocates nothing. Runs when the status that the
   * client sent is gone and name, uid and creationTimestamp are filled in.
   */
  prepareForCreate?(object: KubeObject, context: KindContext): KubeObject;
  /** PrepareForUpdate: carries over what a client may not change. */
  prepareForUpdate?(object: KubeObject, previous: KubeObject, context: KindContext): KubeObject;
  /** The same of a write to the status, which leaves everything but metadata and status as it was. */
  prepareForStatusUpdate?(object: KubeObject, previous: KubeObject, context: KindContext): KubeObject;
  /** All faults of a new object, never the first alone. */
  validate?(object: KubeObject, context: KindContext): readonly FieldError[];
  /** All faults of a change, in upstream's order: those of immutable fields, and of what the object then is. Absent: those of `validate`. */
  validateUpdate?(object: KubeObject, previous: KubeObject, context: KindContext): readonly FieldError[];
  /**
   * Draws what must be unique in the cluster (a Service's addresses and node ports) once the object is valid and before it is
   * committed, in the same synchronous step. `previous` is absent on create. Refusals are field errors like those of `validate`.
   */
  allocate?(
    object: KubeObject,
    previous: KubeObject | undefined,
    context: KindContext,
    random: Random,
  ): Outcome<KubeObject, readonly FieldError[]>;
  validateStatusUpdate?(object: KubeObject, previous: KubeObject, context: KindContext): readonly FieldError[];
  /** Texts of Warning headers for this object. */
  warnings?(object: KubeObject, context: KindContext): readonly string[];
  /** Functions of the clock, added when rendered and never stored: a healthy node's heartbeat, a lease's renewal (DESIGN §5). */
  computed?(object: KubeObject, context: KindContext): KubeObject;
  /** Absent: Name and Age (cluster-scoped or not, as upstream's default printer). */
  readonly columns?: readonly Column[];
}

/** Class of the collections that hold a kind: "kube/apps/deployments", "kube/core/pods". Scope: the cluster. */
export const kindClass = (kind: Pick<Kind, 'group' | 'resource' | 'storedAs'>): string => {
  const { group, resource } = kind.storedAs ?? kind;
  return `kube/${group || 'core'}/${resource}`;
};

const names = new WeakMap<object, Map<string, string>>();

/** Name of a kind's collection in a cluster. Put together once: a look-up by a fresh text would hash it every time. */
export function collectionOf(kind: Pick<Kind, 'group' | 'resource' | 'storedAs'>, scope: string): string {
  const byScope = names.get(kind) ?? new Map<string, string>();
  const known = byScope.get(scope);
  if (known !== undefined) return known;
  const name = collectionName(kindClass(kind), scope);
  names.set(kind, byScope.set(scope, name));
  return name;
}
