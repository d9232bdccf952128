const SUBNETS = 'Microsoft.Network/virtualNetworks/subnets';
const JOIN = [`${SUBNETS}/join/action`];
const ANY = [`${SUBNETS}/action`];
const JOIN_AND_PREPARE = [...JOIN, `${SUBNETS}/prepareNetworkPolicies/action`, `${SUBNETS}/unprepareNetworkPolicies/action`];

/** Services that do something else than join, in lower case. Source: az network vnet subnet list-available-delegations. */
const OTHERS: { readonly [serviceName: string]: readonly string[] } = {
  'microsoft.containerinstance/containergroups': ANY,
  'microsoft.web/serverfarms': ANY,
  'microsoft.web/hostingenvironments': ANY,
  'microsoft.batch/batchaccounts': ANY,
  'microsoft.sql/managedinstances': JOIN_AND_PREPARE,
  'microsoft.databricks/workspaces': JOIN_AND_PREPARE,
  'microsoft.kusto/clusters': JOIN_AND_PREPARE,
  'microsoft.netapp/volumes': ['Microsoft.Network/networkinterfaces/*', ...JOIN],
};

/** What a service may do in a subnet that is delegated to it: the service's to say, whatever the body lists. */
export const delegatedActions = (serviceName: string): readonly string[] => OTHERS[serviceName.toLowerCase()] ?? JOIN;
