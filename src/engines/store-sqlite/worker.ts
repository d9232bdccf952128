/**
 * The thread that owns a world's file. `journal.ts` starts it with `new URL('./worker.ts', import.meta.url)`, which the build (tools/)
 * recognizes: it makes this file an entry of its own and points the URL there.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { copyDatabase, type LogRow, type OpenOptions, openDatabase, position, transaction } from './database.ts';
import { fold } from './fold.ts';

export type ToWorker =
  | { readonly kind: 'open'; readonly file: string; readonly options: OpenOptions }
  | { readonly kind: 'write'; readonly rows: readonly LogRow[] }
  | { readonly kind: 'copy'; readonly id: number; readonly target: string; readonly replace: boolean }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'opened'; readonly revision: number }
  | { readonly kind: 'written'; readonly revision: number }
  | { readonly kind: 'copied'; readonly id: number; readonly revision: number }
  | { readonly kind: 'copyFailed'; readonly id: number; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' };

/** Log rows moved per transaction, so that a waiting commit is never delayed for long. */
const FOLD_ROWS = 256;
/** Unfolded rows from which the worker folds when it has nothing else to do, and from which it does so even under load. */
const FOLD_IDLE_ROWS = 1_000;
const FOLD_BUSY_ROWS = 50_000;
const IDLE_MS = 5;
/** Characters written since the last checkpoint from which an idle moment is used for one. */
const CHECKPOINT_LENGTH = 1_000_000;

const port = parentPort;
if (!port) throw new Error('the journal worker runs in a worker thread only');
const answer = (message: FromWorker): void => port.postMessage(message);

let database: DatabaseSync | undefined;
let insert: StatementSync | undefined;
let unfolded = 0;
let uncheckpointed = 0;

function open(file: string, options: OpenOptions): void {
  database = openDatabase(file, options);
  insert = database.prepare('INSERT INTO log (revision, at, body) VALUES (?, ?, ?)');
  unfolded = Number(database.prepare('SELECT count(*) AS n FROM log').get()?.n ?? 0);
  answer({ kind: 'opened', revision: position(database).revision });
}

function write(open: DatabaseSync, rows: readonly LogRow[]): void {
  const into = insert as StatementSync; // set by `open`, without which no database is here
  transaction(open, () => {
    for (const [revision, atMs, body] of rows) {
      into.run(revision, atMs, body);
      uncheckpointed += body.length;
    }
  });
  unfolded += rows.length;
  answer({ kind: 'written', revision: (rows.at(-1) as LogRow)[0] });
  if (unfolded > FOLD_BUSY_ROWS) unfolded -= fold(open, FOLD_ROWS);
}

function copy(open: DatabaseSync, id: number, target: string, replace: boolean): void {
  try {
    copyDatabase(open, target, replace);
    answer({ kind: 'copied', id, revision: position(open).revision });
  } catch (error) {
    answer({ kind: 'copyFailed', id, message: String(error) });
  }
}

/** Fires once no commit has come for a moment, so that housekeeping does not compete with them: folding first, then a checkpoint. */
const idle = setTimeout(() => {
  const open = database;
  if (!open || (unfolded < FOLD_IDLE_ROWS && uncheckpointed < CHECKPOINT_LENGTH)) return;
  guarded(() => {
    if (unfolded >= FOLD_IDLE_ROWS) unfolded -= fold(open, FOLD_ROWS);
    else {
      open.exec('PRAGMA wal_checkpoint(PASSIVE)');
      uncheckpointed = 0;
    }
    idle.refresh();
  });
}, IDLE_MS);

function close(): void {
  database?.close();
  database = undefined;
  clearTimeout(idle);
  answer({ kind: 'closed' });
  port?.close();
}

/** After a failed write nothing more is written: a later commit must not become durable without the one before it. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    database?.close();
    database = undefined;
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

port.on('message', (message: ToWorker) => {
  guarded(() => {
    if (message.kind === 'open') open(message.file, message.options);
    else if (message.kind === 'close') close();
    else if (!database) return;
    else if (message.kind === 'write') write(database, message.rows);
    else copy(database, message.id, message.target, message.replace);
  });
  if (database) idle.refresh();
});
