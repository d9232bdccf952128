package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerregistry/2025-04-01/operation"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerregistry/2025-04-01/registries"
)

func registryChecks() []check {
	return []check{{Name: "registry/life", Run: registryLives}}
}

// registry is azurerm_container_registry.
func (s *session) registry(group commonids.ResourceGroupId, name string) block[registries.Registry] {
	id := registries.NewRegistryID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[registries.Registry]{
		id: id.ID(),
		body: registries.Registry{
			Location: region, Tags: &map[string]string{},
			Sku: registries.Sku{Name: registries.SkuNameBasic, Tier: ptr(registries.SkuTierBasic)},
			Properties: &registries.RegistryProperties{
				AdminUserEnabled: ptr(false),
				Policies: &registries.Policies{
					QuarantinePolicy: &registries.QuarantinePolicy{Status: ptr(registries.PolicyStatusDisabled)},
					RetentionPolicy:  &registries.RetentionPolicy{},
					TrustPolicy:      &registries.TrustPolicy{},
					ExportPolicy:     &registries.ExportPolicy{Status: ptr(registries.ExportPolicyStatusEnabled)},
				},
				PublicNetworkAccess:      ptr(registries.PublicNetworkAccessEnabled),
				ZoneRedundancy:           ptr(registries.ZoneRedundancyDisabled),
				AnonymousPullEnabled:     ptr(false),
				DataEndpointEnabled:      ptr(false),
				NetworkRuleBypassOptions: ptr(registries.NetworkRuleBypassOptionsAzureServices),
			},
		},
		get: func(ctx context.Context) (*http.Response, *registries.Registry, error) {
			found, err := s.registries.Get(ctx, id)
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body registries.Registry) error {
			return s.registries.CreateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.registries.DeleteThenPoll(ctx, id) },
		absent: []string{"identity.type", "properties.networkRuleSet", "properties.encryption.keyVaultProperties"},
	}
}

// isFree asks whether a name can be had, as the provider does before it creates.
func (s *session) isFree(ctx context.Context, name string) (bool, error) {
	request := operation.RegistryNameCheckRequest{Name: name, Type: "Microsoft.ContainerRegistry/registries"}
	found, err := s.registryNames.RegistriesCheckNameAvailability(ctx, s.subscription, request)
	if err != nil {
		return false, err
	}
	return *found.Model.NameAvailable, nil
}

func registryLives(ctx context.Context, s *session) error {
	const name = "acrLife01"
	return s.inGroup(ctx, "registry", func(group commonids.ResourceGroupId) error {
		id := registries.NewRegistryID(group.SubscriptionId, group.ResourceGroupName, name)
		registry := s.registry(group, name)
		patched := func(title string, edit func(*registries.Registry), patch registries.RegistryUpdateParameters) change[registries.Registry] {
			if patch.Properties == nil {
				patch.Properties = &registries.RegistryPropertiesUpdateParameters{}
			}
			return change[registries.Registry]{name: title, edit: edit, apply: func(ctx context.Context) error { return s.registries.UpdateThenPoll(ctx, id, patch) }}
		}
		premium := registries.Sku{Name: registries.SkuNamePremium, Tier: ptr(registries.SkuTierPremium)}
		registry.changes = []change[registries.Registry]{
			patched("sku", func(body *registries.Registry) { body.Sku = premium }, registries.RegistryUpdateParameters{Sku: &premium}),
			patched("anonymous pull",
				func(body *registries.Registry) { body.Properties.AnonymousPullEnabled = ptr(true) },
				registries.RegistryUpdateParameters{Properties: &registries.RegistryPropertiesUpdateParameters{AnonymousPullEnabled: ptr(true)}}),
			patched("retention",
				func(body *registries.Registry) {
					body.Properties.Policies.RetentionPolicy = &registries.RetentionPolicy{Days: ptr(int64(30)), Status: ptr(registries.PolicyStatusEnabled)}
				},
				registries.RegistryUpdateParameters{Properties: &registries.RegistryPropertiesUpdateParameters{Policies: &registries.Policies{
					RetentionPolicy: &registries.RetentionPolicy{Days: ptr(int64(30)), Status: ptr(registries.PolicyStatusEnabled)},
				}}}),
			patched("tags",
				func(body *registries.Registry) { body.Tags = &map[string]string{"a": "b"} },
				registries.RegistryUpdateParameters{Tags: &map[string]string{"a": "b"}}),
		}
		free := func(want bool) func() error {
			return func() error {
				isFree, err := s.isFree(ctx, name)
				return errors.Join(err, that(isFree == want, "the name is free: %v", isFree))
			}
		}
		return steps(
			free(true),
			func() error { return registry.create(ctx) },
			free(false),
			func() error {
				shown, err := registry.read(ctx)
				return errors.Join(err, that(*shown.Properties.LoginServer == "acrlife01.azurecr.io", "is at %s", *shown.Properties.LoginServer))
			},
			func() error { return registry.change(ctx) },
			func() error { return registry.destroy(ctx) },
			free(true),
		)
	})
}
