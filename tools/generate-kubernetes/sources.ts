import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from './releases.ts';

/** One struct field as the Go program `dump/` prints it. */
export interface GoField {
  readonly json: string;
  readonly type: string;
  readonly go: string;
  readonly inline?: boolean;
  readonly omit?: string;
  readonly number?: string;
  readonly strategy?: string;
  readonly mergeKey?: string;
}
export interface GoKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly type: string;
}
export interface GoDump {
  readonly structs: Readonly<Record<string, readonly GoField[]>>;
  readonly kinds: readonly GoKind[];
}

/** The subset of an OpenAPI schema object that the published documents use. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly [extension: `x-kubernetes-${string}`]: unknown;
}

export interface Source {
  readonly minor: number;
  readonly go: GoDump;
  readonly swagger: {
    readonly definitions: Readonly<Record<string, OpenApiSchema>>;
    readonly parameters: Readonly<Record<string, { readonly name?: string; readonly in?: string; readonly description?: string }>>;
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  /** Schemas of all v3 documents by definition name: they carry the defaults that v2 leaves out. */
  readonly v3: Readonly<Record<string, OpenApiSchema>>;
  /** Files of the release by path inside k8s.io/kubernetes. */
  read(path: string): string;
  /** Go files of a package of k8s.io/api, apiextensions-apiserver …, joined. */
  goPackage(path: string): string;
}

const staging = ['api', 'apimachinery', 'apiextensions-apiserver', 'kube-aggregator', 'metrics'];

function moduleFolder(path: string, version: string, cwd: string): string {
  const out = execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], { cwd, encoding: 'utf8' });
  return (JSON.parse(out) as { Dir: string }).Dir;
}

function runDump(release: Release, folder: string): GoDump {
  const output = join(folder, 'dump.json');
  if (!existsSync(output)) {
    const program = join(import.meta.dirname, 'dump');
    for (const file of readdirSync(program)) copyFileSync(join(program, file), join(folder, file));
    const requires = staging.map((name) => `\tk8s.io/${name} v0.${release.minor}.${release.patch}\n`).join('');
    writeFileSync(join(folder, 'go.mod'), `module dump\n\ngo 1.24.0\n\nrequire (\n${requires})\n`);
    const args = ['run', '-mod=mod', ...(release.tags ? ['-tags', release.tags] : []), '.'];
    writeFileSync(output, execFileSync('go', args, { cwd: folder, maxBuffer: 1 << 28 }));
  }
  return JSON.parse(readFileSync(output, 'utf8')) as GoDump;
}

function readV3(folder: string): Record<string, OpenApiSchema> {
  const out: Record<string, OpenApiSchema> = {};
  for (const file of readdirSync(folder).filter((name) => /__v\d+_openapi\.json$/.test(name))) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { components: { schemas?: Record<string, OpenApiSchema> } };
    Object.assign(out, document.components.schemas);
  }
  return out;
}

/** Fetches one release through the Go module proxy (first run: about a minute) and reads it. `work` keeps the dumps between runs. */
export function readSource(release: Release, work: string): Source {
  const folder = join(work, `dump-0.${release.minor}.${release.patch}`);
  mkdirSync(folder, { recursive: true });
  const go = runDump(release, folder);
  const tree = moduleFolder('k8s.io/kubernetes', `v1.${release.minor}.${release.patch}`, folder);
  const read = (path: string): string => readFileSync(join(tree, path), 'utf8');
  const goPackage = (path: string): string => {
    const [host, module, ...rest] = path.split('/');
    const directory = join(moduleFolder(`${host}/${module}`, `v0.${release.minor}.${release.patch}`, folder), ...rest);
    const files = readdirSync(directory).filter((file) => file.endsWith('.go') && !file.endsWith('_test.go') && !file.startsWith('zz_'));
    return files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
  };
  const swagger = JSON.parse(read('api/openapi-spec/swagger.json')) as Source['swagger'];
  return { minor: release.minor, go, swagger, v3: readV3(join(tree, 'api/openapi-spec/v3')), read, goPackage };
}
