import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../kernel/json.ts';
import type { User } from '../kube/kind.ts';
import type { AuditEvent } from '../kube/pipeline/ports.ts';

/** How much of each request is written. */
export type AuditLevel = 'Metadata' | 'RequestResponse';
export const AUDIT_LEVELS: readonly AuditLevel[] = ['Metadata', 'RequestResponse'];

/** Size at which a file makes way for a new one, and how many old ones stay (upstream's --audit-log-maxsize and --audit-log-maxbackup). */
const ROTATE_BYTES = 100 * 1024 * 1024;
const KEPT_FILES = 5;
/** Lines are written together, this long after the first of them. */
const FLUSH_MS = 100;

/** What holds secrets is never written with its content, whatever the level. */
const METADATA_ONLY: ReadonlySet<string> = new Set(['secrets', 'configmaps', 'tokenreviews', 'serviceaccounts/token']);

/** Audit logs of API servers: JSON lines of audit.k8s.io/v1, in one file per cluster, `<folder>/<cluster>.log`. */
export class AuditLog {
  readonly #folder: string;
  readonly #level: AuditLevel;
  readonly #rotateBytes: number;
  readonly #pending = new Map<string, string[]>();
  readonly #sizes = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, level: AuditLevel, rotateBytes = ROTATE_BYTES) {
    this.#folder = folder;
    this.#level = level;
    this.#rotateBytes = rotateBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  write(event: AuditEvent): void {
    const lines = this.#pending.get(event.scope) ?? [];
    lines.push(`${JSON.stringify(auditLine(event, this.#level))}\n`);
    this.#pending.set(event.scope, lines);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [scope, lines] of this.#pending) this.#append(scope, lines.join(''));
    this.#pending.clear();
  }

  #append(scope: string, text: string): void {
    const file = join(this.#folder, `${scope}.log`);
    const size = (this.#sizes.get(scope) ?? (existsSync(file) ? statSync(file).size : 0)) + Buffer.byteLength(text);
    appendFileSync(file, text, { mode: 0o600 });
    this.#sizes.set(scope, size);
    if (size < this.#rotateBytes) return;
    renameSync(file, join(this.#folder, `${scope}-${new Date().toISOString().replace(/:/g, '-')}.log`));
    this.#sizes.set(scope, 0);
    const old = readdirSync(this.#folder).filter((name) => name.startsWith(`${scope}-`));
    for (const name of old.sort().slice(0, -KEPT_FILES)) rmSync(join(this.#folder, name));
  }
}

/** An audit.k8s.io/v1 Event. */
export function auditLine(event: AuditEvent, level: AuditLevel): JsonObject {
  const { objectRef, responseCode, annotations, impersonatedUser, receivedMs, durationMs } = event;
  const named = objectRef && (objectRef.subresource ? `${objectRef.resource}/${objectRef.subresource}` : objectRef.resource);
  const hasBodies =
    level === 'RequestResponse' && objectRef !== undefined && !METADATA_ONLY.has(objectRef.resource) && !METADATA_ONLY.has(named ?? '');
  const [requestObject, responseObject] = hasBodies ? [event.requestObject(), event.responseObject()] : [];
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: hasBodies ? 'RequestResponse' : 'Metadata',
    auditID: event.auditId,
    stage: event.stage,
    requestURI: event.requestUri,
    verb: event.verb,
    user: event.user ? userInfo(event.user) : {},
    ...(impersonatedUser && { impersonatedUser: userInfo(impersonatedUser) }),
    // The service listens on loopback alone.
    sourceIPs: ['127.0.0.1'],
    userAgent: event.userAgent,
    ...(objectRef && { objectRef: { ...objectRef } }),
    responseStatus: { metadata: {}, code: responseCode },
    ...(requestObject !== undefined && { requestObject }),
    ...(responseObject !== undefined && { responseObject }),
    requestReceivedTimestamp: microTime(receivedMs),
    stageTimestamp: microTime(receivedMs + durationMs),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

const userInfo = ({ name, uid, groups, extra }: User): JsonObject => ({
  username: name,
  ...(uid && { uid }),
  groups: [...groups],
  ...(extra && { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
});

const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`;
