import type { PodTemplateSpec } from '../../gen/kubernetes-types.ts';
import { fnv1a32 } from '../kernel/hash.ts';

/** Letters and digits that make no words, as apimachinery's rand.SafeEncodeString. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** Text of a template's hash, for names and labels; `collisions` makes another one where the name was taken. */
export const templateHash = (template: PodTemplateSpec, collisions = 0): string =>
  [...String(fnv1a32(`${JSON.stringify(template)}${collisions || ''}`))].map((char) => SAFE[char.charCodeAt(0) % SAFE.length]).join('');
