import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../kernel/json.ts';

/** What a running process tells other commands about itself. Removed when it ends. */
export interface RunningState {
  readonly pid: number;
  readonly port: number;
  readonly address: string;
  readonly startedAt: string;
  readonly version: string;
  readonly ephemeral: boolean;
  readonly offline: boolean;
}

/** The folder that holds everything of one installation: worlds, keys, tokens. Mode 0700; secrets in it 0600. */
export class Home {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** SLIPWAY_HOME, or ~/.slipway. */
  static defaultFolder(): string {
    return process.env['SLIPWAY_HOME'] || join(homedir(), '.slipway');
  }

  /** Keys and certificates. */
  get certificates(): string {
    return join(this.folder, 'certificates');
  }

  /** Certificates of clusters' clients, which kubeconfigs carry. */
  get clients(): string {
    return join(this.certificates, 'clients');
  }

  /** az's own configuration for this installation, so that nobody's real one is touched. */
  get azure(): string {
    return join(this.folder, 'azure');
  }

  /** kubectl's files for branches, one per world. */
  get kubeconfigs(): string {
    return join(this.folder, 'kube');
  }

  /** Audit logs of API servers, one file per cluster. */
  get audit(): string {
    return join(this.folder, 'audit');
  }

  get logFile(): string {
    return join(this.folder, 'slipway.log');
  }

  /** A secret that is made at first use and kept: 256 bits in hex, which no shell, URL or option parser takes for something else. */
  secret(name: string): string {
    const file = join(this.folder, name);
    // An empty file keeps no secret: it would let everybody in.
    const kept = existsSync(file) && readFileSync(file, 'utf8').trim();
    if (kept) return kept;
    const value = randomBytes(32).toString('hex');
    writeAtomically(file, value);
    return value;
  }

  /** Loopback ports that clusters had, by scope: kubeconfigs that name them go on working after a restart. */
  get clusterPorts(): Readonly<Record<string, number>> {
    return readObject<Record<string, number>>(this.#clusterPortsFile) ?? {};
  }

  /** Remembers a cluster's port; undefined forgets it. */
  writeClusterPort(scope: string, port: number | undefined): void {
    const { [scope]: _, ...others } = this.clusterPorts;
    writeAtomically(this.#clusterPortsFile, JSON.stringify(port === undefined ? others : { ...others, [scope]: port }));
  }

  /** Forgets the ports of all clusters of a world that is gone. */
  forgetClusterPorts(world: string): void {
    const others = Object.entries(this.clusterPorts).filter(([scope]) => !scope.startsWith(`${world}/`));
    if (others.length < Object.keys(this.clusterPorts).length)
      writeAtomically(this.#clusterPortsFile, JSON.stringify(Object.fromEntries(others)));
  }

  get #clusterPortsFile(): string {
    return join(this.folder, 'cluster-ports.json');
  }

  /** State of the running process; undefined when none has written it. It may be stale: ask the process. */
  get running(): RunningState | undefined {
    const state = readObject<RunningState>(this.#runningFile);
    return state?.address && state.port ? state : undefined;
  }

  writeRunning(state: RunningState): void {
    writeAtomically(this.#runningFile, JSON.stringify(state));
  }

  /** Forgets the process; the state of another one that has started since stays. */
  clearRunning(pid: number): void {
    if (this.running?.pid === pid) rmSync(this.#runningFile, { force: true });
  }

  get #runningFile(): string {
    return join(this.folder, 'running.json');
  }
}

/** A JSON object as this class wrote it; undefined when the file is missing or holds something else. */
function readObject<T>(file: string): T | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(value) ? (value as T) : undefined; // written by this class
  } catch {
    return undefined;
  }
}

/** Writes a file that only its owner may read: readers see the old content or the new. */
export function writeAtomically(file: string, content: string): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, content, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
