import { type Created, testCreated } from '../../testing.ts';

/** As kube-apiserver 1.36 refuses the same objects. */
const created: Created = [
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          { name: 'v0', emptyDir: { sizeLimit: '-1' } },
          { name: 'v1', gitRepo: { directory: '/a' } },
          {
            name: 'v2',
            csi: { driver: 'x'.repeat(64), nodePublishSecretRef: { name: 'A' } },
          },
        ],
      },
    },
    [
      'spec.volumes[0].emptyDir.sizeLimit: forbidden: SizeLimit field must be a valid resource quantity',
      'spec.volumes[1].gitRepo.repository: required: ',
      'spec.volumes[1].gitRepo.directory: invalid: must be a relative path',
      'spec.volumes[2].csi.driver: tooLong: may not be more than 63 bytes',
      'spec.volumes[2].csi.name: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v0', secret: { secretName: 's' }, configMap: { name: 'c' }, emptyDir: {} }],
      },
    },
    [
      'spec.volumes[0].secret: forbidden: may not specify more than 1 volume type',
      'spec.volumes[0].configMap: forbidden: may not specify more than 1 volume type',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          { name: 'v0', azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Managed', cachingMode: 'Some' } },
          { name: 'v1', azureFile: {} },
          { name: 'v2', nfs: { server: 's', path: 'p' } },
          { name: 'v3', image: { pullPolicy: 'Some' } },
        ],
      },
    },
    [
      'spec.volumes[0].azureDisk.cachingMode: notSupported: supported values: "None", "ReadOnly", "ReadWrite"',
      'spec.volumes[0].azureDisk.diskURI: notSupported: supported values: "/subscriptions/{sub-id}/resourcegroups/{g',
      'spec.volumes[1].azureFile.secretName: required: ',
      'spec.volumes[1].azureFile.shareName: required: ',
      'spec.volumes[2].nfs.path: invalid: must be an absolute path',
      'spec.volumes[3].image.reference: required: ',
      'spec.volumes[3].image.pullPolicy: notSupported: supported values: "Always", "IfNotPresent", "Never"',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          {
            name: 'v0',
            projected: {
              sources: [
                {
                  configMap: {
                    name: 'm',
                    items: [
                      { key: 'a', path: 'p' },
                      { key: 'b', path: 'p' },
                    ],
                  },
                },
                { secret: { name: 's', items: [{ key: 'k', path: '..' }] }, downwardAPI: {} },
                { serviceAccountToken: { path: '../t', expirationSeconds: 1 } },
              ],
            },
          },
        ],
      },
    },
    [
      'spec.volumes[0].projected: invalid: conflicting duplicate paths',
      "spec.volumes[0].projected.sources[1].secret.items[0].path: invalid: must not contain '..'",
      "spec.volumes[0].projected.sources[1].secret.items[0].path: invalid: must not start with '..'",
      'spec.volumes[0].projected.sources[1]: forbidden: may not specify more than 1 volume type per source',
      'spec.volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds: invalid: may not specify a duration less than 10 minutes',
      "spec.volumes[0].projected.path: invalid: must not contain '..'",
      'spec.volumes[0].projected.sources[2].serviceAccountToken: forbidden: must not be specified when serviceAccountName is not set',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          {
            name: 'v0',
            downwardAPI: {
              items: [
                { path: 'a', resourceFieldRef: { resource: 'limits.cpu' } },
                { path: 'b', resourceFieldRef: { containerName: 'c', resource: 'limits.memory', divisor: '3' } },
                { path: 'c' },
              ],
            },
          },
        ],
      },
    },
    [
      'spec.volumes[0].downwardAPI.resourceFieldRef.containerName: required: ',
      "spec.volumes[0].downwardAPI.resourceFieldRef.divisor: invalid: only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1",
      'spec.volumes[0].downwardAPI: required: one of fieldRef and resourceFieldRef is required',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          {
            name: 'v0',
            ephemeral: { volumeClaimTemplate: { metadata: { name: 'n', labels: { a: ' ' } }, spec: { accessModes: ['ReadWriteOnce'] } } },
          },
          { name: 'v1', persistentVolumeClaim: { claimName: 'x-v0' } },
        ],
      },
    },
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.labels: invalid: a valid label must be an empty string or consist of alphanum',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: forbidden: cannot be set',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: required: ',
      'spec.volumes[1].persistentVolumeClaim.claimName: invalid: must not reference a PVC that gets created for an ephemeral',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            volumeMounts: [
              { name: 'v', mountPath: '/m', mountPropagation: 'Bidirectional', recursiveReadOnly: 'Enabled' },
              { name: 'd', mountPath: '/e' },
            ],
            volumeDevices: [{ name: 'd', devicePath: '/m' }, { name: 'v', devicePath: '../x' }, { name: 'v' }],
          },
        ],
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'd', persistentVolumeClaim: { claimName: 'c' } },
        ],
      },
    },
    [
      'spec.containers[0].volumeMounts[0].name: invalid: must not already exist in volumeDevices',
      'spec.containers[0].volumeMounts[0].mountPath: invalid: must not already exist as a path in volumeDevices',
      'spec.containers[0].volumeMounts.mountPropagation: forbidden: Bidirectional mount propagation is available only to privile',
      'spec.containers[0].volumeMounts.recursiveReadOnly: forbidden: may only be specified when readOnly is true',
      'spec.containers[0].volumeMounts.recursiveReadOnly: forbidden: may only be specified when mountPropagation is None or not s',
      'spec.containers[0].volumeMounts[1].name: invalid: must not already exist in volumeDevices',
      'spec.containers[0].volumeDevices[0].name: invalid: must not already exist in volumeMounts',
      'spec.containers[0].volumeDevices[0].devicePath: invalid: must not already exist as a path in volumeMounts',
      'spec.containers[0].volumeDevices[1].name: invalid: can only use volume source type of PersistentVolumeClaim or',
      "spec.containers[0].volumeDevices[1].devicePath: invalid: can not contain backsteps ('..')",
      'spec.containers[0].volumeDevices[1].name: invalid: must not already exist in volumeMounts',
      'spec.containers[0].volumeDevices[2].name: invalid: must be unique',
      'spec.containers[0].volumeDevices[2].name: invalid: can only use volume source type of PersistentVolumeClaim or',
      'spec.containers[0].volumeDevices[2].devicePath: required: ',
      'spec.containers[0].volumeDevices[2].name: invalid: must not already exist in volumeMounts',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            securityContext: {
              privileged: true,
              allowPrivilegeEscalation: false,
              procMount: 'Unmasked',
              runAsUser: -1,
              appArmorProfile: { type: 'Localhost', localhostProfile: ' p' },
              seccompProfile: { type: 'Unconfined', localhostProfile: 'p' },
              windowsOptions: { runAsUserName: 'a\\b\\c' },
            },
          },
        ],
      },
    },
    [
      'spec.containers[0].securityContext.runAsUser: invalid: must be between 0 and 2147483647, inclusive',
      'spec.containers[0].securityContext.procMount: invalid: `hostUsers` must be false to use `Unmasked`',
      'spec.containers[0].securityContext.seccompProfile.localhostProfile: invalid: can only be set when seccomp type is Localhost',
      'spec.containers[0].securityContext: invalid: cannot set `allowPrivilegeEscalation` to false and `privileg',
      'spec.containers[0].securityContext.windowsOptions.runAsUserName: invalid: runAsUserName cannot contain more than one backslash',
      'spec.containers[0].securityContext.appArmorProfile.localhostProfile: invalid: must not be padded with whitespace',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        hostNetwork: true,
        hostIPC: true,
        hostPID: true,
        shareProcessNamespace: true,
        hostUsers: false,
        securityContext: {
          sysctls: [
            { name: 'net.core.x', value: '1' },
            { name: 'kernel.sem', value: '1' },
          ],
          supplementalGroupsPolicy: 'Some',
          seLinuxChangePolicy: 'Some',
          windowsOptions: { gmsaCredentialSpec: '', runAsUserName: '-./x' },
        },
      },
    },
    [
      'spec.securityContext.shareProcessNamespace: invalid: ShareProcessNamespace and HostPID cannot both be enabled',
      "spec.securityContext.sysctls[0].name: invalid: may not be specified when 'hostNetwork' is true",
      "spec.securityContext.sysctls[1].name: invalid: may not be specified when 'hostIPC' is true",
      'spec.securityContext.windowsOptions.gmsaCredentialSpec: invalid: gmsaCredentialSpec cannot be an empty string',
      "spec.securityContext.windowsOptions.runAsUserName: invalid: runAsUserName's User cannot contain the following characters",
      'spec.securityContext.supplementalGroupsPolicy: notSupported: supported values: "Merge", "Strict"',
      'spec.securityContext.seLinuxChangePolicy: notSupported: supported values: "Recursive"',
      'spec.hostNetwork: forbidden: when `hostUsers` is false',
      'spec.HostPID: forbidden: when `hostUsers` is false',
      'spec.HostIPC: forbidden: when `hostUsers` is false',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [
          { name: 'c', image: 'i', securityContext: { privileged: true, windowsOptions: { hostProcess: false } } },
          { name: 'd', image: 'i' },
        ],
        os: { name: 'windows' },
        hostPID: true,
        resources: {},
        securityContext: { fsGroup: 1, windowsOptions: { hostProcess: true } },
      },
    },
    [
      'spec.resources: forbidden: may not be set for a windows pod',
      'spec.containers[0].securityContext.windowsOptions.hostProcess: invalid: pod hostProcess value must be identical if both are specifie',
      'spec: invalid: If pod contains any hostProcess containers then all containe',
      'spec.hostNetwork: invalid: hostNetwork must be true if pod contains any hostProcess con',
      'spec.hostPID: forbidden: cannot be set for a windows pod',
      'spec.securityContext.fsGroup: forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.privileged: forbidden: cannot be set for a windows pod',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i', securityContext: { windowsOptions: {} } }],
        os: { name: 'linux' },
        securityContext: { windowsOptions: {} },
      },
    },
    [
      'spec.securityContext.windowsOptions: forbidden: windows options cannot be set for a linux pod',
      'spec.containers[0].securityContext.windowsOptions: forbidden: windows options cannot be set for a linux pod',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            resources: {
              requests: { cpu: '2' },
              limits: { cpu: '3', 'hugepages-2Mi': '3Mi', some: '1', 'requests.x/y': '1' },
              claims: [{ name: 'a' }, { name: 'a' }, {}],
            },
          },
        ],
        resources: { claims: [{ name: 'a' }], requests: { cpu: '1', storage: '1' }, limits: { cpu: '2' } },
        initContainers: [{ name: 'i', image: 'i', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }],
      },
    },
    [
      'spec.containers[0].resources.limits[hugepages-2Mi]: invalid: 3Mi is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources.limits[some]: invalid: must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[some]: invalid: must be a standard resource for containers',
      "spec.containers[0].resources.limits[requests.x/y]: invalid: doesn't follow extended resource name standard",
      'spec.containers[0].resources.requests[hugepages-2Mi]: invalid: 3Mi is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources.requests[some]: invalid: must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[some]: invalid: must be a standard resource for containers',
      "spec.containers[0].resources.requests[requests.x/y]: invalid: doesn't follow extended resource name standard",
      'spec.containers[0].resources.claims[0]: notFound: must be one of the names in pod.spec.resourceClaims which is',
      'spec.containers[0].resources.claims[1]: duplicate: ',
      'spec.containers[0].resources.claims[1]: notFound: must be one of the names in pod.spec.resourceClaims which is',
      'spec.containers[0].resources.claims[2]: required: ',
      "spec.initContainers[0].resizePolicy[0].restartPolicy: invalid: must not be set to 'RestartContainer' for non-sidecar initCo",
      'spec.resources.claims: forbidden: claims may not be set for Resources at pod-level',
      'spec.resources.requests[storage]: notSupported: supported values: "cpu", "hugepages-", "memory"',
      'spec.resources.claims[0]: notFound: must be one of the names in pod.spec.resourceClaims which is',
      'spec.resources.requests[cpu]: invalid: must be greater than or equal to aggregate container request',
      'spec.resources.containers[0][cpu].limits: invalid: must be less than or equal to pod limits of 2',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        resourceClaims: [
          { name: 'a', resourceClaimName: 'x', resourceClaimTemplateName: 'y' },
          { name: 'a', resourceClaimName: 'x' },
          { name: 'b' },
        ],
      },
    },
    [
      'spec.resourceClaims[0]: invalid: at most one of `resourceClaimName` or `resourceClaimTemplate',
      'spec.resourceClaims[1].name: duplicate: ',
      'spec.resourceClaims[2]: invalid: must specify one of: `resourceClaimName`, `resourceClaimTemp',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] },
          {
            maxSkew: 1,
            topologyKey: 'z',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
            matchLabelKeys: ['a', ' '],
          },
        ],
      },
    },
    [
      'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: duplicate: ',
      'spec.topologySpreadConstraints[0].matchLabelKeys: forbidden: must not be specified when labelSelector is not set',
      "spec.topologySpreadConstraints[1].matchLabelKeys[1]: invalid: name part must consist of alphanumeric characters, '-', '_'",
      'spec.topologySpreadConstraints[1][0]: invalid: exists in both matchLabelKeys and labelSelector',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'z', labelSelector: {}, matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] },
            ],
          },
        },
        runtimeClassName: '',
        preemptionPolicy: '',
        hostnameOverride: 'A',
        setHostnameAsFQDN: true,
        dnsConfig: { searches: ['a '] },
        schedulingGates: [{ name: 'a' }],
        nodeName: 'n',
      },
    },
    [
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: invalid: exists in both matchLabelKeys and mismatchLabelKeys',
      'spec.dnsConfig.searches[0]: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.hostnameOverride: forbidden: may not be specified when setHostnameAsFQDN is true',
      'spec.hostnameOverride: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.runtimeClassName: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.preemptionPolicy: required: ',
      'spec.nodeName: forbidden: cannot be set until all schedulingGates have been cleared',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            restartPolicy: 'Some',
            restartPolicyRules: [{ action: 'Wait' }, { action: 'Restart', exitCodes: { operator: 'Is' } }],
            env: [{ name: 'A', valueFrom: { secretKeyRef: { key: 'k' } } }],
          },
        ],
      },
    },
    [
      'spec.containers[0].env[0].valueFrom.secretKeyRef.name: invalid: a lowercase RFC 1123 subdomain must consist of lower case al',
      'spec.containers[0].restartPolicy: notSupported: supported values: "Always", "Never", "OnFailure"',
      'spec.containers[0].restartPolicyRules[0].action: notSupported: supported values: "Restart", "RestartAllContainers"',
      'spec.containers[0].restartPolicyRules[0].exitCodes: required: must be specified',
      'spec.containers[0].restartPolicyRules[1].exitCodes.operator: notSupported: supported values: "In", "NotIn"',
    ],
  ],
  [
    'Pod',
    {
      spec: {
        containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 81 }] }],
        hostNetwork: true,
        volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
      },
    },
    [
      'spec.containers[0].ports[0].hostPort: invalid: must match `containerPort` when `hostNetwork` is true',
      'spec.volumes[0].projected.sources[0].serviceAccountToken: forbidden: must not be specified when serviceAccountName is not set',
    ],
  ],
];

testCreated('faults of odd pods', created);
