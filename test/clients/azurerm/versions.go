package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2019-08-01/containerservices"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
)

// The default minor version, and the one after it.
const (
	older = "1.35"
	newer = "1.36"
)

func versionChecks() []check {
	return []check{
		{Name: "versions/upgrade", Run: clusterUpgrades},
		{Name: "versions/offered", Run: listsVersions},
	}
}

// clusterUpgrades names a minor version, moves to the next, and finds what nodes may run.
func clusterUpgrades(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "cluster-versions", func(group commonids.ResourceGroupId) error {
		id := clusterId(group, "demo")
		cluster := s.cluster(id)
		cluster.absent = nil
		cluster.body.Properties.KubernetesVersion = ptr(older)
		cluster.changes = []change[managedclusters.ManagedCluster]{
			{name: "version", edit: func(body *managedclusters.ManagedCluster) { body.Properties.KubernetesVersion = ptr(newer) }},
		}
		return steps(
			func() error { return cluster.create(ctx) },
			func() error { return cluster.change(ctx) },
			func() error {
				shown, err := cluster.read(ctx)
				if err != nil {
					return err
				}
				pool := (*shown.Properties.AgentPoolProfiles)[0]
				return that(strings.HasPrefix(*shown.Properties.CurrentKubernetesVersion, newer+".") && *pool.OrchestratorVersion == older &&
					strings.HasPrefix(*pool.CurrentOrchestratorVersion, older+"."), "cluster %s, pool %s (%s)",
					*shown.Properties.CurrentKubernetesVersion, *pool.OrchestratorVersion, *pool.CurrentOrchestratorVersion)
			},
			func() error { return s.offers(ctx, id, newer) },
			func() error { return cluster.destroy(ctx) },
		)
	})
}

// offers is what the provider asks before it gives a pool a version.
func (s *session) offers(ctx context.Context, id commonids.KubernetesClusterId, minor string) error {
	found, err := s.pools.GetAvailableAgentPoolVersions(ctx, id)
	if err != nil {
		return err
	}
	for _, version := range *found.Model.Properties.AgentPoolVersions {
		if v := *version.KubernetesVersion; v[:strings.LastIndex(v, ".")] == minor {
			return nil
		}
	}
	return fmt.Errorf("%s is not among %v", minor, plain(found.Model))
}

// listsVersions is the data source azurerm_kubernetes_service_versions.
func listsVersions(ctx context.Context, s *session) error {
	id := containerservices.NewLocationID(s.subscription.SubscriptionId, region)
	options := containerservices.ListOrchestratorsOperationOptions{ResourceType: ptr("managedClusters")}
	found, err := s.versions.ListOrchestrators(ctx, id, options)
	if err != nil {
		return err
	}
	newest, chosen := "", ""
	for _, item := range found.Model.Properties.Orchestrators {
		if item.OrchestratorType != "Kubernetes" || (item.IsPreview != nil && *item.IsPreview) {
			continue
		}
		newest = max(newest, item.OrchestratorVersion)
		if item.Default != nil && *item.Default {
			chosen = item.OrchestratorVersion
		}
	}
	return that(strings.HasPrefix(newest, newer+".") && strings.HasPrefix(chosen, older+"."), "newest %s, default %s", newest, chosen)
}
