import { type Created, testCreated } from './testing.ts';

/** As kube-apiserver 1.36 refuses the same objects. */
const created: Created = [
  [
    'Deployment',
    {
      spec: {
        template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
        selector: { matchExpressions: [{ operator: 'In', values: ['b'] }] },
      },
    },
    [
      'spec.selector.matchExpressions[0].key: invalid: name part must be non-empty',
      "spec.selector.matchExpressions[0].key: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'spec.selector: invalid: invalid label selector',
    ],
  ],
  [
    'DaemonSet',
    {
      spec: {
        template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 'half', maxUnavailable: 0 } },
      },
    },
    [
      'spec.template.metadata.labels: invalid: `selector` does not match template `labels`',
      'spec.updateStrategy.rollingUpdate.maxSurge: invalid: a valid percent string must be a numeric string followed by',
      'spec.updateStrategy.rollingUpdate.maxUnavailable: required: cannot be 0 when maxSurge is 0',
    ],
  ],
  [
    'StatefulSet',
    {
      spec: {
        template: { metadata: { labels: { a: ' ' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        updateStrategy: { type: 'Some', rollingUpdate: { partition: 1 } },
      },
    },
    [
      "spec.updateStrategy: invalid: must be 'RollingUpdate' or 'OnDelete'",
      'spec.selector: required: ',
      'spec.template.metadata.labels: invalid: `selector` does not match template `labels`',
      'spec.template.labels: invalid: a valid label must be an empty string or consist of alphanum',
      'spec.template.labels: invalid: a valid label must be an empty string or consist of alphanum',
    ],
  ],
  [
    'Job',
    {
      spec: {
        managedBy: 'me',
        selector: { matchLabels: { a: 'b' } },
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      },
    },
    [
      "spec.template.metadata.labels[controller-uid]: required: must be 'u'",
      "spec.template.metadata.labels[job-name]: required: must be 'x'",
      "spec.template.metadata.labels[batch.kubernetes.io/controller-uid]: required: must be 'u'",
      "spec.template.metadata.labels[batch.kubernetes.io/job-name]: required: must be 'x'",
      'spec.selector: invalid: `selector` not auto-generated',
      'spec.managedBy: invalid: must be a domain-prefixed path (such as "acme.io/foo")',
      'spec.template.metadata.labels: invalid: `selector` does not match template `labels`',
    ],
  ],
  ['ControllerRevision', { revision: 1 }, ['data: required: data is mandatory']],
  [
    'Ingress',
    {
      spec: {
        defaultBackend: { resource: { apiGroup: '', kind: 'a/b' } },
        rules: [{ host: '*', http: { paths: [{ pathType: '', backend: { service: { name: 'A.b', port: { name: 'a', number: 1 } } } }] } }],
      },
    },
    [
      'spec.defaultBackend.resource.apiGroup: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      "spec.defaultBackend.resource.kind: invalid: may not contain '/'",
      'spec.defaultBackend.resource.name: required: ',
      "spec.rules[0].host: invalid: a wildcard DNS-1123 subdomain must start with '*.', followed",
      'spec.rules[0].http.paths[0].pathType: notSupported: supported values: "Exact", "ImplementationSpecific", "Prefix"',
      'spec.rules[0].http.paths[0].backend.service.name: invalid: a lowercase RFC 1123 label must consist of lower case alphan',
      'spec.rules[0].http.paths[0].backend: invalid: cannot set both port name & port number',
    ],
  ],
  [
    'IngressClass',
    {
      spec: {
        controller: 'x'.repeat(251),
      },
    },
    [
      'spec.controller: tooLong: may not be more than 250 bytes',
      'spec.controller: invalid: must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  ],
  [
    'IPAddress',
    { spec: { parentRef: { group: 'A', resource: 'a/b', name: 'c/d', namespace: 'e/f' } } },
    [
      'spec.parentRef.group: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      "spec.parentRef.resource: invalid: may not contain '/'",
      "spec.parentRef.name: invalid: may not contain '/'",
      "spec.parentRef.namespace: invalid: may not contain '/'",
    ],
  ],
  ['ServiceCIDR', { spec: { cidrs: ['x', '10.0.0.0/16', '10.1.0.0/16'] } }, ['spec.cidrs: invalid: may only hold up to 2 values']],
  [
    'EndpointSlice',
    {
      addressType: 'FQDN',
      endpoints: [{ addresses: [''], hints: { forZones: [{ name: 'z' }, { name: 'z' }, { name: ' ' }], forNodes: [{ name: 'A' }] } }],
      ports: [{ protocol: '' }],
    },
    [
      'ports[0].protocol: notSupported: supported values: "SCTP", "TCP", "UDP"',
      'endpoints[0].addresses[0]: required: ',
      'endpoints[0].hints.forZones[1].name: duplicate: ',
      'endpoints[0].hints.forZones[2].name: invalid: a valid label must be an empty string or consist of alphanum',
      'endpoints[0].hints.forNodes[0].name: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
    ],
  ],
  [
    'StorageClass',
    { provisioner: 'A_/ ', reclaimPolicy: '', volumeBindingMode: '', parameters: { '': 'x' }, allowedTopologies: [{}] },
    [
      'provisioner: invalid: prefix part a lowercase RFC 1123 subdomain must consist of l',
      "provisioner: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'parameters: invalid: field can not be empty.',
      'volumeBindingMode: notSupported: supported values: "Immediate", "WaitForFirstConsumer"',
      'allowedTopologies[0].matchLabelExpressions: duplicate: ',
    ],
  ],
  [
    'VolumeAttachment',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: '' } } },
    [
      'spec.source.persistentVolumeName: required: must specify non empty persistentVolumeName',
      'spec.source.persistentVolumeName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
    ],
  ],
  [
    'CSIDriver',
    {
      spec: {
        volumeLifecycleModes: ['Some'],
        tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }],
        nodeAllocatableUpdatePeriodSeconds: 1,
      },
    },
    [
      'spec.tokenRequests[0].expirationSeconds: invalid: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: duplicate: ',
      'spec.volumeLifecycleModes: notSupported: supported values: "Persistent", "Ephemeral"',
      'spec.nodeAllocatableUpdatePeriodSeconds: invalid: must be greater than or equal to 10 seconds',
    ],
  ],
  [
    'CSINode',
    {
      spec: {
        drivers: [
          { name: 'd', topologyKeys: ['', 'a', 'a'] },
          { name: 'd', nodeID: 'n', allocatable: { count: -1 } },
        ],
      },
    },
    [
      'spec.drivers[0].nodeID: required: ',
      'spec.drivers[0]: required: ',
      'spec.drivers[0]: invalid: name part must be non-empty',
      "spec.drivers[0]: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'spec.drivers[0]: duplicate: ',
      'spec.drivers[1].allocatable.count: invalid: must be greater than or equal to 0',
      'spec.drivers[1].name: duplicate: ',
    ],
  ],
  [
    'CSIStorageCapacity',
    { storageClassName: '', capacity: '-1' },
    [
      'storageClassName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'capacity: invalid: must be greater than or equal to 0',
    ],
  ],
  [
    'VolumeAttributesClass',
    { driverName: 'A_', parameters: {} },
    [
      "driverName: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'parameters: required: must contain at least one key/value pair',
    ],
  ],
  [
    'RuntimeClass',
    {
      handler: 'A',
      overhead: { podFixed: { cpu: '-1' } },
      scheduling: {
        nodeSelector: { a: ' ' },
        tolerations: [
          { key: 'a', operator: 'Exists' },
          { key: 'a', operator: 'Exists' },
        ],
      },
    },
    [
      'handler: invalid: a lowercase RFC 1123 label must consist of lower case alphan',
      'overhead.limits[cpu]: invalid: must be greater than or equal to 0',
      'scheduling.nodeSelector: invalid: a valid label must be an empty string or consist of alphanum',
      'scheduling.tolerations[1]: duplicate: ',
    ],
  ],
  ['PriorityClass', { preemptionPolicy: '' }, ['preemptionPolicy: required: ']],
  [
    'ClusterRole',
    { aggregationRule: {} },
    ['aggregationRule.clusterRoleSelectors: required: at least one clusterRoleSelector required if aggregationRule'],
  ],
  [
    'ClusterRole',
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: ' ' } }] } },
    [
      'aggregationRule.clusterRoleSelectors[0].matchLabels: invalid: a valid label must be an empty string or consist of alphanum',
      'aggregationRule.clusterRoleSelectors[0]: invalid: invalid label selector.',
    ],
  ],
  [
    'HorizontalPodAutoscaler',
    {
      spec: {
        maxReplicas: 1,
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
        metrics: [
          {
            type: 'ContainerResource',
            containerResource: { name: 'some', container: 'c', target: { type: 'Utilization', averageUtilization: 1 } },
          },
        ],
        behavior: { scaleUp: { tolerance: '-1' } },
      },
    },
    [
      'spec.metrics[0].containerResource.name: invalid: must be a standard resource type or fully qualified',
      'spec.metrics[0].containerResource.name: invalid: must be a standard resource for containers',
      'spec.behavior.scaleUp.tolerance: invalid: must be greater than or equal to 0',
    ],
  ],
  [
    'CertificateSigningRequest',
    { spec: { request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0=', usages: ['any'], signerName: '-/a_' } },
    [
      'spec.request: invalid: PEM block type must be CERTIFICATE REQUEST',
      'spec.signerName: invalid: validating label "-": a lowercase RFC 1123 label must consis',
      'spec.signerName: invalid: should be a domain with at least two segments separated by dots',
      'spec.signerName: invalid: validating label "a_": a lowercase RFC 1123 subdomain must c',
    ],
  ],
  [
    'FlowSchema',
    {
      spec: {
        priorityLevelConfiguration: { name: 'A' },
        distinguisherMethod: { type: 'ByName' },
        rules: [
          {
            subjects: [
              { kind: 'User', group: { name: 'g' } },
              { kind: 'ServiceAccount', serviceAccount: { name: 'A' } },
              { kind: 'Robot' },
            ],
            resourceRules: [
              { verbs: ['*', 'get'], apiGroups: ['*', 'a'], resources: [] },
              { verbs: ['run'], apiGroups: ['a'], resources: ['b'], namespaces: ['A'] },
            ],
            nonResourceRules: [{ verbs: [], nonResourceURLs: ['', 'a', '/a//b', '/*/a', '/a b'] }],
          },
        ],
      },
    },
    [
      'spec.distinguisherMethod.type: notSupported: supported values: "ByNamespace", "ByUser"',
      'spec.priorityLevelConfiguration.name: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      "spec.rules[0].subjects[0].user: required: user is required when subject kind is 'User'",
      "spec.rules[0].subjects[0].group: forbidden: group is forbidden when subject kind is not 'Group'",
      'spec.rules[0].subjects[1].serviceAccount.name: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.rules[0].subjects[1].serviceAccount.namespace: required: must specify namespace for service account',
      'spec.rules[0].subjects[2].kind: notSupported: supported values: "Group", "ServiceAccount", "User"',
      "spec.rules[0].resourceRules[0].verbs: invalid: if '*' is present, must not specify other verbs",
      "spec.rules[0].resourceRules[0].apiGroups: invalid: if '*' is present, must not specify other api groups",
      'spec.rules[0].resourceRules[0].resources: required: resource rules must supply at least one resource',
      'spec.rules[0].resourceRules[0].namespaces: required: resource rules that are not cluster scoped must supply at le',
      'spec.rules[0].resourceRules[1].verbs: notSupported: supported values: "create", "delete", "deletecollection", "g',
      "spec.rules[0].resourceRules[1].namespaces[0]: invalid: each member of this list must be '*' or a DNS-1123 label; a",
      'spec.rules[0].nonResourceRules[0].verbs: required: verbs must contain at least one value',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: invalid: must not be empty',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: invalid: must start with slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: invalid: must not contain double slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[3]: invalid: wildcard can only do suffix matching',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[4]: invalid: must not contain white-space',
    ],
  ],
  [
    'PriorityLevelConfiguration',
    {
      spec: {
        type: 'Limited',
        exempt: {},
        limited: {
          nominalConcurrencyShares: -1,
          lendablePercent: 101,
          borrowingLimitPercent: -1,
          limitResponse: { type: 'Queue', queuing: { queues: 100000, handSize: 8, queueLengthLimit: -1 } },
        },
      },
    },
    [
      'spec.exempt: forbidden: must be nil if the type is Limited',
      'spec.limited.nominalConcurrencyShares: invalid: must be a non-negative integer',
      'spec.limited.limitResponse.queuing.queueLengthLimit: invalid: must be positive',
      'spec.limited.limitResponse.queuing.handSize: invalid: required entropy bits of deckSize 100000 and handSize 8 shou',
      'spec.limited.lendablePercent: invalid: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: invalid: if specified, must be a non-negative integer',
    ],
  ],
  [
    'PriorityLevelConfiguration',
    { name: 'exempt', spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject', queuing: {} } } } },
    [
      "spec.type: invalid: must be 'Exempt' if and only if `name` is 'exempt'",
      'spec.limited.limitResponse.queuing: forbidden: must be nil if limited.limitResponse.type is not Limited',
      "spec: invalid: spec of 'exempt' except the 'spec.exempt' field must equal t",
    ],
  ],
  [
    'ValidatingAdmissionPolicy',
    {
      spec: {
        failurePolicy: 'Some',
        paramKind: { apiVersion: 'A/V', kind: '-' },
        matchConstraints: {
          resourceRules: [
            {
              operations: ['*', 'CREATE'],
              apiGroups: ['*', 'a'],
              apiVersions: [''],
              resources: ['*', 'a', 'a/*', 'a/b', ''],
              resourceNames: ['a/b', 'c', 'c'],
            },
          ],
        },
        validations: [{ expression: ' ', message: 'a\nb', reason: 'Some' }],
        auditAnnotations: [{ key: 'k' }, { key: 'k', valueExpression: 'v' }],
      },
    },
    [
      'spec.failurePolicy: notSupported: supported values: "Fail", "Ignore"',
      'spec.paramKind.apiVersion: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.paramKind.apiVersion: invalid: a DNS-1035 label must consist of lower case alphanumeric cha',
      'spec.paramKind.kind: invalid: may have mixed case, but should otherwise match: a DNS-1035',
      "spec.matchConstraints.resourceRules[0].resourceNames[0]: invalid: may not contain '/'",
      'spec.matchConstraints.resourceRules[0].resourceNames[2]: duplicate: ',
      "spec.matchConstraints.resourceRules[0].operations: invalid: if '*' is present, must not specify other operations",
      "spec.matchConstraints.resourceRules[0].apiGroups: invalid: if '*' is present, must not specify other API groups",
      'spec.matchConstraints.resourceRules[0].apiVersions[0]: required: ',
      "spec.matchConstraints.resourceRules[0].resources[3]: invalid: if 'a/*' is present, must not specify a/b",
      'spec.matchConstraints.resourceRules[0].resources[4]: required: ',
      "spec.matchConstraints.resourceRules[0].resources: invalid: if '*' is present, must not specify other resources without",
      'spec.validations[0].expression: required: expression is not specified',
      'spec.validations[0].message: invalid: must not contain line breaks',
      'spec.validations[0].reason: notSupported: supported values: "Forbidden", "Invalid", "RequestEntityTooL',
      'spec.auditAnnotations[0].valueExpression: required: valueExpression is not specified',
      'spec.auditAnnotations[1].key: duplicate: ',
    ],
  ],
  [
    'ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'A', paramRef: { name: 'a/b', selector: {} } } },
    [
      'spec.policyName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      "spec.paramRef.name: invalid: may not contain '/'",
      'spec.paramRef.name: forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: required: ',
      'spec.validationActions: required: at least one validation action is required',
    ],
  ],
  [
    'MutatingWebhookConfiguration',
    {
      webhooks: [
        {
          name: 'a.b.c',
          sideEffects: '',
          clientConfig: { url: 'https://a' },
          admissionReviewVersions: ['v1'],
          rules: [{ operations: ['Some'], apiGroups: [''], apiVersions: ['v1'], resources: ['*/*', 'a'] }],
        },
      ],
    },
    [
      'webhooks[0].rules[0].operations[0]: notSupported: supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      "webhooks[0].rules[0].resources: invalid: if '*/*' is present, must not specify other resources",
      'webhooks[0].sideEffects: notSupported: supported values: "None", "NoneOnDryRun"',
    ],
  ],
];

testCreated('faults of odd objects of other groups', created);
