/** What a role permits. Wildcards match any characters, "/" included; actions compare case-insensitively. */
export type Permission = {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
};
export interface BuiltInRole extends Permission {
  readonly name: string;
  readonly id: string;
  readonly description: string;
}

const COMMON = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.ResourceHealth/availabilityStatuses/read',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Support/*',
];
const CLUSTERS = 'Microsoft.ContainerService/managedClusters';
const KUBE_READ = [
  'apps/controllerrevisions/read',
  'apps/daemonsets/read',
  'apps/deployments/read',
  'apps/replicasets/read',
  'apps/statefulsets/read',
  'autoscaling/horizontalpodautoscalers/read',
  'batch/cronjobs/read',
  'batch/jobs/read',
  'configmaps/read',
  'discovery.k8s.io/endpointslices/read',
  'endpoints/read',
  'events.k8s.io/events/read',
  'events/read',
  'extensions/daemonsets/read',
  'extensions/deployments/read',
  'extensions/ingresses/read',
  'extensions/networkpolicies/read',
  'extensions/replicasets/read',
  'limitranges/read',
  'metrics.k8s.io/pods/read',
  'metrics.k8s.io/nodes/read',
  'namespaces/read',
  'networking.k8s.io/ingresses/read',
  'networking.k8s.io/networkpolicies/read',
  'persistentvolumeclaims/read',
  'pods/read',
  'policy/poddisruptionbudgets/read',
  'replicationcontrollers/read',
  'resourcequotas/read',
  'serviceaccounts/read',
  'services/read',
].map((action) => `${CLUSTERS}/${action}`);
const KUBE_WRITE = [
  'apps/controllerrevisions/read',
  'apps/daemonsets/*',
  'apps/deployments/*',
  'apps/replicasets/*',
  'apps/statefulsets/*',
  'autoscaling/horizontalpodautoscalers/*',
  'batch/cronjobs/*',
  'batch/jobs/*',
  'coordination.k8s.io/leases/read',
  'coordination.k8s.io/leases/write',
  'coordination.k8s.io/leases/delete',
  'configmaps/*',
  'discovery.k8s.io/endpointslices/read',
  'endpoints/*',
  'events.k8s.io/events/read',
  'events/*',
  'extensions/daemonsets/*',
  'extensions/deployments/*',
  'extensions/ingresses/*',
  'extensions/networkpolicies/*',
  'extensions/replicasets/*',
  'limitranges/read',
  'metrics.k8s.io/pods/read',
  'metrics.k8s.io/nodes/read',
  'namespaces/read',
  'networking.k8s.io/ingresses/*',
  'networking.k8s.io/networkpolicies/*',
  'persistentvolumeclaims/*',
  'pods/*',
  'policy/poddisruptionbudgets/*',
  'replicationcontrollers/*',
  'resourcequotas/read',
  'secrets/*',
  'serviceaccounts/*',
  'services/*',
].map((action) => `${CLUSTERS}/${action}`);
const LIST_USER = `${CLUSTERS}/listClusterUserCredential/action`;
const VAULT = 'Microsoft.KeyVault/vaults';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers';

interface Extra {
  readonly not?: readonly string[];
  readonly data?: readonly string[];
  readonly notData?: readonly string[];
}
const role = (name: string, id: string, description: string, actions: readonly string[], extra: Extra = {}): BuiltInRole => ({
  name,
  id,
  description,
  actions,
  notActions: extra.not ?? [],
  dataActions: extra.data ?? [],
  notDataActions: extra.notData ?? [],
});
const AKS = 'Azure Kubernetes Service';

