package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-helpers/resourcemanager/identity"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/agentpools"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/maintenanceconfigurations"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
)

func clusterChecks() []check {
	return []check{
		{Name: "cluster/system-assigned", Run: clusterLives},
		{Name: "cluster/user-assigned", Run: clusterWithIdentities},
		{Name: "cluster/entra", Run: clusterWithEntra},
		{Name: "cluster/profiles", Run: clusterWithProfiles},
		{Name: "cluster/azurerm-5", Run: clusterOfNextMajor},
		{Name: "cluster/rotation", Run: clusterRotates},
		{Name: "cluster/made", Run: readsWhatIsMade},
		{Name: "cluster/with-its-group", Run: goesWithItsGroup},
		{Name: "cluster/stopped", Run: stopsAndStarts},
	}
}

func clusterId(group commonids.ResourceGroupId, name string) commonids.KubernetesClusterId {
	return commonids.NewKubernetesClusterID(group.SubscriptionId, group.ResourceGroupName, name)
}

// cluster is azurerm_kubernetes_cluster with what its blocks default to.
func (s *session) cluster(id commonids.KubernetesClusterId) block[managedclusters.ManagedCluster] {
	properties := &managedclusters.ManagedClusterProperties{
		ApiServerAccessProfile: &managedclusters.ManagedClusterAPIServerAccessProfile{
			EnablePrivateCluster: ptr(false), EnablePrivateClusterPublicFQDN: ptr(false), DisableRunCommand: ptr(false),
		},
		AddonProfiles: &map[string]managedclusters.ManagedClusterAddonProfile{},
		AgentPoolProfiles: &[]managedclusters.ManagedClusterAgentPoolProfile{{
			Name: "default", Count: ptr(int64(1)), VMSize: ptr("Standard_D2s_v5"), Mode: ptr(managedclusters.AgentPoolModeSystem),
			OsType: ptr(managedclusters.OSTypeLinux), OsDiskType: ptr(managedclusters.OSDiskTypeManaged),
			Type: ptr(managedclusters.AgentPoolTypeVirtualMachineScaleSets), ScaleDownMode: ptr(managedclusters.ScaleDownModeDelete),
			EnableAutoScaling: ptr(false), EnableFIPS: ptr(false), EnableNodePublicIP: ptr(false), EnableEncryptionAtHost: ptr(false), EnableUltraSSD: ptr(false),
			KubeletDiskType: ptr(managedclusters.KubeletDiskType("")), NodeLabels: &map[string]string{}, NodeTaints: &[]string{}, Tags: &map[string]string{},
			// Zeros are what the provider makes of numbers that are not set.
			UpgradeSettings: &managedclusters.AgentPoolUpgradeSettings{
				MaxSurge: ptr("10%"), MaxUnavailable: ptr("0"), DrainTimeoutInMinutes: ptr(int64(0)), NodeSoakDurationInMinutes: ptr(int64(0)),
			},
		}},
		AutoUpgradeProfile: &managedclusters.ManagedClusterAutoUpgradeProfile{
			UpgradeChannel: ptr(managedclusters.UpgradeChannelNone), NodeOSUpgradeChannel: ptr(managedclusters.NodeOSUpgradeChannelNodeImage),
		},
		DnsPrefix: ptr("demo"), EnableRBAC: ptr(true), KubernetesVersion: ptr(""), DisableLocalAccounts: ptr(false), NodeResourceGroup: ptr(""),
		MetricsProfile: &managedclusters.ManagedClusterMetricsProfile{CostAnalysis: &managedclusters.ManagedClusterCostAnalysis{Enabled: ptr(false)}},
		NetworkProfile: &managedclusters.ContainerServiceNetworkProfile{
			NetworkPlugin: ptr(managedclusters.NetworkPluginAzure), NetworkPluginMode: ptr(managedclusters.NetworkPluginModeOverlay),
			NetworkMode: ptr(managedclusters.NetworkMode("")), NetworkPolicy: ptr(managedclusters.NetworkPolicy("")),
			NetworkDataplane: ptr(managedclusters.NetworkDataplaneAzure),
			LoadBalancerSku:  ptr(managedclusters.LoadBalancerSkuStandard), OutboundType: ptr(managedclusters.OutboundTypeLoadBalancer),
			PodCidrs: &[]string{}, ServiceCidrs: &[]string{},
			AdvancedNetworking: &managedclusters.AdvancedNetworking{
				Enabled: ptr(false), Observability: &managedclusters.AdvancedNetworkingObservability{Enabled: ptr(false)},
				Security: &managedclusters.AdvancedNetworkingSecurity{Enabled: ptr(false)},
			},
		},
		SecurityProfile:         &managedclusters.ManagedClusterSecurityProfile{},
		ServicePrincipalProfile: &managedclusters.ManagedClusterServicePrincipalProfile{ClientId: "msi"},
		SupportPlan:             ptr(managedclusters.KubernetesSupportPlanKubernetesOfficial),
	}
	return block[managedclusters.ManagedCluster]{
		id: id.ID(),
		body: managedclusters.ManagedCluster{
			Location: region, Tags: &map[string]string{}, Properties: properties,
			Identity: &identity.SystemOrUserAssignedMap{Type: identity.TypeSystemAssigned},
			Sku:      &managedclusters.ManagedClusterSKU{Name: ptr(managedclusters.ManagedClusterSKUNameBase), Tier: ptr(managedclusters.ManagedClusterSKUTierFree)},
		},
		get: func(ctx context.Context) (*http.Response, *managedclusters.ManagedCluster, error) {
			found, err := s.clusters.Get(ctx, id)
			if err == nil {
				err = s.refresh(ctx, id, found.Model)
			}
			return found.HttpResponse, withoutEtags(found.Model), err
		},
		put: func(ctx context.Context, body managedclusters.ManagedCluster) error {
			return s.clusters.CreateOrUpdateThenPoll(ctx, id, body, managedclusters.DefaultCreateOrUpdateOperationOptions())
		},
		remove: func(ctx context.Context) error {
			return s.clusters.DeleteThenPoll(ctx, id, managedclusters.DefaultDeleteOperationOptions())
		},
		absent: []string{
			"properties.aadProfile", "properties.apiServerAccessProfile.authorizedIPRanges", "properties.apiServerAccessProfile.subnetId",
			"properties.apiServerAccessProfile.enableVnetIntegration", "properties.addonProfiles", "properties.azureMonitorProfile",
			"properties.diskEncryptionSetID", "properties.fqdnSubdomain", "properties.httpProxyConfig", "properties.ingressProfile.webAppRouting",
			"properties.linuxProfile", "properties.networkProfile.networkMode", "properties.networkProfile.natGatewayProfile",
			"properties.securityProfile", "properties.serviceMeshProfile", "properties.upgradeSettings", "properties.workloadAutoScalerProfile",
			"extendedLocation", "tags",
			"properties.agentPoolProfiles.0.availabilityZones", "properties.agentPoolProfiles.0.nodeLabels", "properties.agentPoolProfiles.0.nodeTaints",
			"properties.agentPoolProfiles.0.tags", "properties.agentPoolProfiles.0.kubeletConfig", "properties.agentPoolProfiles.0.linuxOSConfig",
			"properties.agentPoolProfiles.0.minCount", "properties.agentPoolProfiles.0.maxCount", "properties.agentPoolProfiles.0.networkProfile",
			"properties.agentPoolProfiles.0.podSubnetID", "properties.agentPoolProfiles.0.vnetSubnetID", "properties.agentPoolProfiles.0.creationData",
			"properties.agentPoolProfiles.0.gpuProfile", "properties.agentPoolProfiles.0.gpuInstanceProfile", "properties.agentPoolProfiles.0.hostGroupID",
			"properties.agentPoolProfiles.0.nodePublicIPPrefixID", "properties.agentPoolProfiles.0.proximityPlacementGroupID",
			"properties.agentPoolProfiles.0.upgradeSettings.drainTimeoutInMinutes", "properties.agentPoolProfiles.0.upgradeSettings.nodeSoakDurationInMinutes",
			"properties.agentPoolProfiles.0.upgradeSettings.undrainableNodeBehavior",
		},
	}
}

