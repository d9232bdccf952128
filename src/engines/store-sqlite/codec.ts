import type { Entry } from '../../kernel/collection.ts';
import type { Json } from '../../kernel/json.ts';
import { jsonText } from '../../kernel/json-text.ts';
import type { Commit } from '../../kernel/store.ts';

/**
 * Two lines per change: a head `[collection, key, revision, created]` (`[collection, key, revision]` for a deletion, whose second line is
 * empty) and the value. JSON text never contains a bare line feed, so folding moves values without parsing them.
 */
type Head = readonly [collection: string, key: string, revision: number, created?: number];

/** One change of a commit, its value still as text. `valueText` is undefined for a deletion. */
export interface EncodedChange {
  readonly collection: string;
  readonly key: string;
  readonly revision: number;
  readonly created: number;
  readonly valueText: string | undefined;
}

/** Encodes a commit's changes. Throws for values that are no JSON. */
export function encodeCommit(commit: Commit): string {
  let body = '';
  for (const { collection, key, revision, entry } of commit.changes) {
    const place = `[${JSON.stringify(collection)},${JSON.stringify(key)},${revision}`;
    if (body) body += '\n';
    body += entry ? `${place},${entry.createdRevision}]\n${jsonText(entry.value)}` : `${place}]\n`;
  }
  return body;
}

/** Splits what `encodeCommit` made. */
export function* decodeCommit(body: string): Generator<EncodedChange> {
  const lines = body.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [collection, key, revision, created] = JSON.parse(lines[i] as string) as Head;
    yield { collection, key, revision, created: created ?? 0, valueText: created === undefined ? undefined : (lines[i + 1] as string) };
  }
}

/** An entry from its row in `state`. */
export const entryOf = (key: string, revision: number, created: number, valueText: string): Entry => ({
  key,
  value: JSON.parse(valueText) as Json,
  revision,
  createdRevision: created,
});
