import { describe, test } from 'node:test';
import type { JsonObject } from '../kernel/json.ts';
import { assertFaults, type Created, context, kindOf, objectOf, testCreated } from './testing.ts';

/** Of each kind: what is sent, and the faults that it has. */
const created: Created = [
  [
    'ConfigMap',
    { data: { 'a b': '', c: '' }, binaryData: { c: '' } },
    ['data[a b]: invalid: a valid config key', 'data[c]: invalid: duplicate of key'],
  ],
  ['Secret', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } }, ['data[tls.key]: required: ']],
  ['Secret', { type: 'kubernetes.io/basic-auth' }, ['data[username]: required: ', 'data[password]: required: ']],
  ['Service', { spec: {} }, ['spec.ports: required: ']],
  [
    'Service',
    { spec: { ports: [{ port: 0 }, { port: 80, name: 'a', nodePort: 30_000 }, { port: 80, name: 'a' }], externalTrafficPolicy: 'Local' } },
    [
      'spec.ports[0].name: required: ',
      'spec.ports[0].port: invalid: must be between 1 and 65535',
      'spec.ports[0].targetPort: invalid: must be between 1 and 65535',
      'spec.ports[2].name: duplicate: ',
      "spec.ports[1].nodePort: forbidden: may not be used when `type` is 'ClusterIP'",
      'spec.ports[2]: duplicate: ',
      'spec.externalTrafficPolicy: invalid: may only be set for externally-accessible services',
    ],
  ],
  ['Service', { spec: { type: 'ExternalName' } }, ['spec.externalName: required: ']],
  [
    'Service',
    { spec: { type: 'LoadBalancer', clusterIP: 'None', clusterIPs: ['None'] } },
    ["spec.clusterIPs[0]: invalid: may not be set to 'None' for LoadBalancer services"],
  ],
  ['Role', { rules: [{ verbs: [], apiGroups: [''] }] }, ['rules[0].verbs: required: ', 'rules[0].resources: required: ']],
  ['Role', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }, ['rules[0].nonResourceURLs: invalid: namespaced rules']],
  ['ClusterRole', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }, []],
  [
    'ClusterRoleBinding',
    {
      roleRef: { kind: 'Role', name: 'a' },
      subjects: [
        { kind: 'ServiceAccount', name: 's' },
        { kind: 'Robot', name: 'r' },
      ],
    },
    [
      'roleRef.kind: notSupported: supported values: "ClusterRole"',
      'subjects[0].namespace: required: ',
      'subjects[1].kind: notSupported: ',
    ],
  ],
  ['Ingress', { spec: {} }, ['spec: invalid: either `defaultBackend` or `rules` must be specified']],
  [
    'Ingress',
    { spec: { rules: [{ host: '10.0.0.1', http: { paths: [{ path: 'a', pathType: 'Prefix', backend: {} }, { backend: {} }] } }] } },
    [
      'spec.rules[0].host: invalid: must be a DNS name, not an IP address',
      'spec.rules[0].http.paths[0].path: invalid: must be an absolute path',
      'spec.rules[0].http.paths[0].backend: invalid: resource or service backend is required',
      'spec.rules[0].http.paths[1].pathType: required: pathType must be specified',
    ],
  ],
  [
    'NetworkPolicy',
    {
      spec: {
        ingress: [
          { from: [{}, { ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.1.0/26', '10.0.0.0/26'] } }], ports: [{ port: 90, endPort: 80 }] },
        ],
      },
    },
    [
      'spec.ingress[0].ports[0].endPort: invalid: must be greater than or equal to `port`',
      'spec.ingress[0].from[0]: required: must specify a peer',
      'spec.ingress[0].from[1].ipBlock.except[0]: invalid: must be a strict subset of `cidr`',
    ],
  ],
  ['PodDisruptionBudget', { spec: { minAvailable: '150%' } }, ['spec.minAvailable: invalid: must not be greater than 100%']],
  ['PodDisruptionBudget', { spec: { maxUnavailable: 'half' } }, ['spec.maxUnavailable: invalid: a valid percent string']],
  [
    'HorizontalPodAutoscaler',
    { spec: { minReplicas: 3, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment' }, metrics: [{ type: 'Pods' }, { type: 'X' }] } },
    [
      'spec.maxReplicas: invalid: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.name: required: ',
      'spec.scaleTargetRef.apiVersion: invalid: apiVersion must specify API group',
      'spec.metrics[0].pods: required: ',
      // Upstream says this twice.
      'spec.metrics[1].type: notSupported: ',
      'spec.metrics[1].type: notSupported: ',
    ],
  ],
  [
    'PersistentVolumeClaim',
    { spec: {} },
    ['spec.accessModes: required: at least 1 access mode is required', 'spec.resources[storage]: required: '],
  ],
  [
    'PersistentVolume',
    { spec: { capacity: { storage: '0' } } },
    ['spec.accessModes: required: ', 'spec.capacity[storage]: invalid: ', 'spec: required: must specify a volume type'],
  ],
  ['StorageClass', { reclaimPolicy: 'Recycle' }, ['provisioner: required: ', 'reclaimPolicy: notSupported: ']],
  [
    'VolumeAttachment',
    { spec: { attacher: 'a', source: {} } },
    ['spec.source: required: ', 'spec.nodeName: invalid: a lowercase RFC 1123 subdomain'],
  ],
  ['PriorityClass', { value: 2_000_000_000 }, ['value: forbidden: maximum allowed value of a user defined priority is 1000000000']],
  ['PriorityClass', { name: 'system-mine', value: 1 }, ["metadata.name: forbidden: priority class names with 'system-' prefix"]],
  ['PriorityClass', { name: 'system-node-critical', value: 2_000_001_000 }, []],
  ['Lease', { spec: { leaseDurationSeconds: 0 } }, ['spec.leaseDurationSeconds: invalid: must be greater than 0']],
  ['ResourceQuota', { spec: { hard: { pods: '-1' } } }, ['spec.hard[pods]: invalid: must be greater than or equal to 0']],
  [
    'LimitRange',
    { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    [
      'spec.limits[0].min[cpu]: invalid: min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: invalid: min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: invalid: min value 2 is greater than default value 1',
    ],
  ],
  [
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: [{ addresses: ['fd00::1'] }] },
    ['endpoints[0].addresses: invalid: must be an IPv4 address'],
  ],
  [
    'Endpoints',
    { subsets: [{}, { addresses: [{ ip: '127.0.0.1' }, { ip: 'x' }], ports: [{ port: 1 }, { name: 'a', port: 2 }] }] },
    [
      'subsets[0]: required: must specify `addresses` or `notReadyAddresses`',
      'subsets[1].addresses[0].ip: invalid: may not be in the loopback range',
      'subsets[1].addresses[1].ip: invalid: must be a valid IP address',
      'subsets[1].addresses[1].ip: invalid: must be a valid IP address',
      'subsets[1].ports[0].name: required: ',
    ],
  ],
  ['Node', { spec: { taints: [{ key: 'a', effect: 'Never' }] } }, ['metadata.taints[0].effect: notSupported: ']],
  ['IngressClass', { spec: { parameters: { kind: 'K' } } }, ['spec.controller: required: ', 'spec.parameters.name: required: ']],
  [
    'ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/16', '10.1.0.0/16'] } },
    ['spec.cidrs: invalid: may specify no more than one IP for each IP family'],
  ],
  ['IPAddress', { spec: {} }, ['spec.parentRef: required: ']],
  [
    'APIService',
    { name: 'v1.a', spec: { group: 'b', version: 'v1' } },
    ['metadata.name: invalid: ', 'spec.groupPriorityMinimum: invalid: ', 'spec.versionPriority: invalid: '],
  ],
  [
    'FlowSchema',
    { spec: { matchingPrecedence: 1 } },
    ['spec.matchingPrecedence: invalid: only the schema', 'spec.priorityLevelConfiguration.name: required: '],
  ],
  [
    'PriorityLevelConfiguration',
    { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 8 } } } } },
    ['spec.limited.limitResponse.queuing.handSize: invalid: should not be greater than queues (4)'],
  ],
  [
    'ValidatingWebhookConfiguration',
    { webhooks: [{ name: 'a.b', clientConfig: {} }] },
    [
      'webhooks[0].name: invalid: should be a domain with at least three segments',
      'webhooks[0].sideEffects: required: must specify one of None, NoneOnDryRun',
      'webhooks[0].clientConfig: required: exactly one of url or service is required',
      'webhooks[0].admissionReviewVersions: required: must specify one of v1, v1beta1',
    ],
  ],
  [
    'ValidatingAdmissionPolicy',
    { spec: {} },
    ['spec.matchConstraints: required: ', 'spec.validations: required: ', 'spec.auditAnnotations: required: '],
  ],
  [
    'ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'p', validationActions: ['Deny', 'Warn'] } },
    ['spec.validationActions: invalid: must not contain both'],
  ],
  [
    'CertificateSigningRequest',
    { spec: { request: 'eA==', signerName: 'x' } },
    ['spec.request: invalid: ', 'spec.usages: required: ', 'spec.signerName: invalid: '],
  ],
  [
    'ReplicationController',
    { spec: { selector: { a: 'b' }, template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } } },
    ['spec.template.metadata.labels: invalid: `selector` does not match'],
  ],
];