// withoutEtags takes off what changes with every write and no attribute shows.
func withoutEtags(cluster *managedclusters.ManagedCluster) *managedclusters.ManagedCluster {
	if cluster == nil || cluster.Properties == nil || cluster.Properties.AgentPoolProfiles == nil {
		return cluster
	}
	cluster.ETag = nil
	for i := range *cluster.Properties.AgentPoolProfiles {
		(*cluster.Properties.AgentPoolProfiles)[i].ETag = nil
	}
	return cluster
}

// refresh makes the further requests of a refresh, and checks what the provider parses.
func (s *session) refresh(ctx context.Context, id commonids.KubernetesClusterId, cluster *managedclusters.ManagedCluster) error {
	user, err := s.clusters.ListClusterUserCredentials(ctx, id, managedclusters.ListClusterUserCredentialsOperationOptions{})
	if err != nil {
		return fmt.Errorf("user credentials: %w", err)
	}
	if _, err := kubeconfigOf(user.Model, "clusterUser"); err != nil {
		return err
	}
	properties := cluster.Properties
	if properties.AadProfile != nil && (properties.DisableLocalAccounts == nil || !*properties.DisableLocalAccounts) {
		admin, err := s.clusters.ListClusterAdminCredentials(ctx, id, managedclusters.ListClusterAdminCredentialsOperationOptions{})
		if err != nil {
			return fmt.Errorf("admin credentials: %w", err)
		}
		if _, err := kubeconfigOf(admin.Model, "clusterAdmin"); err != nil {
			return err
		}
	}
	for _, name := range []string{"default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"} {
		found, _ := s.maintenance.Get(ctx, maintenanceconfigurations.NewMaintenanceConfigurationID(id.SubscriptionId, id.ResourceGroupName, id.ManagedClusterName, name))
		if status(found.HttpResponse) != http.StatusNotFound {
			return fmt.Errorf("maintenance configuration %s: %d", name, status(found.HttpResponse))
		}
	}
	if properties.NetworkProfile == nil || properties.NetworkProfile.LoadBalancerSku == nil {
		return errors.New("the provider reads networkProfile.loadBalancerSku without asking whether it is there")
	}
	if _, err := identity.FlattenSystemOrUserAssignedMap(cluster.Identity); err != nil {
		return err
	}
	for _, kubelet := range *properties.IdentityProfile {
		if _, err := commonids.ParseUserAssignedIdentityIDInsensitively(*kubelet.ResourceId); err != nil {
			return err
		}
	}
	return nil
}

