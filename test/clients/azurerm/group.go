package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2023-07-01/resourcegroups"
)

// group is azurerm_resource_group.
func (s *session) group(id commonids.ResourceGroupId) block[resourcegroups.ResourceGroup] {
	return block[resourcegroups.ResourceGroup]{
		id:   id.ID(),
		body: resourcegroups.ResourceGroup{Location: region, Tags: &map[string]string{}},
		get: func(ctx context.Context) (*http.Response, *resourcegroups.ResourceGroup, error) {
			found, err := s.groups.Get(ctx, id)
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body resourcegroups.ResourceGroup) error {
			_, err := s.groups.CreateOrUpdate(ctx, id, body)
			return err
		},
		remove: func(ctx context.Context) error {
			options := resourcegroups.ResourcesListByResourceGroupOperationOptions{Expand: ptr("provisioningState"), Top: ptr(int64(10))}
			left, err := s.groups.ResourcesListByResourceGroupComplete(ctx, id, options)
			if err != nil || len(left.Items) > 0 {
				return fmt.Errorf("%d resources are left: %w", len(left.Items), err)
			}
			return s.groups.DeleteThenPoll(ctx, id, resourcegroups.DefaultDeleteOperationOptions())
		},
		absent: []string{"managedBy", "tags"},
	}
}

func groupChecks() []check {
	return []check{
		{Name: "group/life", Run: groupLives},
		{Name: "group/casing", Run: groupInOtherCase},
	}
}

func groupLives(ctx context.Context, s *session) error {
	id := commonids.NewResourceGroupID(s.subscription.SubscriptionId, "Group.Life_(1)-a")
	group := s.group(id)
	retag := func(name string, tags map[string]string) change[resourcegroups.ResourceGroup] {
		edit := func(body *resourcegroups.ResourceGroup) { body.Tags = &tags }
		// The provider sends no more than what changed.
		apply := func(ctx context.Context) error {
			_, err := s.groups.Update(ctx, id, resourcegroups.ResourceGroupPatchable{Tags: &tags})
			return err
		}
		return change[resourcegroups.ResourceGroup]{name: name, edit: edit, apply: apply}
	}
	group.absent = []string{"managedBy"}
	group.changes = []change[resourcegroups.ResourceGroup]{
		retag("tags", map[string]string{"Env": "Test", "cost center": "Ümläut & <more>", "empty": ""}),
		retag("one tag", map[string]string{"Env": "test"}),
	}
	if err := group.create(ctx); err != nil {
		return err
	}
	if err := group.change(ctx); err != nil {
		return err
	}
	group.absent = []string{"managedBy", "tags"}
	group.changes = []change[resourcegroups.ResourceGroup]{retag("no tags", map[string]string{})}
	if err := group.change(ctx); err != nil {
		return err
	}
	return group.destroy(ctx)
}

// groupInOtherCase imports by an id in other letters; the provider parses ids as they are shown.
func groupInOtherCase(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "MixedCase", func(id commonids.ResourceGroupId) error {
		found, err := s.groups.Get(ctx, commonids.NewResourceGroupID(s.subscription.SubscriptionId, "RG-mixedcase"))
		if err != nil {
			return err
		}
		if _, err := commonids.ParseResourceGroupID(*found.Model.Id); err != nil {
			return err
		}
		return that(*found.Model.Name == id.ResourceGroupName, "is called %s", *found.Model.Name)
	})
}
