import type { PodTemplateSpec } from '../../gen/kubernetes-types.ts';
import { fnv1a32 } from '../kernel/hash.ts';
import { isObject, type Json } from '../kernel/json.ts';

/** Letters and digits that make no words, as apimachinery's rand.SafeEncodeString. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

const hashes = new WeakMap<PodTemplateSpec, string>();

/**
 * Text of a template's hash, for names and labels; `collisions` makes another one where the name was taken. Templates that are equal
 * have the same, in whichever order a client's encoding put their fields.
 */
export function templateHash(template: PodTemplateSpec, collisions = 0): string {
  if (collisions) return hashText(template, String(collisions));
  let text = hashes.get(template);
  if (text === undefined) {
    text = hashText(template, '');
    hashes.set(template, text);
  }
  return text;
}

const hashText = (template: PodTemplateSpec, suffix: string): string =>
  // A template is JSON.
  [...String(fnv1a32(`${JSON.stringify(sorted(template as unknown as Json))}${suffix}`))]
    .map((char) => SAFE[char.charCodeAt(0) % SAFE.length])
    .join('');

/** A value with the fields of all its objects in order, as Go writes maps. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] as Json)])); // its own key
}
