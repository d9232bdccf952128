import { type Created, testCreated } from '../testing.ts';

/** As kube-apiserver 1.36 refuses the same objects. */
const created: Created = [
  [
    'Service',
    { spec: { type: 'ExternalName', externalName: 'a.', clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' } },
    [
      'spec.clusterIPs: forbidden: may not be set for ExternalName services',
      'spec.ipFamilies: forbidden: may not be set for ExternalName services',
      'spec.ipFamilyPolicy: forbidden: may not be set for ExternalName services',
    ],
  ],
  [
    'Service',
    {
      spec: {
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.2', '10.0.0.3'],
        ipFamilies: ['IPv6', 'IPv6', 'IPv5'],
        ports: [{ port: 1, appProtocol: ' ' }],
        externalIPs: ['127.0.0.1', '0.0.0.0', '224.0.0.1', 'x'],
      },
    },
    [
      'spec.clusterIPs: invalid: first value must match `clusterIP`',
      'spec.ipFamilies[1]: duplicate: ',
      'spec.ipFamilies[2]: notSupported: supported values: "IPv4", "IPv6"',
      'spec.clusterIPs: invalid: may specify no more than one IP for each IP family',
      'spec.clusterIPs[0]: invalid: expected an IPv6 value as indicated by `ipFamilies[0]`',
      'spec.clusterIPs[1]: invalid: expected an IPv6 value as indicated by `ipFamilies[1]`',
    ],
  ],
  [
    'Service',
    {
      spec: {
        clusterIPs: ['None', '10.0.0.3', 'x'],
        loadBalancerSourceRanges: ['x'],
        loadBalancerClass: 'x',
        allocateLoadBalancerNodePorts: false,
        healthCheckNodePort: 1,
        ports: [{ port: 1 }],
      },
    },
    [
      'spec.clusterIPs: invalid: must be empty when `clusterIP` is not specified',
      "spec.clusterIPs: invalid: 'None' must be the first and only value",
      'spec.clusterIPs[2]: invalid: must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'spec.clusterIPs: invalid: may only hold up to 2 values',
    ],
  ],
  [
    'Service',
    {
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 70000,
        trafficDistribution: 'Some',
        internalTrafficPolicy: 'Some',
        loadBalancerClass: ' ',
        ports: [{ port: 1 }],
      },
    },
    [
      "spec.loadBalancerClass: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'spec.healthCheckNodePort: invalid: must be between 1 and 65535, inclusive',
      'spec.internalTrafficPolicy: notSupported: supported values: "Cluster", "Local"',
      'spec.trafficDistribution: notSupported: supported values: "PreferClose", "PreferSameZone", "PreferSa',
    ],
  ],
  [
    'PersistentVolume',
    {
      spec: {
        capacity: { storage: '-2', cpu: '1' },
        accessModes: ['ReadWriteOncePod', 'ReadWriteOnce', 'Some'],
        hostPath: { path: '/' },
        local: {},
        persistentVolumeReclaimPolicy: 'Recycle',
        volumeAttributesClassName: 'A',
      },
    },
    [
      'spec.accessModes: notSupported: supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWrit',
      'spec.accessModes: forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.capacity: notSupported: supported values: "storage"',
      'spec.capacity[storage]: invalid: must be a valid resource quantity',
      'spec.capacity[storage]: invalid: must be greater than zero',
      'spec.local: forbidden: may not specify more than 1 volume type',
      "spec.persistentVolumeReclaimPolicy: forbidden: may not be 'recycle' for a hostPath mount of '/'",
      'spec.volumeAttributesClassName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.csi: required: has to be specified when using volumeAttributesClassName',
    ],
  ],
  [
    'PersistentVolume',
    {
      spec: {
        capacity: { storage: '1' },
        accessModes: ['ReadWriteOnce'],
        csi: { driver: 'A_', nodeStageSecretRef: {}, nodePublishSecretRef: {} },
        volumeAttributesClassName: '',
      },
    },
    [
      'spec.csi.driver: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.csi.volumeHandle: required: ',
      'spec.csi.nodePublishSecretRef.name: required: ',
      'spec.csi.nodePublishSecretRef.namespace: required: ',
      'spec.volumeAttributesClassName: required: an empty string is disallowed',
    ],
  ],
  [
    'PersistentVolume',
    { spec: { capacity: { storage: '1' }, accessModes: ['ReadWriteOnce'], local: { path: '/a/../b' } } },
    ["spec.local.path: invalid: must not contain '..'", 'spec.nodeAffinity: required: Local volume requires node affinity'],
  ],
  [
    'PersistentVolume',
    { spec: { capacity: { storage: '1' }, accessModes: ['ReadWriteOnce'], azureFile: { secretNamespace: '' } } },
    ['spec.azureFile.secretName: required: ', 'spec.azureFile.shareName: required: ', 'spec.azureFile.secretNamespace: required: '],
  ],
  [
    'PersistentVolumeClaim',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1' } },
        volumeMode: '',
        dataSource: { kind: 'Pod', name: 'a' },
        dataSourceRef: { apiGroup: 'A', namespace: 'N' },
        volumeAttributesClassName: 'A',
      },
    },
    [
      'spec.volumeMode: notSupported: supported values: "Block", "Filesystem"',
      "spec.dataSource: invalid: must be 'PersistentVolumeClaim' when referencing the default",
      'spec.dataSourceRef.name: required: ',
      'spec.dataSourceRef.kind: required: ',
      'spec.dataSourceRef.apiGroup: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.dataSourceRef.namespace: invalid: a lowercase RFC 1123 label must consist of lower case alphan',
      'spec: invalid: may not be specified when dataSourceRef.namespace is specified',
      'spec.volumeAttributesClassName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
    ],
  ],
  [
    'ResourceQuota',
    { spec: { hard: { some: '1', pods: '1.5', 'requests.cpu': '1', 'count/x.y': '1' }, scopes: ['BestEffort', 'NotBestEffort', 'Some'] } },
    [
      'spec.hard[some]: invalid: must be a standard resource type or fully qualified',
      'spec.hard[some]: invalid: must be a standard resource for quota',
      'spec.hard[pods]: invalid: must be an integer',
      'spec.scopes: invalid: unsupported scope applied to resource',
      'spec.scopes: invalid: unsupported scope',
      'spec.scopes: invalid: conflicting scopes',
    ],
  ],
  [
    'LimitRange',
    {
      spec: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '1', some: '1' },
            min: { cpu: '1' },
            default: { cpu: '2' },
            defaultRequest: { cpu: '500m' },
            maxLimitRequestRatio: { cpu: '2' },
          },
          { type: 'PersistentVolumeClaim' },
          { type: 'Pod', maxLimitRequestRatio: { cpu: '100m' } },
        ],
      },
    },
    [
      'spec.limits[0].max[some]: invalid: must be a standard resource type or fully qualified',
      'spec.limits[0].max[some]: invalid: must be a standard resource for containers',
      'spec.limits[0].default[some]: invalid: must be a standard resource type or fully qualified',
      'spec.limits[0].default[some]: invalid: must be a standard resource for containers',
      'spec.limits[0].defaultRequest[some]: invalid: must be a standard resource type or fully qualified',
      'spec.limits[0].defaultRequest[some]: invalid: must be a standard resource for containers',
      'spec.limits[0].defaultRequest[cpu]: invalid: min value 1 is greater than default request value 500m',
      'spec.limits[0].default[cpu]: invalid: default value 2 is greater than max value 1',
      'spec.limits[0].maxLimitRequestRatio[cpu]: invalid: ratio 2 is greater than max/min = 1.000000',
      'spec.limits[1].limits: required: either minimum or maximum storage value is required, but nei',
      'spec.limits[2].maxLimitRequestRatio[cpu]: invalid: ratio 100m is less than 1',
    ],
  ],
  [
    'Node',
    {
      spec: {
        podCIDR: 'x',
        podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'],
        taints: [
          { key: 'a', value: ' ', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
      status: { capacity: { cpu: '-1' } },
    },
    [
      'metadata.taints[0].value: invalid: a valid label must be an empty string or consist of alphanum',
      'metadata.taints[1]: duplicate: taints must be unique by key and effect pair',
      'status.capacity.cpu: invalid: must be greater than or equal to 0',
      'status.allocatable.cpu: invalid: must be greater than or equal to 0',
      'spec.podCIDRs[0]: invalid: must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    'Node',
    { spec: { podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] } },
    ['spec.podCIDRs: invalid: may specify no more than one CIDR for each IP family'],
  ],
  ['Event', { involvedObject: { namespace: 'other' } }, ['involvedObject.namespace: invalid: does not match event.namespace']],
  ['Secret', { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': '' } }, ['data[ssh-privatekey]: required: ']],
];

testCreated('faults of odd objects of the core group', created);