// editPool is a change of the default node pool, which goes through the pool's own resource.
func (s *session) editPool(id commonids.KubernetesClusterId, name string, edit func(*managedclusters.ManagedClusterAgentPoolProfile)) change[managedclusters.ManagedCluster] {
	pool := agentpools.NewAgentPoolID(id.SubscriptionId, id.ResourceGroupName, id.ManagedClusterName, "default")
	return change[managedclusters.ManagedCluster]{
		name: name,
		edit: func(body *managedclusters.ManagedCluster) { edit(&(*body.Properties.AgentPoolProfiles)[0]) },
		apply: func(ctx context.Context) error {
			found, err := s.clusters.Get(ctx, id)
			if err != nil {
				return err
			}
			// The body is made of the configuration alone, which by now says what earlier changes said.
			shown, profile := (*found.Model.Properties.AgentPoolProfiles)[0], (*s.cluster(id).body.Properties.AgentPoolProfiles)[0]
			profile.Count, profile.NodeLabels, profile.Tags = shown.Count, shown.NodeLabels, shown.Tags
			edit(&profile)
			return s.pools.CreateOrUpdateThenPoll(ctx, pool, standalone(profile), agentpools.DefaultCreateOrUpdateOperationOptions())
		},
	}
}

func clusterLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "cluster", func(group commonids.ResourceGroupId) error {
		id := clusterId(group, "Demo")
		cluster := s.cluster(id)
		if err := cluster.create(ctx); err != nil {
			return err
		}
		made, err := cluster.read(ctx)
		if err != nil {
			return err
		}
		if err := showsWhatIsComputed(made, "MC_rg-cluster_Demo_eastus2"); err != nil {
			return err
		}
		if err := s.isReached(ctx, id, 1); err != nil {
			return err
		}
		cluster.absent = nil
		cluster.changes = []change[managedclusters.ManagedCluster]{
			{name: "tags", edit: func(body *managedclusters.ManagedCluster) { body.Tags = &map[string]string{"Env": "Test"} }},
			{name: "sku", edit: func(body *managedclusters.ManagedCluster) {
				body.Sku.Tier = ptr(managedclusters.ManagedClusterSKUTierStandard)
			}},
			{name: "issuer", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.OidcIssuerProfile = &managedclusters.ManagedClusterOIDCIssuerProfile{Enabled: ptr(true)}
			}},
			{name: "channels", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.AutoUpgradeProfile.UpgradeChannel = ptr(managedclusters.UpgradeChannelPatch)
				body.Properties.AutoUpgradeProfile.NodeOSUpgradeChannel = ptr(managedclusters.NodeOSUpgradeChannelSecurityPatch)
			}},
			{name: "run command", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.ApiServerAccessProfile.DisableRunCommand = ptr(true)
			}},
			{name: "outbound addresses", edit: func(body *managedclusters.ManagedCluster) {
				// The provider starts from what it read, which has no more than one of the three kinds.
				profile := body.Properties.NetworkProfile.LoadBalancerProfile
				if profile == nil {
					profile = &managedclusters.ManagedClusterLoadBalancerProfile{}
					body.Properties.NetworkProfile.LoadBalancerProfile = profile
				}
				profile.ManagedOutboundIPs = &managedclusters.ManagedClusterLoadBalancerProfileManagedOutboundIPs{Count: ptr(int64(2))}
				profile.IdleTimeoutInMinutes, profile.AllocatedOutboundPorts = ptr(int64(10)), ptr(int64(1024))
			}},
			s.editPool(id, "count", func(pool *managedclusters.ManagedClusterAgentPoolProfile) { pool.Count = ptr(int64(3)) }),
			s.editPool(id, "labels", func(pool *managedclusters.ManagedClusterAgentPoolProfile) {
				pool.NodeLabels = &map[string]string{"team": "a"}
			}),
			s.editPool(id, "pool tags", func(pool *managedclusters.ManagedClusterAgentPoolProfile) {
				pool.Tags = &map[string]string{"cost": "1"}
			}),
			s.editPool(id, "surge", func(pool *managedclusters.ManagedClusterAgentPoolProfile) { pool.UpgradeSettings.MaxSurge = ptr("33%") }),
		}
		if err := cluster.change(ctx); err != nil {
			return err
		}
		return cluster.destroy(ctx)
	})
}

