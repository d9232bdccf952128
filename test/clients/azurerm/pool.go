package main

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-helpers/resourcemanager/zones"
	"github.com/hashicorp/go-azure-sdk/resource-manager/authorization/2022-04-01/roleassignments"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/agentpools"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
)

func poolChecks() []check {
	return []check{
		{Name: "pool/life", Run: poolLives},
		{Name: "pool/kinds", Run: poolsOfKinds},
		{Name: "pool/parallel", Run: poolsInParallel},
	}
}

func assigned(role, principal string) roleassignments.RoleAssignmentProperties {
	return roleassignments.RoleAssignmentProperties{RoleDefinitionId: role, PrincipalId: principal}
}

// pool is azurerm_kubernetes_cluster_node_pool with what it defaults to.
func (s *session) pool(cluster commonids.KubernetesClusterId, name string) block[agentpools.AgentPool] {
	id := agentpools.NewAgentPoolID(cluster.SubscriptionId, cluster.ResourceGroupName, cluster.ManagedClusterName, name)
	return block[agentpools.AgentPool]{
		id: id.ID(),
		body: agentpools.AgentPool{Name: &name, Properties: &agentpools.ManagedClusterAgentPoolProfileProperties{
			OsType: ptr(agentpools.OSTypeLinux), EnableAutoScaling: ptr(false), EnableFIPS: ptr(false), EnableEncryptionAtHost: ptr(false),
			EnableUltraSSD: ptr(false), EnableNodePublicIP: ptr(false), KubeletDiskType: ptr(agentpools.KubeletDiskType("")),
			Mode: ptr(agentpools.AgentPoolModeUser), ScaleSetPriority: ptr(agentpools.ScaleSetPriorityRegular), Tags: &map[string]string{},
			Type: ptr(agentpools.AgentPoolTypeVirtualMachineScaleSets), VMSize: ptr("Standard_D4s_v5"), Count: ptr(int64(1)),
			UpgradeSettings: &agentpools.AgentPoolUpgradeSettings{}, ScaleDownMode: ptr(agentpools.ScaleDownModeDelete), OsDiskType: ptr(agentpools.OSDiskTypeManaged),
		}},
		get: func(ctx context.Context) (*http.Response, *agentpools.AgentPool, error) {
			found, err := s.pools.Get(ctx, id)
			if found.Model != nil && found.Model.Properties != nil {
				found.Model.Properties.ETag = nil
			}
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body agentpools.AgentPool) error {
			return s.pools.CreateOrUpdateThenPoll(ctx, id, body, agentpools.DefaultCreateOrUpdateOperationOptions())
		},
		remove: func(ctx context.Context) error {
			return s.pools.DeleteThenPoll(ctx, id, agentpools.DefaultDeleteOperationOptions())
		},
		absent: []string{
			"properties.availabilityZones", "properties.nodeLabels", "properties.nodeTaints", "properties.minCount", "properties.maxCount",
			"properties.scaleSetEvictionPolicy", "properties.spotMaxPrice", "properties.kubeletConfig", "properties.linuxOSConfig", "properties.networkProfile",
			"properties.podSubnetID", "properties.vnetSubnetID", "properties.gpuInstanceProfile", "properties.gpuProfile", "properties.hostGroupID",
			"properties.windowsProfile", "properties.creationData", "properties.proximityPlacementGroupID", "properties.nodePublicIPPrefixID", "properties.tags",
			"properties.upgradeSettings.drainTimeoutInMinutes", "properties.upgradeSettings.nodeSoakDurationInMinutes",
			"properties.upgradeSettings.undrainableNodeBehavior",
		},
	}
}

// standalone is a pool of a cluster as the pool's own resource, which is how the provider changes the default one.
func standalone(profile managedclusters.ManagedClusterAgentPoolProfile) agentpools.AgentPool {
	pool := agentpools.AgentPool{Name: &profile.Name, Properties: &agentpools.ManagedClusterAgentPoolProfileProperties{
		Count: profile.Count, VMSize: profile.VMSize, NodeLabels: profile.NodeLabels, NodeTaints: profile.NodeTaints, Tags: profile.Tags,
		EnableAutoScaling: profile.EnableAutoScaling, EnableFIPS: profile.EnableFIPS, EnableNodePublicIP: profile.EnableNodePublicIP,
		EnableEncryptionAtHost: profile.EnableEncryptionAtHost, EnableUltraSSD: profile.EnableUltraSSD, OrchestratorVersion: profile.OrchestratorVersion,
		Mode: ptr(agentpools.AgentPoolMode(*profile.Mode)), OsType: ptr(agentpools.OSType(*profile.OsType)),
		OsDiskType: ptr(agentpools.OSDiskType(*profile.OsDiskType)), Type: ptr(agentpools.AgentPoolType(*profile.Type)),
		ScaleDownMode: ptr(agentpools.ScaleDownMode(*profile.ScaleDownMode)), KubeletDiskType: ptr(agentpools.KubeletDiskType(*profile.KubeletDiskType)),
		UpgradeSettings: &agentpools.AgentPoolUpgradeSettings{
			MaxSurge: profile.UpgradeSettings.MaxSurge, MaxUnavailable: profile.UpgradeSettings.MaxUnavailable,
			DrainTimeoutInMinutes: profile.UpgradeSettings.DrainTimeoutInMinutes, NodeSoakDurationInMinutes: profile.UpgradeSettings.NodeSoakDurationInMinutes,
		},
	}}
	return pool
}

