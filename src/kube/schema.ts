import type { Json } from '../kernel/json.ts';

/**
 * The structural schema of one Kubernetes type, in the shape every walker needs: decoding, strict-field checks, pruning,
 * strategic merge, server-side apply, protobuf, OpenAPI. Built once per Kubernetes version from `gen/kubernetes` and shared by
 * all clusters of that version; custom resources build theirs from the CRD.
 */
export type ScalarType =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  /** base64 in JSON. */
  | 'bytes'
  /** RFC 3339, seconds. */
  | 'time'
  /** RFC 3339, microseconds. */
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  /** A JSON value of any shape (RawExtension, JSON, FieldsV1, JSONSchemaProps…). */
  | 'any';

export interface Schema {
  readonly type: 'object' | 'map' | 'list' | ScalarType;
  /** OpenAPI definition name (`io.k8s.api.core.v1.PodSpec`) when this node is a named definition. */
  readonly name?: string;
  /** Fields of an object, in the order of the definition. */
  readonly properties?: ReadonlyMap<string, Schema>;
  /** Names of required fields of an object. */
  readonly required?: readonly string[];
  /** Element of a list, value of a map. Of type "any": schema of objects in the value (JSONSchemaPropsOrArray and the like). */
  readonly items?: Schema;
  /** x-kubernetes-list-type. Absent means atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** x-kubernetes-list-map-keys. */
  readonly listMapKeys?: readonly string[];
  /** x-kubernetes-map-type of an object or a map. Absent means granular. */
  readonly mapType?: 'atomic' | 'granular';
  /** x-kubernetes-patch-strategy: "merge", "retainKeys" or "merge,retainKeys". */
  readonly patchStrategy?: string;
  /** x-kubernetes-patch-merge-key. */
  readonly patchMergeKey?: string;
  /** Default of a scalar that matters to identity (list-map keys such as `protocol: TCP`). */
  readonly default?: string | number | boolean;
  /** Go type that a decoding error names (`v1.RestartPolicy`, `[]v1.Container`), of built-in kinds. */
  readonly goType?: string;
  /**
   * What becomes of a zero value when Go encodes the field, of built-in kinds: "drop" (absent, null, empty and zero are the same and
   * never written) or "write" (written as `zero` even when absent: `status: {}`, `containers: []`). Absent: as given, null dropped.
   */
  readonly presence?: 'drop' | 'write';
  /** With presence "write": the value written for an absent field. */
  readonly zero?: Json;
  /** x-kubernetes-preserve-unknown-fields, x-kubernetes-embedded-resource: unknown fields are kept and not reported. */
  readonly preserveUnknown?: boolean;
}

/** Schemas of one Kubernetes version by definition name (`io.k8s.api.apps.v1.Deployment`). */
export interface Schemas {
  /** Version such as "1.36". */
  readonly version: string;
  /** The definition of that name; definitions refer to each other by reference, so graphs may be recursive (JSONSchemaProps). */
  definition(name: string): Schema | undefined;
  /** The definition that declares this group, version and kind at its top level. */
  ofKind(group: string, version: string, kind: string): Schema | undefined;
}
