import type { PodSpec } from '../../../../gen/kubernetes-types.ts';
import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts';
import type { Kind } from '../../kind.ts';
import type { KubeObject } from '../../object.ts';
import { forbidden } from '../../status.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { isPod } from '../pod.ts';
import { lookUp } from '../store.ts';
import { CHECKS, type Level } from './checks.ts';

const LABEL = 'pod-security.kubernetes.io/';
type Mode = 'enforce' | 'warn' | 'audit';

/** Where workloads keep the template of their pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'apps/daemonsets': ['spec', 'template'],
  'apps/deployments': ['spec', 'template'],
  'apps/replicasets': ['spec', 'template'],
  'apps/statefulsets': ['spec', 'template'],
  'batch/cronjobs': ['spec', 'jobTemplate', 'spec', 'template'],
  'batch/jobs': ['spec', 'template'],
  '/replicationcontrollers': ['spec', 'template'],
  '/podtemplates': ['template'],
};

/** Holds pods to the level that their namespace's labels name, and warns of it already for workloads. Models pod-security-admission. */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate({ operation, kind, subresource, namespace, name, object, previous }, { tx, scope, warn }) {
    if (!object || !namespace || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
    if (subresource !== '' && subresource !== 'ephemeralcontainers') return;
    const pod = isPod(kind) ? { spec: object.spec, annotations: object.metadata.annotations } : templateOf(kind, object);
    if (!pod || !isObject(pod.spec) || (previous && previous.spec === object.spec)) return;
    const labels = lookUp(tx, scope, 'core/namespaces', namespace)?.metadata.labels;
    if (!labels) return;
    // Decoding gave the spec the fields of its schema.
    const spec = pod.spec as unknown as PodSpec;
    const violations = (mode: Mode) => violationsOf(levelOf(labels, mode), spec, pod.annotations);
    const text = (mode: Mode, found: readonly string[]) => `PodSecurity ${JSON.stringify(policyName(labels, mode))}: ${found.join(', ')}`;
    const enforced = isPod(kind) ? violations('enforce') : [];
    if (enforced.length > 0) throw forbidden(kind, name, `violates ${text('enforce', enforced)}`);
    const warned = violations('warn');
    if (warned.length > 0) warn(`would violate ${text('warn', warned)}`);
  },
};

function levelOf(labels: { readonly [key: string]: string }, mode: Mode): Level {
  const value = labels[LABEL + mode];
  if (value === undefined) return 'privileged';
  // Upstream takes what it cannot read as the strictest.
  return value === 'privileged' || value === 'baseline' ? value : 'restricted';
}

const policyName = (labels: { readonly [key: string]: string }, mode: Mode): string =>
  `${levelOf(labels, mode)}:${labels[`${LABEL}${mode}-version`] ?? 'latest'}`;

const violationsOf = (level: Level, spec: PodSpec, annotations: { readonly [key: string]: string } | undefined): string[] =>
  CHECKS[level].map((check) => check(spec, annotations)).filter((text) => text !== undefined);

function templateOf(kind: Kind, object: KubeObject): { readonly spec: Json | undefined; readonly annotations: undefined } | undefined {
  const path = TEMPLATES[`${kind.group}/${kind.resource}`];
  if (!path) return undefined;
  let value: Json | undefined = object as unknown as JsonObject;
  for (const step of path) value = isObject(value) ? value[step] : undefined;
  return { spec: isObject(value) ? value.spec : undefined, annotations: undefined };
}
