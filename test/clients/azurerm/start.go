package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2022-09-01/providers"
	"github.com/hashicorp/go-azure-sdk/sdk/claims"
	"github.com/hashicorp/go-azure-sdk/sdk/client"
	"github.com/hashicorp/go-azure-sdk/sdk/client/msgraph"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
	"github.com/hashicorp/go-azure-sdk/sdk/odata"
)

// What the provider does before its first resource.
func startChecks() []check {
	return []check{
		{Name: "start/environment", Run: readsEnvironment},
		{Name: "start/claims", Run: readsClaims},
		{Name: "start/graph", Run: looksUpItself},
		{Name: "start/subscription", Run: readsSubscription},
		{Name: "start/registrations", Run: registersProviders, Alone: true},
	}
}

// readsEnvironment reads the clouds' description from where the session's resource manager is.
func readsEnvironment(ctx context.Context, s *session) error {
	endpoint, ok := s.environment.ResourceManager.Endpoint()
	if !ok {
		return errors.New("no endpoint")
	}
	found, err := environments.FromEndpoint(ctx, *endpoint)
	if err != nil {
		return err
	}
	same, _ := found.ResourceManager.Endpoint()
	registry, _ := found.ContainerRegistry.DomainSuffix()
	return steps(
		func() error { return that(found.Name == "AzureCloud", "the cloud is called %q", found.Name) },
		func() error { return that(*same == *endpoint, "leads from %s to %s", *endpoint, *same) },
		func() error {
			return that(registry != nil && *registry == "azurecr.io", "registries are below %v", registry)
		},
		func() error {
			return that(found.Authorization.LoginEndpoint != "" && found.Authorization.Tenant != "", "no authority: %+v", found.Authorization)
		},
	)
}

func readsClaims(ctx context.Context, s *session) error {
	token, err := s.graph.Token(ctx, &http.Request{})
	if err != nil {
		return err
	}
	said, err := claims.ParseClaims(token)
	if err != nil {
		return err
	}
	return steps(
		func() error { return that(said.ObjectId != "", "no oid") },
		func() error { return that(said.AppId != "", "no appid") },
		func() error {
			return that(s.credentials.TenantID == "" || said.TenantId == s.credentials.TenantID, "tid is %q", said.TenantId)
		},
		func() error {
			return that(!strings.Contains(said.Scopes, "openid"), "a service principal has scopes: %q", said.Scopes)
		},
	)
}

// filter is an option object of a request to Microsoft Graph.
type filter string

func (filter) ToHeaders() *client.Headers   { return &client.Headers{} }
func (filter) ToQuery() *client.QueryParams { return &client.QueryParams{} }
func (f filter) ToOData() *odata.Query      { return &odata.Query{Filter: string(f)} }

// looksUpItself is what the provider does when a token has no oid.
func looksUpItself(ctx context.Context, s *session) error {
	graph, err := msgraph.NewClient(s.environment.MicrosoftGraph, "test", msgraph.VersionOnePointZero)
	if err != nil {
		return err
	}
	graph.Authorizer = s.graph
	token, err := s.graph.Token(ctx, &http.Request{})
	if err != nil {
		return err
	}
	said, err := claims.ParseClaims(token)
	if err != nil {
		return err
	}
	request, err := graph.NewRequest(ctx, client.RequestOptions{
		ContentType: "application/json", ExpectedStatusCodes: []int{http.StatusOK}, HttpMethod: http.MethodGet,
		Path: "/servicePrincipals", OptionsObject: filter(fmt.Sprintf("appId eq '%s'", said.AppId)),
	})
	if err != nil {
		return err
	}
	response, err := request.Execute(ctx)
	if err != nil {
		return err
	}
	var found struct {
		Value []struct{ ID string }
	}
	if err := response.Unmarshal(&found); err != nil {
		return err
	}
	return that(len(found.Value) == 1 && found.Value[0].ID == said.ObjectId, "%+v instead of %s", found.Value, said.ObjectId)
}

func readsSubscription(ctx context.Context, s *session) error {
	found, err := s.subscriptions.Get(ctx, s.subscription)
	if err != nil {
		return err
	}
	model := found.Model
	return that(model != nil && model.SubscriptionId != nil && *model.SubscriptionId == s.subscription.SubscriptionId &&
		model.TenantId != nil && *model.TenantId != "" && model.State != nil && *model.State == "Enabled", "%+v", plain(model))
}

// coreProviders are registered when the block says "core"; those that azurerm 4 wants by default for the resources here follow.
var coreProviders = []string{
	"Microsoft.Authorization", "Microsoft.Compute", "Microsoft.CostManagement", "Microsoft.ManagedIdentity", "Microsoft.MarketplaceOrdering",
	"Microsoft.Network", "Microsoft.Resources", "Microsoft.Storage",
	"Microsoft.ContainerRegistry", "Microsoft.ContainerService", "Microsoft.KeyVault", "Microsoft.OperationalInsights", "microsoft.insights",
}

// registered are the namespaces that count as registered, spelled as the service spells them, which is how the provider compares.
func (s *session) registered(ctx context.Context) (map[string]bool, error) {
	list, err := s.providers.ListComplete(ctx, s.subscription, providers.DefaultListOperationOptions())
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, item := range list.Items {
		found[*item.Namespace] = item.RegistrationState != nil && strings.EqualFold(*item.RegistrationState, "registered")
	}
	return found, nil
}

func registersProviders(ctx context.Context, s *session) error {
	found, err := s.registered(ctx)
	if err != nil {
		return err
	}
	for _, name := range coreProviders {
		if isRegistered, isListed := found[name]; !isListed || !isRegistered {
			return fmt.Errorf("%s: listed %v, registered %v", name, isListed, isRegistered)
		}
	}
	id := providers.NewSubscriptionProviderID(s.subscription.SubscriptionId, "Microsoft.CostManagement")
	if _, err := s.providers.Unregister(ctx, id); err != nil {
		return err
	}
	if found, err = s.registered(ctx); err != nil || found[id.ProviderName] {
		return fmt.Errorf("still registered: %v, %w", found[id.ProviderName], err)
	}
	if _, err := s.providers.Register(ctx, id, providers.ProviderRegistrationRequest{}); err != nil {
		return err
	}
	if err := s.missesRegistration(ctx); err != nil {
		return err
	}
	one, err := s.providers.Get(ctx, id, providers.DefaultGetOperationOptions())
	if err != nil {
		return err
	}
	return that(*one.Model.RegistrationState == "Registered", "is %s", *one.Model.RegistrationState)
}

// missesRegistration is what users see who said `resource_provider_registrations = "none"`.
func (s *session) missesRegistration(ctx context.Context) error {
	return s.inGroup(ctx, "unregistered", func(group commonids.ResourceGroupId) error {
		registry := s.registry(group, "acrUnregistered")
		id := providers.NewSubscriptionProviderID(s.subscription.SubscriptionId, "Microsoft.ContainerRegistry")
		if _, err := s.providers.Unregister(ctx, id); err != nil {
			return err
		}
		err := registry.put(ctx, registry.body)
		if _, problem := s.providers.Register(ctx, id, providers.ProviderRegistrationRequest{}); problem != nil {
			return problem
		}
		if err == nil || !strings.Contains(err.Error(), "MissingSubscriptionRegistration") {
			return that(false, "told as %v", err)
		}
		return registry.live(ctx)
	})
}