/** Built-in roles that work on AKS estates needs. Source: Microsoft Learn, "Azure built-in roles". */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  role(
    'Owner',
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    'Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.',
    ['*'],
  ),
  role(
    'Contributor',
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.',
    ['*'],
    {
      not: [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
        'Microsoft.Blueprint/blueprintAssignments/write',
        'Microsoft.Blueprint/blueprintAssignments/delete',
        'Microsoft.Compute/galleries/share/action',
        'Microsoft.Purview/consents/write',
        'Microsoft.Purview/consents/delete',
      ],
    },
  ),
  role('Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'View all resources, but does not allow you to make any changes.', ['*/read']),
  role('User Access Administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'Lets you manage user access to Azure resources.', [
    '*/read',
    'Microsoft.Authorization/*',
    'Microsoft.Support/*',
  ]),
  role(
    'Role Based Access Control Administrator',
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Manage access to Azure resources by assigning roles using Azure RBAC.',
    ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete', '*/read', 'Microsoft.Support/*'],
  ),
  role('Network Contributor', '4d97b98b-1d4f-4787-a291-c67834d212e7', 'Lets you manage networks, but not access to them.', [
    ...COMMON,
    'Microsoft.Network/*',
  ]),
  role(
    'Private DNS Zone Contributor',
    'b12aa53e-6015-4669-85d0-8515ebb3ae7f',
    'Lets you manage private DNS zone resources, but not the virtual networks they are linked to.',
    [
      ...COMMON,
      'Microsoft.Network/privateDnsZones/*',
      'Microsoft.Network/privateDnsOperationResults/*',
      'Microsoft.Network/privateDnsOperationStatuses/*',
      'Microsoft.Network/virtualNetworks/read',
      'Microsoft.Network/virtualNetworks/join/action',
    ],
  ),
  role('DNS Zone Contributor', 'befefa01-2a29-4197-83a8-272ff33ce314', 'Lets you manage DNS zones and record sets in Azure DNS.', [
    ...COMMON,
    'Microsoft.Network/dnsZones/*',
  ]),
  role('Virtual Machine Contributor', '9980e02c-c2be-4d73-94e8-173b1dc7cf3c', 'Lets you manage virtual machines, but not access to them.', [
    ...COMMON,
    'Microsoft.Compute/availabilitySets/*',
    'Microsoft.Compute/locations/*',
    'Microsoft.Compute/virtualMachines/*',
    'Microsoft.Compute/virtualMachineScaleSets/*',
    'Microsoft.Compute/cloudServices/*',
    'Microsoft.Compute/disks/write',
    'Microsoft.Compute/disks/read',
    'Microsoft.Compute/disks/delete',
    'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
    'Microsoft.Network/loadBalancers/inboundNatPools/join/action',
    'Microsoft.Network/loadBalancers/probes/join/action',
    'Microsoft.Network/loadBalancers/read',
    'Microsoft.Network/locations/*',
    'Microsoft.Network/networkInterfaces/*',
    'Microsoft.Network/networkSecurityGroups/join/action',
    'Microsoft.Network/networkSecurityGroups/read',
    'Microsoft.Network/publicIPAddresses/join/action',
    'Microsoft.Network/publicIPAddresses/read',
    'Microsoft.Network/virtualNetworks/read',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
  ]),
  role(
    'Virtual Machine Administrator Login',
    '1c0163c0-47e6-4577-8991-ea5c82e286e4',
    'View Virtual Machines in the portal and login as administrator',
    [
      'Microsoft.Network/publicIPAddresses/read',
      'Microsoft.Network/virtualNetworks/read',
      'Microsoft.Network/loadBalancers/read',
      'Microsoft.Network/networkInterfaces/read',
      'Microsoft.Compute/virtualMachines/*/read',
    ],
    { data: ['Microsoft.Compute/virtualMachines/login/action', 'Microsoft.Compute/virtualMachines/loginAsAdmin/action'] },
  ),
  role('AcrPull', '7f951dda-4ed3-4680-a7ca-43fe172d538d', 'acr pull', ['Microsoft.ContainerRegistry/registries/pull/read']),
  role('AcrPush', '8311e382-0749-4cb8-b61a-304f252e45ec', 'acr push', [
    'Microsoft.ContainerRegistry/registries/pull/read',
    'Microsoft.ContainerRegistry/registries/push/write',
  ]),
  role('AcrDelete', 'c2f4ef07-c644-48eb-af81-4b1b4947fb11', 'acr delete', ['Microsoft.ContainerRegistry/registries/artifacts/delete']),
  role('Managed Identity Operator', 'f1a07417-d97a-45cb-824c-7a7467783830', 'Read and Assign User Assigned Identity', [
    ...COMMON,
    'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
    'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  ]),
  role('Managed Identity Contributor', 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', 'Create, Read, Update, and Delete User Assigned Identity', [
    ...COMMON,
    'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/write',
    'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
    'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*',
  ]),
  role(`${AKS} Cluster Admin Role`, '0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8', 'List cluster admin credential action.', [
    `${CLUSTERS}/listClusterAdminCredential/action`,
    `${CLUSTERS}/accessProfiles/listCredential/action`,
    `${CLUSTERS}/read`,
    `${CLUSTERS}/runcommand/action`,
  ]),
  role(`${AKS} Cluster User Role`, '4abbcc35-e782-43d8-92c5-2d3f1bd2253f', 'List cluster user credential action.', [
    LIST_USER,
    `${CLUSTERS}/read`,
  ]),
  role(`${AKS} Cluster Monitoring User`, '1afdec4b-e479-420e-99e7-f82237c7c5e6', 'List cluster monitoring user credential action.', [
    `${CLUSTERS}/listClusterMonitoringUserCredential/action`,
    `${CLUSTERS}/read`,
  ]),
  role(
    `${AKS} Contributor Role`,
    'ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8',
    'Grants access to read and write Azure Kubernetes Service clusters',
    [...COMMON, `${CLUSTERS}/read`, `${CLUSTERS}/write`, 'Microsoft.Resources/deployments/*'],
  ),
  role(
    `${AKS} RBAC Admin`,
    '3498e952-d568-435e-9b2c-8d77e338d7f7',
    'Lets you manage all resources under cluster/namespace, except update or delete resource quotas and namespaces.',
    [...COMMON, LIST_USER],
    {
      data: [`${CLUSTERS}/*`],
      notData: [
        `${CLUSTERS}/resourcequotas/write`,
        `${CLUSTERS}/resourcequotas/delete`,
        `${CLUSTERS}/namespaces/write`,
        `${CLUSTERS}/namespaces/delete`,
      ],
    },
  ),
  role(
    `${AKS} RBAC Cluster Admin`,
    'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
    'Lets you manage all resources in the cluster.',
    [...COMMON, LIST_USER],
    {
      data: [`${CLUSTERS}/*`],
    },
  ),
  role(
    `${AKS} RBAC Reader`,
    '7f6c6a51-bcf8-42ba-9220-52d62157d7db',
    'Allows read-only access to see most objects in a namespace.',
    COMMON,
    { data: KUBE_READ },
  ),
  role(`${AKS} RBAC Writer`, 'a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb', 'Allows read/write access to most objects in a namespace.', COMMON, {
    data: KUBE_WRITE,
  }),
  role(
    'Key Vault Contributor',
    'f25e0fa2-a7c8-4377-a976-54943a77a395',
    'Lets you manage key vaults, but not access to them.',
    [...COMMON, 'Microsoft.KeyVault/*'],
    {
      not: ['Microsoft.KeyVault/locations/deletedVaults/purge/action', 'Microsoft.KeyVault/hsmPools/*', 'Microsoft.KeyVault/managedHsms/*'],
    },
  ),
  role(
    'Key Vault Administrator',
    '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    'Perform all data plane operations on a key vault and all objects in it.',
    [
      ...COMMON,
      `${VAULT}/read`,
      'Microsoft.KeyVault/checkNameAvailability/read',
      'Microsoft.KeyVault/deletedVaults/read',
      'Microsoft.KeyVault/locations/*/read',
      'Microsoft.KeyVault/operations/read',
    ],
    { data: [`${VAULT}/*`] },
  ),
  role(
    'Key Vault Reader',
    '21090545-7ca7-4776-b22c-e363652d74d2',
    'Read metadata of key vaults and its certificates, keys, and secrets.',
    [...COMMON, `${VAULT}/*/read`, `${VAULT}/read`],
    {
      data: [`${VAULT}/*/read`, `${VAULT}/secrets/readMetadata/action`],
    },
  ),
  role('Key Vault Secrets User', '4633458b-17de-408a-b874-0445c86b69e6', 'Read secret contents.', [], {
    data: [`${VAULT}/secrets/getSecret/action`, `${VAULT}/secrets/readMetadata/action`],
  }),
  role(
    'Key Vault Secrets Officer',
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    'Perform any action on the secrets of a key vault, except manage permissions.',
    [...COMMON, `${VAULT}/read`],
    {
      data: [`${VAULT}/secrets/*`],
    },
  ),
  role('Key Vault Crypto User', '12338af0-0e69-4776-bea7-57ae8d297424', 'Perform cryptographic operations using keys.', [], {
    data: [
      `${VAULT}/keys/read`,
      `${VAULT}/keys/update/action`,
      `${VAULT}/keys/backup/action`,
      `${VAULT}/keys/encrypt/action`,
      `${VAULT}/keys/decrypt/action`,
      `${VAULT}/keys/wrap/action`,
      `${VAULT}/keys/unwrap/action`,
      `${VAULT}/keys/sign/action`,
      `${VAULT}/keys/verify/action`,
    ],
  }),
  role(
    'Key Vault Crypto Officer',
    '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
    'Perform any action on the keys of a key vault, except manage permissions.',
    [...COMMON, `${VAULT}/read`],
    {
      data: [`${VAULT}/keys/*`, `${VAULT}/keyrotationpolicies/*`],
    },
  ),
  role(
    'Key Vault Crypto Service Encryption User',
    'e147488a-f6f5-4113-8e2d-b22465e65bf6',
    'Read metadata of keys and perform wrap/unwrap operations.',
    [
      'Microsoft.EventGrid/eventSubscriptions/write',
      'Microsoft.EventGrid/eventSubscriptions/read',
      'Microsoft.EventGrid/eventSubscriptions/delete',
    ],
    { data: [`${VAULT}/keys/read`, `${VAULT}/keys/wrap/action`, `${VAULT}/keys/unwrap/action`] },
  ),
  role('Key Vault Certificate User', 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba', 'Read certificate contents.', [], {
    data: [`${VAULT}/certificates/read`, `${VAULT}/secrets/getSecret/action`, `${VAULT}/secrets/readMetadata/action`, `${VAULT}/keys/read`],
  }),
  role(
    'Key Vault Certificates Officer',
    'a4417e6f-fecd-4de8-b567-7b0420556985',
    'Perform any action on the certificates of a key vault.',
    [...COMMON, `${VAULT}/read`],
    {
      data: [`${VAULT}/certificatecas/*`, `${VAULT}/certificates/*`, `${VAULT}/certificatecontacts/write`],
    },
  ),
  role('Monitoring Contributor', '749f88d5-cbae-40b8-bcfc-e573ddc772fa', 'Can read all monitoring data and update monitoring settings.', [
    '*/read',
    'Microsoft.AlertsManagement/*',
    'Microsoft.Insights/*',
    'Microsoft.Monitor/*',
    'Microsoft.OperationalInsights/workspaces/write',
    'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
    'Microsoft.OperationsManagement/*',
    'Microsoft.Support/*',
  ]),
  role('Monitoring Reader', '43d0d8ad-25c7-4714-9337-8ba259a9fe05', 'Can read all monitoring data.', [
    '*/read',
    'Microsoft.OperationalInsights/workspaces/search/action',
    'Microsoft.Support/*',
  ]),
  role(
    'Monitoring Metrics Publisher',
    '3913510d-42f4-4e42-8a64-420c390055eb',
    'Enables publishing metrics against Azure resources',
    ['Microsoft.Insights/Register/Action', 'Microsoft.Support/*', 'Microsoft.Resources/subscriptions/resourceGroups/read'],
    { data: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'] },
  ),
  role('Monitoring Data Reader', 'b0d8363b-8ddd-447d-831f-62ca05bff136', 'Can access the data in an Azure Monitor Workspace.', [], {
    data: ['Microsoft.Monitor/accounts/data/*/read', 'Microsoft.Monitor/accounts/data/metrics/read'],
  }),
  role('Log Analytics Contributor', '92aaf0da-9dab-42b6-94a3-d43ce8d16293', 'Can read all monitoring data and edit monitoring settings.', [
    '*/read',
    'Microsoft.Insights/alertRules/*',
    'Microsoft.Insights/diagnosticSettings/*',
    'Microsoft.OperationalInsights/*',
    'Microsoft.OperationsManagement/*',
    'Microsoft.Resources/deployments/*',
    'Microsoft.Support/*',
  ]),
  role(
    'Log Analytics Reader',
    '73c42c96-874c-492b-b04d-ab87d138a893',
    'Can view and search all monitoring data.',
    ['*/read', 'Microsoft.OperationalInsights/workspaces/search/action', 'Microsoft.Support/*'],
    {
      not: ['Microsoft.OperationalInsights/workspaces/sharedKeys/read'],
    },
  ),
  role(
    'Storage Account Contributor',
    '17d1049b-9a84-46fb-8f53-869881c3d3ab',
    'Lets you manage storage accounts, including accessing storage account keys.',
    [...COMMON, 'Microsoft.Storage/storageAccounts/*'],
  ),
  role(
    'Storage Blob Data Owner',
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    'Allows for full access to Azure Storage blob containers and data.',
    [`${BLOBS}/*`],
    {
      data: [`${BLOBS}/blobs/*`],
    },
  ),
  role(
    'Storage Blob Data Contributor',
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Allows for read, write and delete access to Azure Storage blob containers and data',
    [`${BLOBS}/delete`, `${BLOBS}/read`, `${BLOBS}/write`],
    {
      data: [
        `${BLOBS}/blobs/delete`,
        `${BLOBS}/blobs/read`,
        `${BLOBS}/blobs/write`,
        `${BLOBS}/blobs/move/action`,
        `${BLOBS}/blobs/add/action`,
      ],
    },
  ),
  role(
    'Storage Blob Data Reader',
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Allows for read access to Azure Storage blob containers and data',
    [`${BLOBS}/read`],
    {
      data: [`${BLOBS}/blobs/read`],
    },
  ),
  role(
    'Resource Policy Contributor',
    '36243c78-bf99-498c-9df9-86d9f8d28608',
    'Users with rights to create/modify resource policy, create support ticket and read resources/hierarchy.',
    [
      '*/read',
      'Microsoft.Authorization/policyassignments/*',
      'Microsoft.Authorization/policydefinitions/*',
      'Microsoft.Authorization/policyexemptions/*',
      'Microsoft.Authorization/policysetdefinitions/*',
      'Microsoft.PolicyInsights/*',
      'Microsoft.Support/*',
    ],
  ),
];

const byId = new Map(BUILT_IN_ROLES.map((item) => [item.id, item]));
/** The built-in role with this GUID. */
export const builtInRole = (id: string): BuiltInRole | undefined => byId.get(id.toLowerCase());
