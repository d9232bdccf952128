import type { Json } from './json.ts';

/** Characters of texts that are remembered: those of the last few writes. */
const LIMIT_LENGTH = 262_144;

const recent = new Map<object, string>();
let heldLength = 0;

/**
 * JSON text of a stored value. The journal writes it down, and a moment later the answer and the watchers show it: encoding is the
 * dearest step that they have in common, so that the texts of the last values are kept until younger ones push them out.
 */
export function jsonText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = recent.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  recent.set(value, text);
  heldLength += text.length;
  for (const [oldest, old] of recent) {
    if (heldLength <= LIMIT_LENGTH) break;
    recent.delete(oldest);
    heldLength -= old.length;
  }
  return text;
}