// withCluster gives a check a cluster.
func (s *session) withCluster(ctx context.Context, name string, run func(commonids.KubernetesClusterId, block[managedclusters.ManagedCluster]) error) error {
	return s.inGroup(ctx, name, func(group commonids.ResourceGroupId) error {
		id := clusterId(group, "demo")
		cluster := s.cluster(id)
		if err := cluster.create(ctx); err != nil {
			return err
		}
		if err := run(id, cluster); err != nil {
			return err
		}
		return cluster.destroy(ctx)
	})
}

func poolLives(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "pool", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		pool := s.pool(id, "user1")
		if err := pool.create(ctx); err != nil {
			return err
		}
		shown, err := pool.read(ctx)
		if err != nil {
			return err
		}
		for _, path := range []string{"id", "properties.maxPods", "properties.osDiskSizeGB", "properties.osSKU", "properties.orchestratorVersion", "properties.nodeImageVersion"} {
			if isNothing(at(plain(shown), path)) {
				return errors.New(path + " is not shown")
			}
		}
		if _, err := agentpools.ParseAgentPoolID(*shown.Id); err != nil {
			return err
		}
		pool.absent = nil
		edit := func(name string, edit func(*agentpools.ManagedClusterAgentPoolProfileProperties)) change[agentpools.AgentPool] {
			return change[agentpools.AgentPool]{name: name, edit: func(body *agentpools.AgentPool) { edit(body.Properties) }}
		}
		pool.changes = []change[agentpools.AgentPool]{
			edit("count", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) { p.Count = ptr(int64(3)) }),
			edit("fewer", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) { p.Count = ptr(int64(0)) }),
			edit("labels", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.NodeLabels = &map[string]string{"Team": "A", "example.com/tier": "web"}
			}),
			edit("taints", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.NodeTaints = &[]string{"b=1:NoSchedule", "a=2:PreferNoSchedule"}
			}),
			edit("tags", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) { p.Tags = &map[string]string{"Cost": "1"} }),
			edit("upgrade settings", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.UpgradeSettings = &agentpools.AgentPoolUpgradeSettings{
					MaxSurge: ptr("1"), MaxUnavailable: ptr("0"), DrainTimeoutInMinutes: ptr(int64(20)), NodeSoakDurationInMinutes: ptr(int64(5)),
				}
			}),
			edit("unavailable", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.UpgradeSettings = &agentpools.AgentPoolUpgradeSettings{
					MaxSurge: ptr("0"), MaxUnavailable: ptr("1"), DrainTimeoutInMinutes: ptr(int64(20)), NodeSoakDurationInMinutes: ptr(int64(0)),
				}
			}),
			edit("mode", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.Mode, p.Count, p.NodeTaints = ptr(agentpools.AgentPoolModeSystem), ptr(int64(1)), &[]string{}
				// Nodes of system pools are replaced by surge alone.
				p.UpgradeSettings = &agentpools.AgentPoolUpgradeSettings{MaxSurge: ptr("10%"), MaxUnavailable: ptr("0")}
			}),
			edit("mode back", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
				p.Mode = ptr(agentpools.AgentPoolModeUser)
			}),
		}
		return steps(
			func() error { return pool.change(ctx) },
			func() error {
				pool.changes = []change[agentpools.AgentPool]{edit("no labels", func(p *agentpools.ManagedClusterAgentPoolProfileProperties) {
					p.NodeLabels, p.Tags = &map[string]string{}, &map[string]string{}
				})}
				pool.absent = []string{"properties.nodeLabels", "properties.nodeTaints", "properties.tags"}
				return pool.change(ctx)
			},
			// The cluster's own plan is about the default pool alone, which stays the first.
			func() error {
				cluster.computed = []string{"properties.agentPoolProfiles"}
				if err := cluster.plan(ctx); err != nil {
					return err
				}
				seen, err := cluster.read(ctx)
				pools := *seen.Properties.AgentPoolProfiles
				return errors.Join(err, that(len(pools) == 2 && pools[0].Name == "default" && pools[1].Name == "user1", "%v", plain(seen.Properties)["agentPoolProfiles"]))
			},
			func() error {
				return cluster.update(ctx, change[managedclusters.ManagedCluster]{edit: func(body *managedclusters.ManagedCluster) { body.Tags = &map[string]string{"a": "b"} }})
			},
			func() error { return pool.plan(ctx) },
			func() error { return pool.destroy(ctx) },
		)
	})
}

