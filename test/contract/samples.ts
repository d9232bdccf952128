import type { JsonObject } from '../../src/kernel/json.ts';

const pod = { containers: [{ name: 'c', image: 'nginx' }] };
const labels = { app: 'x' };
const template = { metadata: { labels }, spec: pod };
const workload = { selector: { matchLabels: labels }, template };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const webhook = (name: string) => ({
  name,
  clientConfig: { url: 'https://example.com/hook' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
});
const match = { resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] };
const crdVersion = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };

/** openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test, then base64. */
const CERTIFICATE_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RWRHVnpkREJaTUJNR0J5cUdTTTQ5QWdFR0ND' +
  'cUdTTTQ5QXdFSApBMElBQktFNzJnU0J6bGlydUxzOFZ5OUx3OWt6YTRza2wvaEJDVWJxWjRhWDRwcGdnbnZiSVJPNDJPKytYUXdZClRtYUx5VHdrYkZFU001' +
  'ODBxUnhpa0huVWxnNmdBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUFLdXVZcnEvRWcKaHNRdmJpMVZQS21MaHZ1Q3I3VmRUK2pkWkZ5bXdmazlGd0loQUto' +
  'b0lLQ3dObVl5WE4vSDFlVVhJZHJaNVRFawpSVTNVOHQ3MDlDdE9zK0EzCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

/** The smallest valid object of each kind without metadata, by "group/resource"; kinds that need nothing are left out. */
export const samples: { readonly [resource: string]: JsonObject } = {
  '/componentstatuses': {},
  '/endpoints': { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
  '/events': { involvedObject: { kind: 'Pod', name: 'p', namespace: 'n' }, reason: 'Tested', message: 'm', type: 'Normal' },
  '/limitranges': { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  '/persistentvolumeclaims': { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  '/persistentvolumes': { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } } },
  '/pods': { spec: pod },
  '/podtemplates': { template },
  '/replicationcontrollers': { spec: { selector: labels, template } },
  '/resourcequotas': { spec: { hard: { 'count/leases.coordination.k8s.io': '100' } } },
  '/services': { spec: { ports: [{ port: 80 }] } },
  'admissionregistration.k8s.io/mutatingadmissionpolicies': {
    spec: {
      matchConstraints: match,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
    },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': { spec: { policyName: 'p' } },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': { webhooks: [webhook('a.example.com')] },
  'admissionregistration.k8s.io/validatingadmissionpolicies': { spec: { matchConstraints: match, validations: [{ expression: 'true' }] } },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': { spec: { policyName: 'p', validationActions: ['Deny'] } },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': { webhooks: [webhook('a.example.com')] },
  'apiextensions.k8s.io/customresourcedefinitions': {
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [crdVersion],
    },
  },
  'apiregistration.k8s.io/apiservices': {
    spec: {
      group: 'example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 10,
      service: { name: 's', namespace: 'n' },
      insecureSkipTLSVerify: true,
    },
  },
  'apps/controllerrevisions': { revision: 1, data: {} },
  'apps/daemonsets': { spec: workload },
  'apps/deployments': { spec: workload },
  'apps/replicasets': { spec: workload },
  'apps/statefulsets': { spec: { ...workload, serviceName: 's' } },
  'autoscaling/horizontalpodautoscalers': {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 },
  },
  'batch/cronjobs': { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } } } },
  'batch/jobs': { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } },
  'certificates.k8s.io/certificatesigningrequests': {
    spec: {
      signerName: 'example.com/signer',
      usages: ['client auth'],
      request: CERTIFICATE_REQUEST,
    },
  },
  'coordination.k8s.io/leases': { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
  'discovery.k8s.io/endpointslices': { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ name: 'a', port: 80 }] },
  'events.k8s.io/events': {
    regarding: { kind: 'Pod', name: 'p', namespace: 'n' },
    reason: 'Tested',
    action: 'Testing',
    type: 'Normal',
    eventTime: '2026-11-21T00:00:00.000000Z',
    reportingController: 'example.com/test',
    reportingInstance: 'i',
  },
  'flowcontrol.apiserver.k8s.io/flowschemas': {
    spec: {
      priorityLevelConfiguration: { name: 'global-default' },
      matchingPrecedence: 500,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'u' } }],
          resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }],
        },
      ],
    },
  },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  },
  'networking.k8s.io/ingresses': { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } },
  'networking.k8s.io/ingressclasses': { spec: { controller: 'example.com/ingress' } },
  'networking.k8s.io/ipaddresses': { spec: { parentRef: { resource: 'services', namespace: 'n', name: 's' } } },
  'networking.k8s.io/networkpolicies': { spec: { podSelector: {} } },
  'networking.k8s.io/servicecidrs': { spec: { cidrs: ['10.9.0.0/24'] } },
  'node.k8s.io/runtimeclasses': { handler: 'h' },
  'policy/poddisruptionbudgets': { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
  'rbac.authorization.k8s.io/clusterrolebindings': { roleRef, subjects: [] },
  'rbac.authorization.k8s.io/clusterroles': { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
  'rbac.authorization.k8s.io/rolebindings': { roleRef, subjects: [] },
  'rbac.authorization.k8s.io/roles': { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
  'resource.k8s.io/deviceclasses': { spec: {} },
  'resource.k8s.io/resourceclaims': { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
  'resource.k8s.io/resourceclaimtemplates': {
    spec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
  },
  'resource.k8s.io/resourceslices': {
    spec: { driver: 'example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd' }] },
  },
  'scheduling.k8s.io/priorityclasses': { value: 1000 },
  'storage.k8s.io/csidrivers': { spec: {} },
  'storage.k8s.io/csinodes': { spec: { drivers: [] } },
  'storage.k8s.io/csistoragecapacities': { storageClassName: 'sc', capacity: '1Gi' },
  'storage.k8s.io/storageclasses': { provisioner: 'example.com/p' },
  'storage.k8s.io/volumeattachments': { spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'pv' } } },
  'storage.k8s.io/volumeattributesclasses': { driverName: 'example.com', parameters: { a: 'b' } },
};

/** Names that a kind demands; all others may be called anything. */
export const fixedNames: { readonly [resource: string]: string } = {
  'apiextensions.k8s.io/customresourcedefinitions': 'things.example.com',
  'apiregistration.k8s.io/apiservices': 'v1.example.com',
  'networking.k8s.io/ipaddresses': '10.0.0.77',
};