// showsWhatIsComputed checks the attributes that other resources refer to.
func showsWhatIsComputed(made *managedclusters.ManagedCluster, nodeGroup string) error {
	shown := plain(made)
	for _, path := range []string{
		"id", "name", "properties.fqdn", "properties.azurePortalFQDN", "properties.currentKubernetesVersion", "properties.kubernetesVersion",
		"properties.identityProfile.kubeletidentity.clientId", "properties.identityProfile.kubeletidentity.objectId",
		"properties.networkProfile.dnsServiceIP", "properties.networkProfile.podCidr", "properties.networkProfile.podCidrs", "properties.networkProfile.serviceCidr",
		"properties.networkProfile.ipFamilies", "properties.networkProfile.loadBalancerProfile.effectiveOutboundIPs.0.id",
		"properties.agentPoolProfiles.0.maxPods", "properties.agentPoolProfiles.0.osDiskSizeGB", "properties.agentPoolProfiles.0.osSKU",
		"properties.agentPoolProfiles.0.orchestratorVersion", "properties.agentPoolProfiles.0.kubeletDiskType",
	} {
		if isNothing(at(shown, path)) {
			return fmt.Errorf("%s is not shown", path)
		}
	}
	if made.Identity.PrincipalId == "" || made.Identity.TenantId == "" {
		return fmt.Errorf("the identity is %+v", made.Identity)
	}
	if _, err := commonids.ParseKubernetesClusterID(*made.Id); err != nil {
		return err
	}
	return that(*made.Properties.NodeResourceGroup == nodeGroup, "nodes are in %s", *made.Properties.NodeResourceGroup)
}

