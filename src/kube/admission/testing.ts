import { memoryJournal } from '../../kernel/journal.ts';
import { deepFreeze } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import { bindingIndexes } from '../authz/rbac.ts';
import type { Cluster } from '../cluster.ts';
import type { Kind, User } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { StatusError } from '../status.ts';
import { openCluster } from '../write/open-cluster.ts';
import { builtInAdmission } from './chain.ts';
import { type AdmissionContext, type AdmissionPlugin, type AdmissionRequest, admitMutating, admitValidating } from './plugin.ts';
import type { Resource } from './read.ts';

const SCOPE = 'c';
const VERSION = '1.36.2';
const ADMIN: User = { name: 'admin', groups: ['system:masters'] };

const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  'namespaces',
  'nodes',
  'priorityclasses',
  'runtimeclasses',
  'storageclasses',
  'ingressclasses',
  'persistentvolumes',
  'certificatesigningrequests',
]);

/** A kind without rules of its own: what admission does is then all that happens. */
export const bareKind = ({ group, resource }: Resource, kind = resource): Kind => ({
  group,
  resource,
  kind,
  namespaced: !CLUSTER_WIDE.has(resource),
  versions: [{ name: 'v1' }],
  generation: false,
});

/** A world with one cluster whose writes pass the built-in chain. `seed` writes past it. */
export function admissionWorld() {
  const world = new World({
    name: 'test',
    seed: 's',
    indexes: bindingIndexes,
    controllers: [],
    journal: memoryJournal(),
    hostNowMs: Date.UTC(2026, 10, 21),
  });
  const open = (admission: readonly AdmissionPlugin[]) => {
    return <T>(work: (cluster: Cluster) => T): T => world.transact((tx) => work(openCluster(tx, SCOPE, VERSION, 'test', admission)));
  };
  return { world, run: open(builtInAdmission), seed: open([]) };
}

export type AdmissionWorld = ReturnType<typeof admissionWorld>;

/** A request as a test words it: the object's metadata names it. */
export type Wanted = Partial<AdmissionRequest> & { readonly resource: Resource };

/** Runs plugins alone, without the pipeline around them: the object after mutation, and the warnings. */
export function admit(
  { world }: AdmissionWorld,
  wanted: Wanted,
  plugins: readonly AdmissionPlugin[] = builtInAdmission,
): { readonly object: KubeObject | undefined; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const { resource, ...rest } = wanted;
  const { metadata } = rest.object ?? rest.previous ?? {};
  return world.transact((tx) => {
    const context: AdmissionContext = { tx, scope: SCOPE, version: VERSION, warn: (text) => warnings.push(text) };
    const request: AdmissionRequest = {
      operation: 'CREATE',
      kind: bareKind(resource),
      subresource: '',
      namespace: metadata?.namespace,
      name: metadata?.name ?? '',
      user: ADMIN,
      dryRun: false,
      ...rest,
    };
    const { object } = request;
    if (!object) {
      admitValidating(plugins, request, context);
      return { object, warnings };
    }
    const mutated = admitMutating(plugins, { ...request, object: deepFreeze(object) }, context);
    admitValidating(plugins, { ...request, object: mutated }, context);
    return { object: mutated, warnings };
  });
}

/** The refusal that this work ends with; undefined when it is let through. */
export function refusalOf(work: () => unknown): StatusError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  return undefined;
}
