package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/authorization/2022-04-01/roleassignments"
	"github.com/hashicorp/go-azure-sdk/resource-manager/authorization/2022-05-01-preview/roledefinitions"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerregistry/2025-04-01/operation"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerregistry/2025-04-01/registries"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2019-08-01/containerservices"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/agentpools"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/maintenanceconfigurations"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
	"github.com/hashicorp/go-azure-sdk/resource-manager/managedidentity/2024-11-30/federatedidentitycredentials"
	"github.com/hashicorp/go-azure-sdk/resource-manager/managedidentity/2024-11-30/identities"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/natgateways"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/networksecuritygroups"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/publicipaddresses"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/publicipprefixes"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/routes"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/routetables"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/securityrules"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/subnets"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworkpeerings"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworks"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2022-09-01/providers"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2022-12-01/subscriptions"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2023-07-01/resourcegroups"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/client/resourcemanager"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

const region = "eastus2"

// session is what a check works with: who it is, and the clients in the api-versions of azurerm 4.
type session struct {
	environment  environments.Environment
	credentials  auth.Credentials
	subscription commonids.SubscriptionId
	// graph signs requests to Microsoft Graph.
	graph auth.Authorizer

	providers     *providers.ProvidersClient
	subscriptions *subscriptions.SubscriptionsClient
	groups        *resourcegroups.ResourceGroupsClient
	networks      *virtualnetworks.VirtualNetworksClient
	subnets       *subnets.SubnetsClient
	firewalls     *networksecuritygroups.NetworkSecurityGroupsClient
	rules         *securityrules.SecurityRulesClient
	addresses     *publicipaddresses.PublicIPAddressesClient
	prefixes      *publicipprefixes.PublicIPPrefixesClient
	gateways      *natgateways.NatGatewaysClient
	tables        *routetables.RouteTablesClient
	routes        *routes.RoutesClient
	peerings      *virtualnetworkpeerings.VirtualNetworkPeeringsClient
	identities    *identities.IdentitiesClient
	federated     *federatedidentitycredentials.FederatedIdentityCredentialsClient
	assignments   *roleassignments.RoleAssignmentsClient
	roles         *roledefinitions.RoleDefinitionsClient
	registryNames *operation.OperationClient
	registries    *registries.RegistriesClient
	clusters      *managedclusters.ManagedClustersClient
	pools         *agentpools.AgentPoolsClient
	versions      *containerservices.ContainerServicesClient
	maintenance   *maintenanceconfigurations.MaintenanceConfigurationsClient
}

// newSession signs in as the provider block would, from ARM_* variables. ARM_METADATA_HOSTNAME names another cloud than the public one.
func newSession() (*session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	environment := environments.AzurePublic()
	if host := os.Getenv("ARM_METADATA_HOSTNAME"); host != "" {
		found, err := environments.FromEndpoint(ctx, "https://"+host)
		if err != nil {
			return nil, err
		}
		environment = found
	}
	usesCli := os.Getenv("ARM_CLIENT_SECRET") == ""
	credentials := auth.Credentials{
		Environment:                           *environment,
		TenantID:                              os.Getenv("ARM_TENANT_ID"),
		ClientID:                              os.Getenv("ARM_CLIENT_ID"),
		ClientSecret:                          os.Getenv("ARM_CLIENT_SECRET"),
		EnableAuthenticatingUsingClientSecret: !usesCli,
		EnableAuthenticatingUsingAzureCLI:     usesCli,
		AzureCliSubscriptionIDHint:            os.Getenv("ARM_SUBSCRIPTION_ID"),
	}
	s := &session{environment: *environment, credentials: credentials, subscription: commonids.NewSubscriptionID(os.Getenv("ARM_SUBSCRIPTION_ID"))}
	var err error
	if s.graph, err = auth.NewAuthorizerFromCredentials(ctx, credentials, environment.MicrosoftGraph); err != nil {
		return nil, err
	}
	resources, err := auth.NewAuthorizerFromCredentials(ctx, credentials, environment.ResourceManager)
	if err != nil {
		return nil, err
	}
	return s, s.connect(environment.ResourceManager, resources)
}