// clusterWithIdentities has identities of its own for the control plane and for the kubelets, and a node group with a name.
func clusterWithIdentities(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "cluster-ids", func(group commonids.ResourceGroupId) error {
		id := clusterId(group, "demo")
		control, kubelet := s.identity(group, "Control"), s.identity(group, "Kubelet")
		for _, create := range []func(context.Context) error{control.create, kubelet.create} {
			if err := create(ctx); err != nil {
				return err
			}
		}
		mine, err := control.read(ctx)
		if err != nil {
			return err
		}
		theirs, err := kubelet.read(ctx)
		if err != nil {
			return err
		}
		operator, err := s.role(ctx, *theirs.Id, "Managed Identity Operator")
		if err != nil {
			return err
		}
		assignment := s.assignment(*theirs.Id, fmt.Sprintf(assignmentName, 5), assigned(*operator.Id, *mine.Properties.PrincipalId))
		cluster := s.cluster(id)
		cluster.body.Identity = &identity.SystemOrUserAssignedMap{
			Type: identity.TypeUserAssigned, IdentityIds: map[string]identity.UserAssignedIdentityDetails{*mine.Id: {}},
		}
		cluster.body.Properties.IdentityProfile = &map[string]managedclusters.UserAssignedIdentity{"kubeletidentity": {
			ResourceId: theirs.Id, ClientId: theirs.Properties.ClientId, ObjectId: theirs.Properties.PrincipalId,
		}}
		cluster.body.Properties.NodeResourceGroup = ptr("rg-Nodes")
		(*cluster.body.Properties.AgentPoolProfiles)[0].NodeTaints = &[]string{"CriticalAddonsOnly=true:NoSchedule"}
		cluster.absent = nil
		cluster.changes = []change[managedclusters.ManagedCluster]{{name: "tags", edit: func(body *managedclusters.ManagedCluster) {
			body.Tags = &map[string]string{"a": "b"}
			for name := range body.Identity.IdentityIds {
				body.Identity.IdentityIds[name] = identity.UserAssignedIdentityDetails{}
			}
		}}}
		return steps(
			func() error { return assignment.create(ctx) },
			func() error { return cluster.create(ctx) },
			func() error { return cluster.change(ctx) },
			func() error { return cluster.destroy(ctx) },
			func() error { return assignment.destroy(ctx) },
			func() error { return kubelet.destroy(ctx) },
			func() error { return control.destroy(ctx) },
		)
	})
}

// clusterWithEntra turns on Entra ID, Azure RBAC, and takes local accounts away.
func clusterWithEntra(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "cluster-entra", func(group commonids.ResourceGroupId) error {
		cluster := s.cluster(clusterId(group, "demo"))
		subscription, err := s.subscriptions.Get(ctx, s.subscription)
		if err != nil {
			return err
		}
		cluster.absent = nil
		groups := []string{"b2a6b0a5-3f5e-4a55-9d53-6f2cf5c8a102", "0b7d9a13-8d2c-4f07-8a8c-8f6f3a6f5a01"}
		cluster.changes = []change[managedclusters.ManagedCluster]{
			// A tenant that the configuration does not name is sent empty, and computed.
			{name: "entra", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.AadProfile = &managedclusters.ManagedClusterAADProfile{
					TenantID: ptr(""), Managed: ptr(true), EnableAzureRBAC: ptr(false), AdminGroupObjectIDs: &groups,
				}
			}},
			{name: "tenant", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.AadProfile.TenantID = subscription.Model.TenantId
			}},
			{name: "azure rbac", edit: func(body *managedclusters.ManagedCluster) { body.Properties.AadProfile.EnableAzureRBAC = ptr(true) }},
			{name: "no admin groups", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.AadProfile.AdminGroupObjectIDs = &[]string{}
			}},
			{name: "no local accounts", edit: func(body *managedclusters.ManagedCluster) { body.Properties.DisableLocalAccounts = ptr(true) }},
		}
		return cluster.live(ctx)
	})
}
