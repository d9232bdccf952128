import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodeCommit, type EncodedChange } from './codec.ts';
import { transaction } from './database.ts';

/**
 * Moves up to `rows` of the oldest log rows into `state`, in one transaction. Returns how many it moved.
 * Of several writes to one key only the last is written.
 */
export function fold(database: DatabaseSync, rows: number): number {
  const found = database.prepare('SELECT revision, at, body FROM log ORDER BY revision LIMIT ?').all(rows);
  const last = found.at(-1);
  if (!last) return 0;
  const changes = new Map<string, EncodedChange>();
  for (const row of found)
    for (const change of decodeCommit(String(row.body))) changes.set(`${change.collection}\u0000${change.key}`, change);
  transaction(database, () => {
    const put = database.prepare(
      'INSERT INTO state (collection, key, revision, created, value) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (collection, key) DO UPDATE SET revision = excluded.revision, created = excluded.created, value = excluded.value',
    );
    const remove = database.prepare('DELETE FROM state WHERE collection = ? AND key = ?');
    for (const change of changes.values()) apply(change, put, remove);
    database.prepare('UPDATE folded SET revision = ?, at = ?').run(last.revision as number, last.at as number);
    database.prepare('DELETE FROM log WHERE revision <= ?').run(last.revision as number);
  });
  return found.length;
}

function apply({ collection, key, revision, created, valueText }: EncodedChange, put: StatementSync, remove: StatementSync): void {
  if (valueText === undefined) remove.run(collection, key);
  else put.run(collection, key, revision, created, valueText);
}
