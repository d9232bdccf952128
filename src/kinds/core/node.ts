import type { Node } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, wide } from '../columns.ts';
import { defaults, derived, fields, present, type Rule } from '../defaulting.ts';
import { selectable } from '../selectable.ts';
import { withHeartbeat } from './node-heartbeat.ts';
import { nodeFaults, nodeStatusFaults, nodeUpdateFaults } from './node-validation.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const OLD_ROLE_LABEL = 'kubernetes.io/role';

function statusText(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const health = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return node.spec.unschedulable ? `${health},SchedulingDisabled` : health;
}

function rolesText(node: Node): string {
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length) || [];
    return key === OLD_ROLE_LABEL && value ? value : [];
  });
  return [...new Set(roles)].sort().join(',') || '<none>';
}

const addressOf = (node: Node, wanted: string): string => node.status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';

/** Fields of a node that are shown even where the kubelet has said nothing yet. */
const NO_NODE_INFO = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

/** `podCIDR` is the old form of `podCIDRs`, of which it is the first; who changes it alone means both. */
const fromFirst: Rule = (ranges, { podCIDR: first }) =>
  typeof first === 'string' && first !== '' && !(Array.isArray(ranges) && ranges[0] === first) ? [first] : ranges;

export const node: Kind = {
  group: '',
  kind: 'Node',
  resource: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  keepsStatusOnCreate: true,
  generation: false,
  selectableFields: selectable({ 'spec.unschedulable': 'false' }),
  default: defaults({
    spec: present(
      fields({ podCIDRs: fromFirst, podCIDR: (first, { podCIDRs }) => (Array.isArray(podCIDRs) ? (podCIDRs[0] ?? first) : first) }),
    ),
    status: present(
      fields({
        allocatable: derived(({ capacity }) => capacity),
        daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
        nodeInfo: NO_NODE_INFO,
      }),
    ),
  }),
  computed: (object, context) => withHeartbeat(object, context.nowMs),
  validate: (object: Node) => nodeFaults(object),
  validateUpdate: (object: Node, previous: Node) => [...nodeFaults(object), ...nodeUpdateFaults(object, previous)],
  validateStatusUpdate: (object: Node) => nodeStatusFaults(object),
  columns: [
    nameColumn,
    column<Node>('Status', 'Whether the node is ready and takes pods.', statusText),
    column<Node>('Roles', 'Roles of the node, by its labels.', rolesText),
    ageColumn,
    column<Node>('Version', 'Version of the kubelet.', (o) => o.status?.nodeInfo?.kubeletVersion ?? ''),
    wide<Node>('Internal-IP', 'Address within the network.', (o) => addressOf(o, 'InternalIP')),
    wide<Node>('External-IP', 'Address from outside.', (o) => addressOf(o, 'ExternalIP')),
    wide<Node>('OS-Image', 'Operating system.', (o) => o.status?.nodeInfo?.osImage || '<unknown>'),
    wide<Node>('Kernel-Version', 'Version of the kernel.', (o) => o.status?.nodeInfo?.kernelVersion || '<unknown>'),
    wide<Node>(
      'Container-Runtime',
      'Container runtime and its version.',
      (o) => o.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    ),
  ],
};
