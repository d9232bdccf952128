import type { DraftObject, Json } from '../../kernel/json.ts';
import type { Random } from '../../kernel/random.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';

/** Go's field order of metav1.ObjectMeta, which is the order in answers. */
const ORDER: readonly (keyof ObjectMeta)[] = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The suffix alphabet of apimachinery's rand.String: no vowels, no look-alikes. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** Longest prefix that a generated suffix still fits behind. */
const MAX_PREFIX = 63 - SUFFIX_LENGTH;

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0));

/** Metadata with these changes, in Go's order, without empty fields; unknown fields (resourceVersion, selfLink) fall away. */
export function withMetadata(object: KubeObject, changes: { readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined }): KubeObject {
  const meta: DraftObject = {};
  for (const field of ORDER) {
    const value = field in changes ? changes[field] : object.metadata[field];
    // A name that is missing is one that validation refuses; until then, rules may read it.
    if (value !== undefined && (field === 'name' || !isEmpty(value))) meta[field] = value;
  }
  // name, uid and creationTimestamp are among the fields copied from an object that has them.
  return { ...object, metadata: meta as ObjectMeta };
}

/** `prefix` and five random characters, as the server names objects that come with generateName. */
export const generatedName = (prefix: string, random: Random): string =>
  prefix.slice(0, MAX_PREFIX) + random.text(SUFFIX_LENGTH, SUFFIX_ALPHABET);

/** What the server says about an object, whatever the client sent, in an update: all that only deletion and creation change. */
export function carryOverMetadata(object: KubeObject, previous: KubeObject): KubeObject {
  const { name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } = previous.metadata;
  return withMetadata(object, { name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds });
}
