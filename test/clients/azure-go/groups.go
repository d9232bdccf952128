package main

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
)

func groupChecks() []check {
	return []check{
		{Name: "groups/lifecycle", Run: groupLifecycle},
		{Name: "groups/pages", Run: groupPages},
		{Name: "groups/tags", Run: groupTags},
		{Name: "groups/providers", Run: providers},
	}
}

func groupLifecycle(ctx context.Context, s *session) error {
	client := s.resources.NewResourceGroupsClient()
	updated, err := client.Update(ctx, s.group, armresources.ResourceGroupPatchable{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	if err != nil {
		return err
	}
	if err := equal("state", value(updated.Properties.ProvisioningState), "Succeeded"); err != nil {
		return err
	}
	if _, err := s.createIdentity(ctx, "inside"); err != nil {
		return err
	}
	poller, err := client.BeginDelete(ctx, s.group, nil)
	if err != nil {
		return err
	}
	token, err := poller.ResumeToken()
	if err != nil {
		return err
	}
	again, err := client.BeginDelete(ctx, s.group, &armresources.ResourceGroupsClientBeginDeleteOptions{ResumeToken: token})
	if _, err := done(ctx, again, err); err != nil {
		return err
	}
	exists, err := client.CheckExistence(ctx, s.group, nil)
	if err != nil {
		return err
	}
	if err := equal("existence", exists.Success, false); err != nil {
		return err
	}
	_, err = client.Get(ctx, s.group, nil)
	return refused(err, 404, "ResourceGroupNotFound")
}

// groupPages reads lists that come in several pages: every item once, in any number of pages.
func groupPages(ctx context.Context, s *session) error {
	for i := range 5 {
		if _, err := s.createIdentity(ctx, fmt.Sprintf("id%d", i)); err != nil {
			return err
		}
	}
	client := s.resources.NewClient()
	for _, top := range []int32{1, 2, 5, 100} {
		pager := client.NewListByResourceGroupPager(s.group, &armresources.ClientListByResourceGroupOptions{Top: to.Ptr(top)})
		pages, names := 0, map[string]bool{}
		for pager.More() {
			page, err := pager.NextPage(ctx)
			if err != nil {
				return err
			}
			pages++
			for _, item := range page.Value {
				names[value(item.Name)] = true
			}
		}
		if len(names) != 5 || (top < 5 && pages < 2) {
			return fmt.Errorf("%d names on %d pages of %d", len(names), pages, top)
		}
	}
	filtered := client.NewListByResourceGroupPager(s.group, &armresources.ClientListByResourceGroupOptions{
		Filter: to.Ptr("resourceType eq 'Microsoft.Network/virtualNetworks'"),
	})
	found, err := drained(ctx, filtered, func(page armresources.ClientListByResourceGroupResponse) []*armresources.GenericResourceExpanded {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("networks", len(found), 0); err != nil {
		return err
	}
	groups := s.resources.NewResourceGroupsClient().NewListPager(&armresources.ResourceGroupsClientListOptions{Top: to.Ptr[int32](1)})
	all, err := drained(ctx, groups, func(page armresources.ResourceGroupsClientListResponse) []*armresources.ResourceGroup {
		return page.Value
	})
	for _, group := range all {
		if value(group.Name) == s.group {
			return err
		}
	}
	return fmt.Errorf("the list of groups lacks %s: %w", s.group, orNone(err))
}

func groupTags(ctx context.Context, s *session) error {
	client := s.resources.NewTagsClient()
	tags := func(texts map[string]string) *armresources.Tags {
		made := map[string]*string{}
		for name, text := range texts {
			made[name] = to.Ptr(text)
		}
		return &armresources.Tags{Tags: made}
	}
	if _, err := client.CreateOrUpdateAtScope(ctx, s.groupID(), armresources.TagsResource{Properties: tags(map[string]string{"a": "1", "b": "2"})}, nil); err != nil {
		return err
	}
	_, err := client.UpdateAtScope(ctx, s.groupID(), armresources.TagsPatchResource{
		Operation: to.Ptr(armresources.TagsPatchOperationDelete), Properties: tags(map[string]string{"a": "1"}),
	}, nil)
	if err != nil {
		return err
	}
	got, err := client.GetAtScope(ctx, s.groupID(), nil)
	if err != nil {
		return err
	}
	if err := equal("tags", got.Properties.Tags, tags(map[string]string{"b": "2"}).Tags); err != nil {
		return err
	}
	_, err = client.DeleteAtScope(ctx, s.groupID(), nil)
	return err
}

func providers(ctx context.Context, s *session) error {
	client := s.resources.NewProvidersClient()
	const namespace = "Microsoft.ContainerService"
	if _, err := client.Register(ctx, namespace, nil); err != nil {
		return err
	}
	got, err := client.Get(ctx, namespace, nil)
	if err != nil {
		return err
	}
	if err := equal("registration", value(got.RegistrationState), "Registered"); err != nil {
		return err
	}
	for _, kind := range got.ResourceTypes {
		if value(kind.ResourceType) == "managedClusters" && len(kind.APIVersions) > 0 {
			return nil
		}
	}
	return fmt.Errorf("%s lacks managedClusters", namespace)
}
