package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/agentpools"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworks"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2023-07-01/resourcegroups"
	"github.com/hashicorp/go-azure-sdk/sdk/client/pollers"
)

// What clients and pollers of go-azure-sdk rely on beneath the resources.
func protocolChecks() []check {
	return []check{
		{Name: "protocol/created", Run: createdIsPolled},
		{Name: "protocol/deleted", Run: deletedIsPolled},
		{Name: "protocol/failed", Run: failureIsTold},
		{Name: "protocol/conditions", Run: conditionsHold},
		{Name: "protocol/conflict", Run: conflictIsTold},
		{Name: "protocol/lists", Run: listsAreFiltered},
	}
}

// header tells what an answer says; the poller waits as long.
func header(response *http.Response, name string) string { return response.Header.Get(name) }

func createdIsPolled(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "created", func(group commonids.ResourceGroupId) error {
		network := s.network(group, "vnet")
		id := commonids.NewVirtualNetworkID(group.SubscriptionId, group.ResourceGroupName, "vnet")
		put, err := s.networks.CreateOrUpdate(ctx, id, network.body)
		if err != nil {
			return err
		}
		return steps(
			func() error {
				return that(status(put.HttpResponse) == http.StatusCreated, "%d", status(put.HttpResponse))
			},
			func() error {
				operation := header(put.HttpResponse, "Azure-AsyncOperation")
				return that(strings.HasPrefix(operation, "https://") && header(put.HttpResponse, "Retry-After") == "1", "%q after %q", operation, header(put.HttpResponse, "Retry-After"))
			},
			func() error { return put.Poller.PollUntilDone(ctx) },
			func() error {
				return that(put.Poller.LatestStatus() == pollers.PollingStatusSucceeded, "ended %s", put.Poller.LatestStatus())
			},
			func() error { return network.plan(ctx) },
			// Putting it again answers 200, and ends as well.
			func() error {
				again, err := s.networks.CreateOrUpdate(ctx, id, network.body)
				if err != nil {
					return err
				}
				return errors.Join(that(status(again.HttpResponse) == http.StatusOK, "%d", status(again.HttpResponse)), again.Poller.PollUntilDone(ctx))
			},
			func() error { return network.destroy(ctx) },
		)
	})
}

func deletedIsPolled(ctx context.Context, s *session) error {
	id := commonids.NewResourceGroupID(s.subscription.SubscriptionId, "rg-deleted")
	group := s.group(id)
	network := s.network(id, "vnet")
	for _, create := range []func(context.Context) error{group.create, network.create} {
		if err := create(ctx); err != nil {
			return err
		}
	}
	networkId := commonids.NewVirtualNetworkID(id.SubscriptionId, id.ResourceGroupName, "vnet")
	gone, err := s.networks.Delete(ctx, networkId)
	if err != nil {
		return err
	}
	if err := gone.Poller.PollUntilDone(ctx); err != nil {
		return err
	}
	again, err := s.networks.Delete(ctx, networkId)
	if err != nil || status(again.HttpResponse) != http.StatusNoContent {
		return errors.Join(err, that(false, "deleting what is gone answers %d", status(again.HttpResponse)))
	}
	deleted, err := s.groups.Delete(ctx, id, resourcegroups.DefaultDeleteOperationOptions())
	if err != nil {
		return err
	}
	return steps(
		func() error {
			return that(status(deleted.HttpResponse) == http.StatusAccepted && header(deleted.HttpResponse, "Location") != "", "%d", status(deleted.HttpResponse))
		},
		func() error { return deleted.Poller.PollUntilDone(ctx) },
		func() error {
			_, err := group.read(ctx)
			return that(errors.Is(err, errGone), "the group is still there: %w", err)
		},
	)
}

// failureIsTold: what the service refuses reaches the user with code and message, at once or by the operation.
func failureIsTold(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "failed", func(group commonids.ResourceGroupId) error {
		network := s.network(group, "vnet")
		network.body.Properties.AddressSpace.AddressPrefixes = &[]string{"10.0.0.0/33"}
		err := network.put(ctx, network.body)
		if err == nil || !strings.Contains(err.Error(), "400") || !strings.Contains(err.Error(), "10.0.0.0/33") {
			return that(false, "a prefix of 33 bits: %v", err)
		}
		cluster := s.cluster(clusterId(group, "demo"))
		cluster.body.Properties.KubernetesVersion = ptr("1.12")
		err = cluster.put(ctx, cluster.body)
		if err == nil || !strings.Contains(err.Error(), "1.12") {
			return that(false, "an old version: %v", err)
		}
		(*cluster.body.Properties.AgentPoolProfiles)[0].EnableAutoScaling = ptr(true)
		cluster.body.Properties.KubernetesVersion = nil
		err = cluster.put(ctx, cluster.body)
		if err == nil || !strings.Contains(err.Error(), "501") || !strings.Contains(err.Error(), "NotImplemented") {
			return that(false, "what is not built: %v", err)
		}
		_, err = cluster.read(ctx)
		return that(errors.Is(err, errGone), "a refused cluster is there: %w", err)
	})
}