// connect makes the clients.
func (s *session) connect(api environments.Api, authorizer auth.Authorizer) error {
	var problems []error
	configure := func(client *resourcemanager.Client, err error) {
		if err != nil {
			problems = append(problems, err)
			return
		}
		client.Authorizer = authorizer
		client.UserAgent = "HashiCorp Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-azurerm/4.81.0 " + client.UserAgent
		client.CorrelationId = "5c0d9a3e-7b1f-4a39-8d26-1f7f0c5f3a11"
	}
	var err error
	s.providers, err = providers.NewProvidersClientWithBaseURI(api)
	configure(s.providers.Client, err)
	s.subscriptions, err = subscriptions.NewSubscriptionsClientWithBaseURI(api)
	configure(s.subscriptions.Client, err)
	s.groups, err = resourcegroups.NewResourceGroupsClientWithBaseURI(api)
	configure(s.groups.Client, err)
	s.networks, err = virtualnetworks.NewVirtualNetworksClientWithBaseURI(api)
	configure(s.networks.Client, err)
	s.subnets, err = subnets.NewSubnetsClientWithBaseURI(api)
	configure(s.subnets.Client, err)
	s.firewalls, err = networksecuritygroups.NewNetworkSecurityGroupsClientWithBaseURI(api)
	configure(s.firewalls.Client, err)
	s.rules, err = securityrules.NewSecurityRulesClientWithBaseURI(api)
	configure(s.rules.Client, err)
	s.addresses, err = publicipaddresses.NewPublicIPAddressesClientWithBaseURI(api)
	configure(s.addresses.Client, err)
	s.prefixes, err = publicipprefixes.NewPublicIPPrefixesClientWithBaseURI(api)
	configure(s.prefixes.Client, err)
	s.gateways, err = natgateways.NewNatGatewaysClientWithBaseURI(api)
	configure(s.gateways.Client, err)
	s.tables, err = routetables.NewRouteTablesClientWithBaseURI(api)
	configure(s.tables.Client, err)
	s.routes, err = routes.NewRoutesClientWithBaseURI(api)
	configure(s.routes.Client, err)
	s.peerings, err = virtualnetworkpeerings.NewVirtualNetworkPeeringsClientWithBaseURI(api)
	configure(s.peerings.Client, err)
	s.federated, err = federatedidentitycredentials.NewFederatedIdentityCredentialsClientWithBaseURI(api)
	configure(s.federated.Client, err)
	s.identities, err = identities.NewIdentitiesClientWithBaseURI(api)
	configure(s.identities.Client, err)
	s.assignments, err = roleassignments.NewRoleAssignmentsClientWithBaseURI(api)
	configure(s.assignments.Client, err)
	s.roles, err = roledefinitions.NewRoleDefinitionsClientWithBaseURI(api)
	configure(s.roles.Client, err)
	s.registryNames, err = operation.NewOperationClientWithBaseURI(api)
	configure(s.registryNames.Client, err)
	s.registries, err = registries.NewRegistriesClientWithBaseURI(api)
	configure(s.registries.Client, err)
	s.clusters, err = managedclusters.NewManagedClustersClientWithBaseURI(api)
	configure(s.clusters.Client, err)
	s.pools, err = agentpools.NewAgentPoolsClientWithBaseURI(api)
	configure(s.pools.Client, err)
	s.versions, err = containerservices.NewContainerServicesClientWithBaseURI(api)
	configure(s.versions.Client, err)
	s.maintenance, err = maintenanceconfigurations.NewMaintenanceConfigurationsClientWithBaseURI(api)
	configure(s.maintenance.Client, err)
	return errors.Join(problems...)
}

// inGroup runs a check in a resource group of its own, and destroys the group when it passed.
func (s *session) inGroup(ctx context.Context, name string, run func(commonids.ResourceGroupId) error) error {
	id := commonids.NewResourceGroupID(s.subscription.SubscriptionId, "rg-"+strings.ReplaceAll(name, "/", "-"))
	group := s.group(id)
	if err := group.create(ctx); err != nil {
		return fmt.Errorf("resource group: %w", err)
	}
	if err := run(id); err != nil {
		return err
	}
	return group.destroy(ctx)
}

// status is that of an answer, 0 without one.
func status(response *http.Response) int {
	if response == nil {
		return 0
	}
	return response.StatusCode
}

// that fails with the message unless the condition holds.
func that(condition bool, format string, args ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// steps runs one after the other and stops at the first error.
func steps(all ...func() error) error {
	for i, step := range all {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func ptr[T any](value T) *T { return &value }