testCreated('faults of new objects', created);

const clusterService = { ports: [{ port: 80, targetPort: 80 }], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
const balanced = { ...clusterService, type: 'LoadBalancer', externalTrafficPolicy: 'Local' };
const cronSpec = {
  schedule: '@daily',
  jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } },
};
const claimOf = (storage: string) => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });
const claimSpec = claimOf('1Gi');
const volumeSpec = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } };

/** Of each kind: before, after, and the faults of the change. */
const changed: readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[] = [
  ['ConfigMap', { immutable: true, data: { a: 'b' } }, { data: { a: 'c' } }, ['immutable: forbidden: ', 'data: forbidden: ']],
  ['Secret', { type: 'a' }, { type: 'b' }, ['type: invalid: field is immutable']],
  [
    'Service',
    { spec: { ...clusterService, clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } },
    { spec: { ...clusterService, clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] } },
    ['spec.clusterIPs[0]: invalid: may not change once set'],
  ],
  [
    'Service',
    { spec: { ...clusterService, clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] } },
    { spec: { ...clusterService, ipFamilyPolicy: 'PreferDualStack', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } },
    [
      "spec.ipFamilyPolicy: invalid: must be set to 'SingleStack' when releasing the secondary clusterIP",
      "spec.ipFamilyPolicy: invalid: must be set to 'SingleStack' when releasing the secondary ipFamily",
    ],
  ],
  [
    'Service',
    { spec: { ...clusterService, clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } },
    { spec: { ...clusterService, ports: [], clusterIP: 'x', clusterIPs: ['x'] } },
    // Nothing else is looked at where the addresses are wrong.
    ['spec.clusterIPs[0]: invalid: must be a valid IP address'],
  ],
  [
    'Service',
    { spec: { ...balanced, healthCheckNodePort: 30_001, loadBalancerClass: 'a/b' } },
    { spec: { ...balanced, healthCheckNodePort: 30_002, loadBalancerClass: 'a/c' } },
    ['spec.loadBalancerClass: invalid: may not change once set', 'spec.healthCheckNodePort: forbidden: field is immutable'],
  ],
  ['ResourceQuota', { spec: { scopes: ['BestEffort'] } }, { spec: { scopes: ['BestEffort', 'BestEffort'] } }, []],
  ['ResourceQuota', { spec: { scopes: ['BestEffort'] } }, {}, ['spec.scopes: invalid: field is immutable']],
  [
    'RoleBinding',
    { roleRef: { kind: 'Role', name: 'a' } },
    { roleRef: { kind: 'Role', name: 'b' } },
    ['roleRef: invalid: cannot change roleRef'],
  ],
  ['CronJob', { name: 'x'.repeat(60), spec: cronSpec }, { name: 'x'.repeat(60), spec: { ...cronSpec, suspend: true } }, []],
  ['PriorityClass', { name: 'system-old', value: 1 }, { name: 'system-old', value: 1, description: 'd' }, []],
  ['StorageClass', { provisioner: 'a' }, { provisioner: 'b' }, ['provisioner: invalid: field is immutable']],
  ['PriorityClass', { value: 1 }, { value: 2 }, ['value: forbidden: may not be changed in an update.']],
  [
    'PersistentVolumeClaim',
    { spec: claimSpec },
    { spec: { ...claimSpec, accessModes: ['ReadWriteMany'] } },
    ['spec: forbidden: spec is immutable after creation'],
  ],
  ['PersistentVolumeClaim', { spec: claimSpec }, { spec: { ...claimSpec, volumeName: 'v', storageClassName: 's' } }, []],
  [
    'PersistentVolumeClaim',
    { spec: { ...claimSpec, dataSourceRef: { apiGroup: 'a', kind: 'K', name: 'n' } } },
    { spec: { ...claimSpec, dataSourceRef: { apiGroup: 'A', kind: 'K', name: 'n' } } },
    ['spec: forbidden: spec is immutable after creation'],
  ],
  ['PersistentVolumeClaim', { spec: claimSpec }, { spec: claimOf('2Gi'), status: { phase: 'Bound' } }, []],
  ['PersistentVolumeClaim', { spec: claimSpec }, { spec: claimOf('2Gi') }, ['spec: forbidden: spec is immutable after creation']],
  [
    'PersistentVolumeClaim',
    { spec: claimOf('2Gi'), status: { phase: 'Bound', capacity: { storage: '2Gi' } } },
    { spec: claimSpec, status: { phase: 'Bound', capacity: { storage: '2Gi' } } },
    ['spec.resources.requests.storage: forbidden: field can not be less than status.capacity'],
  ],
  [
    'PersistentVolume',
    { spec: { ...volumeSpec, hostPath: { path: '/a' } } },
    { spec: { ...volumeSpec, hostPath: { path: '/b' } } },
    [
      'spec.persistentvolumesource: forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n-  "Path": "/a",\n+  "Path": "/b",\n   "Type": ""\n  },\n',
    ],
  ],
  ['IngressClass', { spec: { controller: 'a/b' } }, { spec: { controller: 'a/c' } }, ['spec.controller: invalid: field is immutable']],
  ['EndpointSlice', { addressType: 'IPv4' }, { addressType: 'IPv6' }, ['addressType: invalid: field is immutable']],
  ['ControllerRevision', { data: { a: 1 } }, { data: { a: 2 } }, ['data: invalid: field is immutable']],
  ['ControllerRevision', { data: { a: 1 } }, {}, ['data: invalid: field is immutable']],
  ['ServiceCIDR', { spec: { cidrs: ['10.0.0.0/16'] } }, { spec: { cidrs: ['10.0.0.0/16', 'fd00::/108'] } }, []],
];

describe('faults of changes', () => {
  for (const [name, before, after, expected] of changed) {
    test(`${name} ${JSON.stringify(after).slice(0, 80)}`, () => {
      const kind = kindOf(name);
      assertFaults(kind.validateUpdate?.(objectOf(kind, after), objectOf(kind, before), context), expected);
    });
  }
});
