package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/managedidentity/2024-11-30/federatedidentitycredentials"
	"github.com/hashicorp/go-azure-sdk/resource-manager/managedidentity/2024-11-30/identities"
)

func identityChecks() []check {
	return []check{
		{Name: "identity/life", Run: identityLives},
		{Name: "identity/federated", Run: federationLives},
	}
}

// identity is azurerm_user_assigned_identity.
func (s *session) identity(group commonids.ResourceGroupId, name string) block[identities.Identity] {
	id := commonids.NewUserAssignedIdentityID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[identities.Identity]{
		id:   id.ID(),
		body: identities.Identity{Location: region, Tags: &map[string]string{}, Properties: &identities.UserAssignedIdentityProperties{}},
		get: func(ctx context.Context) (*http.Response, *identities.Identity, error) {
			found, err := s.identities.UserAssignedIdentitiesGet(ctx, id)
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body identities.Identity) error {
			_, err := s.identities.UserAssignedIdentitiesCreateOrUpdate(ctx, id, body)
			return err
		},
		remove: func(ctx context.Context) error {
			_, err := s.identities.UserAssignedIdentitiesDelete(ctx, id)
			return err
		},
		absent: []string{"tags"},
	}
}

func identityLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "identity", func(group commonids.ResourceGroupId) error {
		identity := s.identity(group, "Id-1")
		if err := identity.create(ctx); err != nil {
			return err
		}
		made, err := identity.read(ctx)
		if err != nil {
			return err
		}
		if made.Properties == nil || made.Properties.ClientId == nil || made.Properties.PrincipalId == nil || made.Properties.TenantId == nil {
			return fmt.Errorf("no ids: %v", plain(made))
		}
		if _, err := commonids.ParseUserAssignedIdentityID(*made.Id); err != nil {
			return err
		}
		identity.absent = nil
		identity.changes = []change[identities.Identity]{{name: "tags", edit: func(body *identities.Identity) { body.Tags = &map[string]string{"k": "v"} }}}
		return steps(
			func() error { return identity.change(ctx) },
			func() error {
				again, err := identity.read(ctx)
				return errors.Join(err, that(*again.Properties.PrincipalId == *made.Properties.PrincipalId, "the principal changed"))
			},
			func() error { return identity.destroy(ctx) },
		)
	})
}

// federationLives is azurerm_federated_identity_credential.
func federationLives(ctx context.Context, s *session) error {
	return s.withPrincipal(ctx, "federation", func(group commonids.ResourceGroupId, _ string) error {
		id := federatedidentitycredentials.NewFederatedIdentityCredentialID(group.SubscriptionId, group.ResourceGroupName, "who", "Fed-1")
		credential := block[federatedidentitycredentials.FederatedIdentityCredential]{
			id: id.ID(),
			body: federatedidentitycredentials.FederatedIdentityCredential{Properties: &federatedidentitycredentials.FederatedIdentityCredentialProperties{
				Audiences: []string{"api://AzureADTokenExchange"}, Issuer: "https://eastus2.oic.prod-aks.azure.com/t/u/", Subject: "system:serviceaccount:Default:web",
			}},
			get: func(ctx context.Context) (*http.Response, *federatedidentitycredentials.FederatedIdentityCredential, error) {
				found, err := s.federated.Get(ctx, id)
				return found.HttpResponse, found.Model, err
			},
			put: func(ctx context.Context, body federatedidentitycredentials.FederatedIdentityCredential) error {
				_, err := s.federated.CreateOrUpdate(ctx, id, body)
				return err
			},
			remove: func(ctx context.Context) error {
				_, err := s.federated.Delete(ctx, id)
				return err
			},
			changes: []change[federatedidentitycredentials.FederatedIdentityCredential]{
				{name: "subject", edit: func(body *federatedidentitycredentials.FederatedIdentityCredential) {
					body.Properties.Subject = "system:serviceaccount:other:web"
				}},
			},
		}
		return credential.live(ctx)
	})
}
