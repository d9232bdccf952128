package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/google/uuid"
)

func identityChecks() []check {
	return []check{
		{Name: "identities/user-assigned", Run: userAssigned},
		{Name: "identities/federated-credentials", Run: federatedCredentials},
		{Name: "identities/role-assignments", Run: roleAssignments},
		{Name: "identities/role-definitions", Run: roleDefinitions},
	}
}

func (s *session) createIdentity(ctx context.Context, name string) (armmsi.Identity, error) {
	made, err := s.identities.NewUserAssignedIdentitiesClient().CreateOrUpdate(ctx, s.group, name, armmsi.Identity{Location: to.Ptr(location)}, nil)
	return made.Identity, err
}

// assign gives a principal a role, found by its name.
func (s *session) assign(ctx context.Context, scope, role, principal string) (armauthorization.RoleAssignment, error) {
	definition, err := s.role(ctx, scope, role)
	if err != nil {
		return armauthorization.RoleAssignment{}, err
	}
	made, err := s.authorization.NewRoleAssignmentsClient().Create(ctx, scope, uuid.NewString(), armauthorization.RoleAssignmentCreateParameters{
		Properties: &armauthorization.RoleAssignmentProperties{
			PrincipalID: to.Ptr(principal), RoleDefinitionID: definition.ID,
			PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
		},
	}, nil)
	return made.RoleAssignment, err
}

func (s *session) role(ctx context.Context, scope, name string) (*armauthorization.RoleDefinition, error) {
	pager := s.authorization.NewRoleDefinitionsClient().NewListPager(scope, &armauthorization.RoleDefinitionsClientListOptions{
		Filter: to.Ptr("roleName eq '" + name + "'"),
	})
	found, err := drained(ctx, pager, func(page armauthorization.RoleDefinitionsClientListResponse) []*armauthorization.RoleDefinition {
		return page.Value
	})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d roles are named %s", len(found), name)
	}
	return found[0], nil
}

func userAssigned(ctx context.Context, s *session) error {
	client := s.identities.NewUserAssignedIdentitiesClient()
	made, err := s.createIdentity(ctx, "one")
	if err != nil {
		return err
	}
	for _, id := range []*string{made.Properties.ClientID, made.Properties.PrincipalID, made.Properties.TenantID} {
		if _, err := uuid.Parse(value(id)); err != nil {
			return err
		}
	}
	updated, err := client.Update(ctx, s.group, "one", armmsi.IdentityUpdate{Tags: map[string]*string{"team": to.Ptr("blue")}}, nil)
	if err != nil {
		return err
	}
	if err := equal("tag", value(updated.Tags["team"]), "blue"); err != nil {
		return err
	}
	if err := equal("client id", value(updated.Properties.ClientID), value(made.Properties.ClientID)); err != nil {
		return err
	}
	if _, err := s.createIdentity(ctx, "two"); err != nil {
		return err
	}
	listed, err := drained(ctx, client.NewListByResourceGroupPager(s.group, nil), func(page armmsi.UserAssignedIdentitiesClientListByResourceGroupResponse) []*armmsi.Identity {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("identities", len(listed), 2); err != nil {
		return err
	}
	for range 2 { // what is gone already is gone
		if _, err := client.Delete(ctx, s.group, "one", nil); err != nil {
			return err
		}
	}
	_, err = client.Get(ctx, s.group, "one", nil)
	return refused(err, 404, "ResourceNotFound")
}

func federatedCredentials(ctx context.Context, s *session) error {
	if _, err := s.createIdentity(ctx, "one"); err != nil {
		return err
	}
	client := s.identities.NewFederatedIdentityCredentialsClient()
	for _, name := range []string{"one", "two"} {
		_, err := client.CreateOrUpdate(ctx, s.group, "one", name, armmsi.FederatedIdentityCredential{
			Properties: &armmsi.FederatedIdentityCredentialProperties{
				Issuer: to.Ptr("https://issuer.example.com"), Subject: to.Ptr(name), Audiences: []*string{to.Ptr("api://AzureADTokenExchange")},
			},
		}, nil)
		if err != nil {
			return err
		}
	}
	listed, err := drained(ctx, client.NewListPager(s.group, "one", nil), func(page armmsi.FederatedIdentityCredentialsClientListResponse) []*armmsi.FederatedIdentityCredential {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("credentials", len(listed), 2); err != nil {
		return err
	}
	if _, err := client.Delete(ctx, s.group, "one", "two", nil); err != nil {
		return err
	}
	_, err = client.Get(ctx, s.group, "one", "two", nil)
	return refused(err, 404, "ResourceNotFound")
}

func roleAssignments(ctx context.Context, s *session) error {
	client := s.authorization.NewRoleAssignmentsClient()
	identity, err := s.createIdentity(ctx, "one")
	if err != nil {
		return err
	}
	principal := value(identity.Properties.PrincipalID)
	made, err := s.assign(ctx, s.groupID(), "Network Contributor", principal)
	if err != nil {
		return err
	}
	if err := equal("scope", strings.ToLower(value(made.Properties.Scope)), strings.ToLower(s.groupID())); err != nil {
		return err
	}
	_, err = s.assign(ctx, s.groupID(), "Network Contributor", principal)
	if err := refused(err, 409, "RoleAssignmentExists"); err != nil {
		return err
	}
	pager := client.NewListForScopePager(s.groupID(), &armauthorization.RoleAssignmentsClientListForScopeOptions{
		Filter: to.Ptr(url.QueryEscape("principalId eq '" + principal + "'")), // this client sends it as it is
	})
	listed, err := drained(ctx, pager, func(page armauthorization.RoleAssignmentsClientListForScopeResponse) []*armauthorization.RoleAssignment {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("assignments", len(listed), 1); err != nil {
		return err
	}
	got, err := client.GetByID(ctx, value(listed[0].ID), nil)
	if err != nil {
		return err
	}
	if err := equal("principal", value(got.Properties.PrincipalID), principal); err != nil {
		return err
	}
	if _, err := client.DeleteByID(ctx, value(listed[0].ID), nil); err != nil {
		return err
	}
	_, err = client.GetByID(ctx, value(listed[0].ID), nil)
	return refused(err, 404, "RoleAssignmentNotFound")
}

func roleDefinitions(ctx context.Context, s *session) error {
	client := s.authorization.NewRoleDefinitionsClient()
	name := uuid.NewString()
	made, err := client.CreateOrUpdate(ctx, s.groupID(), name, armauthorization.RoleDefinition{
		Properties: &armauthorization.RoleDefinitionProperties{
			RoleName: to.Ptr("Watcher " + name), RoleType: to.Ptr("CustomRole"), AssignableScopes: []*string{to.Ptr(s.groupID())},
			Permissions: []*armauthorization.Permission{{Actions: []*string{to.Ptr("Microsoft.Network/*/read")}}},
		},
	}, nil)
	if err != nil {
		return err
	}
	found, err := s.role(ctx, s.groupID(), "Watcher "+name)
	if err != nil {
		return err
	}
	if err := equal("id", strings.ToLower(value(found.ID)), strings.ToLower(value(made.ID))); err != nil {
		return err
	}
	_, err = client.Delete(ctx, s.groupID(), name, nil)
	return err
}