// poolsOfKinds creates what can't be changed later.
func poolsOfKinds(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "pools", func(id commonids.KubernetesClusterId, _ block[managedclusters.ManagedCluster]) error {
		zonal, spot, special := s.pool(id, "zonal"), s.pool(id, "spot"), s.pool(id, "special")
		special.body.Properties.EnableFIPS, special.body.Properties.EnableEncryptionAtHost = ptr(true), ptr(true)
		special.body.Properties.EnableUltraSSD, special.body.Properties.AvailabilityZones = ptr(true), &zones.Schema{"2"}
		special.body.Properties.VMSize, special.body.Properties.OsDiskType = ptr("Standard_D8ds_v5"), ptr(agentpools.OSDiskTypeEphemeral)
		special.body.Properties.OsSKU, special.body.Properties.KubeletDiskType = ptr(agentpools.OSSKUUbuntu), ptr(agentpools.KubeletDiskTypeOS)
		special.body.Properties.WorkloadRuntime = ptr(agentpools.WorkloadRuntimeOCIContainer)
		special.absent = nil
		zonal.body.Properties.AvailabilityZones = &zones.Schema{"1", "2", "3"}
		zonal.body.Properties.Count = ptr(int64(3))
		zonal.body.Properties.OsSKU = ptr(agentpools.OSSKUAzureLinux)
		zonal.body.Properties.MaxPods = ptr(int64(42))
		zonal.body.Properties.OsDiskSizeGB = ptr(int64(64))
		zonal.body.Properties.OrchestratorVersion = ptr(older)
		zonal.body.Properties.NodeLabels = &map[string]string{"a": "b"}
		zonal.body.Properties.NodeTaints = &[]string{"gpu=none:NoExecute"}
		zonal.body.Properties.UpgradeSettings = &agentpools.AgentPoolUpgradeSettings{MaxSurge: ptr("50%")}
		zonal.absent = []string{"properties.upgradeSettings.drainTimeoutInMinutes"}
		spot.body.Properties.ScaleSetPriority = ptr(agentpools.ScaleSetPrioritySpot)
		spot.body.Properties.ScaleSetEvictionPolicy = ptr(agentpools.ScaleSetEvictionPolicyDelete)
		spot.body.Properties.SpotMaxPrice = ptr(-1.0)
		spot.body.Properties.NodeLabels = &map[string]string{"kubernetes.azure.com/scalesetpriority": "spot"}
		spot.body.Properties.NodeTaints = &[]string{"kubernetes.azure.com/scalesetpriority=spot:NoSchedule"}
		spot.absent = nil
		return steps(
			func() error { return s.offers(ctx, id, older) },
			func() error { return zonal.live(ctx) },
			func() error { return spot.live(ctx) },
			func() error { return special.live(ctx) },
		)
	})
}

// clusterRotates changes the default pool's size: the provider puts a pool beside it, and replaces it.
func clusterRotates(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "rotation", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		profile := (*cluster.body.Properties.AgentPoolProfiles)[0]
		profile.VMSize = ptr("Standard_D4s_v5")
		first, second := s.pool(id, "default"), s.pool(id, "temp")
		first.body = standalone(profile)
		second.body = standalone(profile)
		second.body.Name = ptr("temp")
		return steps(
			func() error {
				_, err := second.read(ctx)
				return that(errors.Is(err, errGone), "the temporary pool is there: %w", err)
			},
			func() error { return second.put(ctx, second.body) },
			func() error { return first.destroy(ctx) },
			func() error { return first.put(ctx, first.body) },
			func() error { return second.destroy(ctx) },
			func() error {
				(*cluster.body.Properties.AgentPoolProfiles)[0].VMSize = profile.VMSize
				return cluster.plan(ctx)
			},
		)
	})
}

// poolsInParallel does what Terraform does with several pools of a cluster: all of them at the same time.
func poolsInParallel(ctx context.Context, s *session) error {
	return s.withCluster(ctx, "parallel", func(id commonids.KubernetesClusterId, cluster block[managedclusters.ManagedCluster]) error {
		pools := []block[agentpools.AgentPool]{s.pool(id, "one"), s.pool(id, "two"), s.pool(id, "three")}
		all := func(run func(block[agentpools.AgentPool]) error) error {
			problems := make([]error, len(pools))
			var group sync.WaitGroup
			for i, pool := range pools {
				group.Go(func() { problems[i] = run(pool) })
			}
			group.Wait()
			return errors.Join(problems...)
		}
		more := change[agentpools.AgentPool]{edit: func(body *agentpools.AgentPool) { body.Properties.Count = ptr(int64(2)) }}
		return steps(
			func() error { return all(func(pool block[agentpools.AgentPool]) error { return pool.create(ctx) }) },
			func() error {
				return all(func(pool block[agentpools.AgentPool]) error { return pool.update(ctx, more) })
			},
			func() error { return all(func(pool block[agentpools.AgentPool]) error { return pool.destroy(ctx) }) },
			func() error { return cluster.plan(ctx) },
		)
	})
}
