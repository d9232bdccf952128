package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/compute/2024-11-01/virtualmachinescalesets"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/loadbalancers"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/networksecuritygroups"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/publicipaddresses"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworks"
	"github.com/hashicorp/go-azure-sdk/resource-manager/resources/2023-07-01/resourcegroups"
)

// readsWhatIsMade reads each resource of a cluster's node resource group, as data sources and modules do.
func readsWhatIsMade(ctx context.Context, s *session) error {
	sets, err := virtualmachinescalesets.NewVirtualMachineScaleSetsClientWithBaseURI(s.environment.ResourceManager)
	if err != nil {
		return err
	}
	balancers, err := loadbalancers.NewLoadBalancersClientWithBaseURI(s.environment.ResourceManager)
	if err != nil {
		return err
	}
	sets.Client.Authorizer, balancers.Client.Authorizer = s.clusters.Client.Authorizer, s.clusters.Client.Authorizer
	return s.withCluster(ctx, "made", func(id commonids.KubernetesClusterId, _ block[managedclusters.ManagedCluster]) error {
		cluster, err := s.clusters.Get(ctx, id)
		if err != nil {
			return err
		}
		group := commonids.NewResourceGroupID(id.SubscriptionId, *cluster.Model.Properties.NodeResourceGroup)
		list, err := s.groups.ResourcesListByResourceGroupComplete(ctx, group, resourcegroups.DefaultResourcesListByResourceGroupOperationOptions())
		if err != nil {
			return err
		}
		kinds := map[string]int{}
		for _, item := range list.Items {
			kinds[*item.Type]++
			var err error
			switch *item.Type {
			case "Microsoft.Compute/virtualMachineScaleSets":
				err = read(*item.Id, virtualmachinescalesets.ParseVirtualMachineScaleSetID, func(id virtualmachinescalesets.VirtualMachineScaleSetId) (any, error) {
					found, err := sets.Get(ctx, id, virtualmachinescalesets.DefaultGetOperationOptions())
					return found.Model, err
				})
			case "Microsoft.Network/loadBalancers":
				err = read(*item.Id, loadbalancers.ParseProviderLoadBalancerID, func(id loadbalancers.ProviderLoadBalancerId) (any, error) {
					found, err := balancers.Get(ctx, id, loadbalancers.DefaultGetOperationOptions())
					return found.Model, err
				})
			case "Microsoft.Network/networkSecurityGroups":
				err = read(*item.Id, networksecuritygroups.ParseNetworkSecurityGroupID, func(id networksecuritygroups.NetworkSecurityGroupId) (any, error) {
					found, err := s.firewalls.Get(ctx, id, networksecuritygroups.DefaultGetOperationOptions())
					return found.Model, err
				})
			case "Microsoft.Network/virtualNetworks":
				err = read(*item.Id, commonids.ParseVirtualNetworkID, func(id commonids.VirtualNetworkId) (any, error) {
					found, err := s.networks.Get(ctx, id, virtualnetworks.DefaultGetOperationOptions())
					return found.Model, err
				})
			case "Microsoft.Network/publicIPAddresses":
				err = read(*item.Id, commonids.ParsePublicIPAddressID, func(id commonids.PublicIPAddressId) (any, error) {
					found, err := s.addresses.Get(ctx, id, publicipaddresses.DefaultGetOperationOptions())
					return found.Model, err
				})
			case "Microsoft.ManagedIdentity/userAssignedIdentities":
				err = read(*item.Id, commonids.ParseUserAssignedIdentityID, func(id commonids.UserAssignedIdentityId) (any, error) {
					found, err := s.identities.UserAssignedIdentitiesGet(ctx, id)
					return found.Model, err
				})
			default:
				err = errors.New("is no type that is expected")
			}
			if err != nil {
				return fmt.Errorf("%s: %w", *item.Id, err)
			}
		}
		if len(kinds) != 6 {
			return fmt.Errorf("made are %v", kinds)
		}
		for _, address := range *cluster.Model.Properties.NetworkProfile.LoadBalancerProfile.EffectiveOutboundIPs {
			if _, err := commonids.ParsePublicIPAddressID(*address.Id); err != nil {
				return err
			}
		}
		return nil
	})
}

// read parses an id as strictly as an import does, reads what it names, and wants that to have the same id.
func read[T any](id string, parse func(string) (*T, error), get func(T) (any, error)) error {
	parsed, err := parse(id)
	if err != nil {
		return err
	}
	model, err := get(*parsed)
	if err != nil {
		return err
	}
	return that(at(plain(model), "id") == id, "is shown as %v", at(plain(model), "id"))
}

// goesWithItsGroup destroys a group with all that is in it, where the features block allows that.
func goesWithItsGroup(ctx context.Context, s *session) error {
	id := commonids.NewResourceGroupID(s.subscription.SubscriptionId, "rg-with-all")
	group := s.group(id)
	if err := group.create(ctx); err != nil {
		return err
	}
	cluster := s.cluster(clusterId(id, "demo"))
	if err := cluster.create(ctx); err != nil {
		return err
	}
	if err := s.network(id, "vnet").create(ctx); err != nil {
		return err
	}
	if err := s.groups.DeleteThenPoll(ctx, id, resourcegroups.DefaultDeleteOperationOptions()); err != nil {
		return err
	}
	for _, gone := range []commonids.ResourceGroupId{id, commonids.NewResourceGroupID(id.SubscriptionId, "MC_rg-with-all_demo_"+region)} {
		if _, err := s.group(gone).read(ctx); !errors.Is(err, errGone) {
			return fmt.Errorf("%s is there: %w", gone.ResourceGroupName, err)
		}
	}
	_, err := cluster.read(ctx)
	return that(errors.Is(err, errGone), "the cluster is there: %w", err)
}

// stopsAndStarts does what a user does meanwhile with az: a plan sees nothing of it.
func stopsAndStarts(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "stopped", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		return steps(
			func() error { return s.clusters.StopThenPoll(ctx, id) },
			func() error { return cluster.plan(ctx) },
			func() error {
				err := cluster.put(ctx, cluster.body)
				return that(err != nil && strings.Contains(err.Error(), "OperationNotAllowed"), "a stopped cluster was changed: %v", err)
			},
			func() error { return s.clusters.StartThenPoll(ctx, id) },
			func() error { return cluster.plan(ctx) },
			func() error { return s.isReached(ctx, id, 1) },
		)
	})
}