func conditionsHold(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "conditions", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		shown, err := s.clusters.Get(ctx, id)
		if err != nil {
			return err
		}
		put := func(options managedclusters.CreateOrUpdateOperationOptions) (int, error) {
			answer, err := s.clusters.CreateOrUpdate(ctx, id, cluster.body, options)
			if err != nil {
				return status(answer.HttpResponse), nil
			}
			return status(answer.HttpResponse), answer.Poller.PollUntilDone(ctx)
		}
		for _, try := range []struct {
			options managedclusters.CreateOrUpdateOperationOptions
			want    int
		}{
			{managedclusters.CreateOrUpdateOperationOptions{IfNoneMatch: ptr("*")}, http.StatusPreconditionFailed},
			{managedclusters.CreateOrUpdateOperationOptions{IfMatch: ptr("0d3b1b04-0000-0000-0000-000000000000")}, http.StatusPreconditionFailed},
			{managedclusters.CreateOrUpdateOperationOptions{IfMatch: shown.Model.ETag}, http.StatusOK},
			{managedclusters.CreateOrUpdateOperationOptions{IfMatch: shown.Model.ETag}, http.StatusPreconditionFailed},
		} {
			got, err := put(try.options)
			if err != nil || got != try.want {
				return errors.Join(err, that(false, "%v answers %d", plain(try.options), got))
			}
		}
		return nil
	})
}

// conflictIsTold: what another operation holds up is refused with 409, and the provider goes on when that has ended.
func conflictIsTold(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "conflict", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		pool := s.pool(id, "second")
		poolId := agentpools.NewAgentPoolID(id.SubscriptionId, id.ResourceGroupName, id.ManagedClusterName, "second")
		first, err := s.pools.CreateOrUpdate(ctx, poolId, pool.body, agentpools.DefaultCreateOrUpdateOperationOptions())
		if err != nil {
			return err
		}
		// Whether the first has ended by now is the service's to say; both answers are in order, and nothing else is.
		second, err := s.clusters.CreateOrUpdate(ctx, id, cluster.body, managedclusters.DefaultCreateOrUpdateOperationOptions())
		if got := status(second.HttpResponse); got != http.StatusOK && got != http.StatusConflict {
			return errors.Join(err, that(false, "meanwhile answers %d", got))
		}
		if err == nil {
			err = second.Poller.PollUntilDone(ctx)
		} else {
			err = that(strings.Contains(err.Error(), "OperationNotAllowed"), "%w", err)
		}
		return errors.Join(err, first.Poller.PollUntilDone(ctx))
	})
}

func listsAreFiltered(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "lists", func(group commonids.ResourceGroupId) error {
		network := s.network(group, "vnet")
		network.body.Tags = &map[string]string{"list": "me"}
		address := s.address(group, "pip")
		for _, create := range []func(context.Context) error{network.create, address.create} {
			if err := create(ctx); err != nil {
				return err
			}
		}
		count := func(filter string) (int, error) {
			options := resourcegroups.ResourcesListByResourceGroupOperationOptions{Filter: &filter}
			found, err := s.groups.ResourcesListByResourceGroupComplete(ctx, group, options)
			return len(found.Items), err
		}
		for filter, want := range map[string]int{
			"resourceType eq 'Microsoft.Network/virtualNetworks'": 1, "name eq 'PIP'": 1, "tagName eq 'list' and tagValue eq 'me'": 1,
			"resourceType eq 'Microsoft.Network/loadBalancers'": 0,
		} {
			if got, err := count(filter); err != nil || got != want {
				return errors.Join(err, that(false, "%s finds %d", filter, got))
			}
		}
		networks, err := s.networks.ListCompleteMatchingPredicate(ctx, group, virtualnetworks.VirtualNetworkOperationPredicate{Name: ptr("vnet")})
		if err != nil || len(networks.Items) != 1 {
			return errors.Join(err, that(false, "%d networks", len(networks.Items)))
		}
		if err := network.destroy(ctx); err != nil {
			return err
		}
		return address.destroy(ctx)
	})
}
