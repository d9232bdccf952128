package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/authorization/2022-04-01/roleassignments"
	"github.com/hashicorp/go-azure-sdk/resource-manager/authorization/2022-05-01-preview/roledefinitions"
)

func roleChecks() []check {
	return []check{
		{Name: "role/by-name", Run: assignsByName},
		{Name: "role/by-id", Run: assignsById},
		{Name: "role/with-its-scope", Run: unassigns},
		{Name: "role/custom", Run: definitionLives},
		{Name: "role/unseen-principal", Run: assignsOnTrust},
	}
}

// assignment is azurerm_role_assignment.
func (s *session) assignment(scope, name string, properties roleassignments.RoleAssignmentProperties) block[roleassignments.RoleAssignment] {
	id := roleassignments.NewScopedRoleAssignmentID(scope, name)
	return block[roleassignments.RoleAssignment]{
		id:   id.ID(),
		body: roleassignments.RoleAssignment{Name: &name, Properties: &properties},
		get: func(ctx context.Context) (*http.Response, *roleassignments.RoleAssignment, error) {
			found, err := s.assignments.Get(ctx, id, roleassignments.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body roleassignments.RoleAssignment) error {
			made, err := s.assignments.Create(ctx, id, roleassignments.RoleAssignmentCreateParameters{Properties: *body.Properties})
			if err != nil {
				return err
			}
			return that(made.Model != nil && made.Model.Id != nil && *made.Model.Id == id.ID(), "is at %v instead of %s", plain(made.Model), id.ID())
		},
		remove: func(ctx context.Context) error {
			_, err := s.assignments.Delete(ctx, id, roleassignments.DefaultDeleteOperationOptions())
			return err
		},
		absent: []string{"properties.condition", "properties.conditionVersion", "properties.delegatedManagedIdentityResourceId"},
	}
}

// role finds a definition by its name at a scope, as `role_definition_name` does: there must be exactly one.
func (s *session) role(ctx context.Context, scope, name string) (roledefinitions.RoleDefinition, error) {
	filter := fmt.Sprintf("roleName eq '%s'", name)
	found, err := s.roles.List(ctx, commonids.NewScopeID(scope), roledefinitions.ListOperationOptions{Filter: &filter})
	if err != nil {
		return roledefinitions.RoleDefinition{}, err
	}
	if found.Model == nil || len(*found.Model) != 1 {
		return roledefinitions.RoleDefinition{}, fmt.Errorf("%q is not one role", name)
	}
	return (*found.Model)[0], nil
}

// withPrincipal gives a check a new identity's principal.
func (s *session) withPrincipal(ctx context.Context, name string, run func(group commonids.ResourceGroupId, principal string) error) error {
	return s.inGroup(ctx, name, func(group commonids.ResourceGroupId) error {
		identity := s.identity(group, "who")
		if err := identity.create(ctx); err != nil {
			return err
		}
		made, err := identity.read(ctx)
		if err != nil {
			return err
		}
		if err := run(group, *made.Properties.PrincipalId); err != nil {
			return err
		}
		return identity.destroy(ctx)
	})
}

const assignmentName = "6f1d7c1e-5d0f-4d39-8a55-0f6a3b9d1c%02d"

func assignsByName(ctx context.Context, s *session) error {
	return s.withPrincipal(ctx, "role-name", func(group commonids.ResourceGroupId, principal string) error {
		network, subnet := s.network(group, "vnet"), s.subnet(group, "vnet", "snet", "10.0.0.0/24")
		scope := commonids.NewSubnetID(group.SubscriptionId, group.ResourceGroupName, "vnet", "snet").ID()
		for _, create := range []func(context.Context) error{network.create, subnet.create} {
			if err := create(ctx); err != nil {
				return err
			}
		}
		role, err := s.role(ctx, scope, "Network Contributor")
		if err != nil {
			return err
		}
		assignment := s.assignment(scope, fmt.Sprintf(assignmentName, 1), roleassignments.RoleAssignmentProperties{
			RoleDefinitionId: *role.Id, PrincipalId: principal, Description: ptr(""), Scope: &scope,
		})
		assignment.changes = []change[roleassignments.RoleAssignment]{
			{name: "description", edit: func(body *roleassignments.RoleAssignment) { body.Properties.Description = ptr("Why") }},
			{name: "condition", edit: func(body *roleassignments.RoleAssignment) {
				body.Properties.Condition = ptr("((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (1 == 1))")
				body.Properties.ConditionVersion = ptr("2.0")
			}},
		}
		return steps(
			func() error { return assignment.create(ctx) },
			func() error { return s.namesRole(ctx, assignment, "Network Contributor") },
			func() error { assignment.absent = nil; return assignment.change(ctx) },
			func() error { return assignment.destroy(ctx) },
			// The provider takes a second delete for done.
			func() error {
				again, err := s.assignments.Delete(ctx, roleassignments.NewScopedRoleAssignmentID(scope, *assignment.body.Name), roleassignments.DefaultDeleteOperationOptions())
				return that(err == nil && status(again.HttpResponse) == http.StatusNoContent || status(again.HttpResponse) == http.StatusNotFound, "%d %w", status(again.HttpResponse), err)
			},
			func() error { return network.destroy(ctx) },
		)
	})
}

// namesRole does what a refresh does with an assignment: its definition is read by its own id.
func (s *session) namesRole(ctx context.Context, assignment block[roleassignments.RoleAssignment], want string) error {
	shown, err := assignment.read(ctx)
	if err != nil {
		return err
	}
	if shown.Properties.PrincipalType == nil || *shown.Properties.PrincipalType != roleassignments.PrincipalTypeServicePrincipal {
		return fmt.Errorf("the principal is a %v", shown.Properties.PrincipalType)
	}
	definition := shown.Properties.RoleDefinitionId
	id, err := roledefinitions.ParseScopedRoleDefinitionID(definition)
	if err != nil {
		return err
	}
	found, err := s.roles.Get(ctx, *id)
	if err != nil {
		return err
	}
	return that(*found.Model.Properties.RoleName == want, "%s is %s", definition, *found.Model.Properties.RoleName)
}

func assignsById(ctx context.Context, s *session) error {
	return s.withPrincipal(ctx, "role-id", func(group commonids.ResourceGroupId, principal string) error {
		// AcrPull, named below the subscription as people write it.
		definition := s.subscription.ID() + "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
		assignment := s.assignment(group.ID(), fmt.Sprintf(assignmentName, 2), roleassignments.RoleAssignmentProperties{
			RoleDefinitionId: definition, PrincipalId: principal, Description: ptr("Pulls"), PrincipalType: ptr(roleassignments.PrincipalTypeServicePrincipal),
		})
		return steps(
			func() error { return assignment.create(ctx) },
			func() error { return s.namesRole(ctx, assignment, "AcrPull") },
			// Another name for the same assignment is refused.
			func() error {
				double := s.assignment(group.ID(), fmt.Sprintf(assignmentName, 3), *assignment.body.Properties)
				err := double.put(ctx, double.body)
				return that(err != nil, "the same assignment is there twice")
			},
			func() error { return assignment.destroy(ctx) },
		)
	})
}

// unassigns destroys an assignment whose scope has gone before it.
func unassigns(ctx context.Context, s *session) error {
	return s.withPrincipal(ctx, "role-gone", func(group commonids.ResourceGroupId, principal string) error {
		address := s.address(group, "pip")
		scope := commonids.NewPublicIPAddressID(group.SubscriptionId, group.ResourceGroupName, "pip").ID()
		if err := address.create(ctx); err != nil {
			return err
		}
		role, err := s.role(ctx, scope, "reader")
		if err != nil {
			return err
		}
		assignment := s.assignment(scope, fmt.Sprintf(assignmentName, 4), roleassignments.RoleAssignmentProperties{RoleDefinitionId: *role.Id, PrincipalId: principal})
		return steps(
			func() error { return assignment.create(ctx) },
			func() error { return address.destroy(ctx) },
			func() error {
				_, err := assignment.read(ctx)
				return that(errors.Is(err, errGone), "the assignment outlives its scope: %w", err)
			},
		)
	})
}

// definitionLives is azurerm_role_definition, given to a principal.
func definitionLives(ctx context.Context, s *session) error {
	return s.withPrincipal(ctx, "role-custom", func(group commonids.ResourceGroupId, principal string) error {
		id := roledefinitions.NewScopedRoleDefinitionID(group.ID(), fmt.Sprintf(assignmentName, 6))
		definition := block[roledefinitions.RoleDefinition]{
			id: id.ID(),
			body: roledefinitions.RoleDefinition{Properties: &roledefinitions.RoleDefinitionProperties{
				RoleName: ptr("Slipway Reader"), Description: ptr("Reads"), Type: ptr("CustomRole"), AssignableScopes: &[]string{group.ID()},
				Permissions: &[]roledefinitions.Permission{{
					Actions: &[]string{"Microsoft.ContainerService/*/read", "Microsoft.Network/*/read"}, NotActions: &[]string{"Microsoft.Network/virtualNetworks/read"},
					DataActions: &[]string{}, NotDataActions: &[]string{},
				}},
			}},
			get: func(ctx context.Context) (*http.Response, *roledefinitions.RoleDefinition, error) {
				found, err := s.roles.Get(ctx, id)
				return found.HttpResponse, found.Model, err
			},
			put: func(ctx context.Context, body roledefinitions.RoleDefinition) error {
				made, err := s.roles.CreateOrUpdate(ctx, id, body)
				if err != nil {
					return err
				}
				// The provider waits until both are there, and the second is no older than what it was told.
				return that(made.Model.Properties.CreatedOn != nil && made.Model.Properties.UpdatedOn != nil, "%v", plain(made.Model))
			},
			remove: func(ctx context.Context) error {
				_, err := s.roles.Delete(ctx, id)
				return err
			},
			changes: []change[roledefinitions.RoleDefinition]{
				{name: "actions", edit: func(body *roledefinitions.RoleDefinition) {
					(*body.Properties.Permissions)[0].Actions = &[]string{"*/read"}
				}},
				{name: "description", edit: func(body *roledefinitions.RoleDefinition) { body.Properties.Description = ptr("Reads more") }},
			},
		}
		assignment := s.assignment(group.ID(), fmt.Sprintf(assignmentName, 7), assigned(id.ID(), principal))
		return steps(
			func() error { return definition.create(ctx) },
			func() error { return definition.change(ctx) },
			func() error { return assignment.create(ctx) },
			func() error { return s.namesRole(ctx, assignment, "Slipway Reader") },
			func() error {
				found, err := s.role(ctx, group.ID(), "Slipway Reader")
				return errors.Join(err, that(found.Id != nil && *found.Id == id.ID(), "%v", plain(found)))
			},
			func() error { return assignment.destroy(ctx) },
			func() error { return definition.destroy(ctx) },
		)
	})
}

// assignsOnTrust gives a role to who is not in the directory yet: refused so that the provider tries again, taken when it says what it is.
func assignsOnTrust(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "role-trust", func(group commonids.ResourceGroupId) error {
		role, err := s.role(ctx, group.ID(), "Reader")
		if err != nil {
			return err
		}
		assignment := s.assignment(group.ID(), fmt.Sprintf(assignmentName, 8), assigned(*role.Id, "3d2f5d0e-64c0-4c1c-9d0b-2a3f6c0a7b11"))
		if err := assignment.put(ctx, assignment.body); err == nil || !strings.Contains(err.Error(), "PrincipalNotFound") {
			return that(false, "nobody was given a role: %v", err)
		}
		// `skip_service_principal_aad_check`
		assignment.body.Properties.PrincipalType = ptr(roleassignments.PrincipalTypeServicePrincipal)
		return assignment.live(ctx)
	})
}
