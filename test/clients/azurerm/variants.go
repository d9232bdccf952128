package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
	next "github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-10-01/managedclusters"
)

const publicKey = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 slipway@test"

// clusterWithProfiles says all that a configuration can say and that is built.
func clusterWithProfiles(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "profiles", func(group commonids.ResourceGroupId) error {
		address, prefix := s.address(group, "Egress"), s.prefix(group, "Egress")
		for _, create := range []func(context.Context) error{address.create, prefix.create} {
			if err := create(ctx); err != nil {
				return err
			}
		}
		cluster := s.cluster(clusterId(group, "demo"))
		properties := cluster.body.Properties
		cluster.absent = []string{"properties.networkProfile.loadBalancerProfile.managedOutboundIPs"}
		cluster.body.Sku.Tier = ptr(managedclusters.ManagedClusterSKUTierPremium)
		properties.SupportPlan = ptr(managedclusters.KubernetesSupportPlanAKSLongTermSupport)
		properties.LinuxProfile = &managedclusters.ContainerServiceLinuxProfile{
			AdminUsername: "ubuntu",
			Ssh:           managedclusters.ContainerServiceSshConfiguration{PublicKeys: []managedclusters.ContainerServiceSshPublicKey{{KeyData: publicKey}}},
		}
		properties.StorageProfile = &managedclusters.ManagedClusterStorageProfile{
			BlobCSIDriver: &managedclusters.ManagedClusterStorageProfileBlobCSIDriver{Enabled: ptr(false)},
			DiskCSIDriver: &managedclusters.ManagedClusterStorageProfileDiskCSIDriver{Enabled: ptr(true)},
			FileCSIDriver: &managedclusters.ManagedClusterStorageProfileFileCSIDriver{Enabled: ptr(false)}, SnapshotController: &managedclusters.ManagedClusterStorageProfileSnapshotController{Enabled: ptr(false)},
		}
		properties.UpgradeSettings = &managedclusters.ClusterUpgradeSettings{OverrideSettings: &managedclusters.UpgradeOverrideSettings{
			ForceUpgrade: ptr(true), Until: ptr("2030-01-02T15:04:05Z"),
		}}
		properties.BootstrapProfile = &managedclusters.ManagedClusterBootstrapProfile{ArtifactSource: ptr(managedclusters.ArtifactSourceDirect)}
		properties.WorkloadAutoScalerProfile = &managedclusters.ManagedClusterWorkloadAutoScalerProfile{
			Keda: &managedclusters.ManagedClusterWorkloadAutoScalerProfileKeda{Enabled: false},
		}
		properties.SecurityProfile = &managedclusters.ManagedClusterSecurityProfile{
			WorkloadIdentity: &managedclusters.ManagedClusterSecurityProfileWorkloadIdentity{Enabled: ptr(false)},
			ImageCleaner:     &managedclusters.ManagedClusterSecurityProfileImageCleaner{Enabled: ptr(false), IntervalHours: ptr(int64(48))},
		}
		network := properties.NetworkProfile
		network.PodCidr, network.ServiceCidr, network.DnsServiceIP = ptr("192.168.0.0/16"), ptr("172.16.0.0/20"), ptr("172.16.0.10")
		network.IPFamilies = &[]managedclusters.IPFamily{managedclusters.IPFamilyIPvFour}
		network.LoadBalancerProfile = &managedclusters.ManagedClusterLoadBalancerProfile{
			AllocatedOutboundPorts: ptr(int64(0)), BackendPoolType: ptr(managedclusters.BackendPoolTypeNodeIPConfiguration),
			OutboundIPs: &managedclusters.ManagedClusterLoadBalancerProfileOutboundIPs{PublicIPs: &[]managedclusters.ResourceReference{{Id: &address.id}}},
		}
		cluster.changes = []change[managedclusters.ManagedCluster]{
			{name: "outbound ports", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.NetworkProfile.LoadBalancerProfile.AllocatedOutboundPorts = ptr(int64(8000))
			}},
			{name: "key", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.LinuxProfile.Ssh.PublicKeys = []managedclusters.ContainerServiceSshPublicKey{{KeyData: publicKey + "-2"}}
			}},
			{name: "override", edit: func(body *managedclusters.ManagedCluster) {
				body.Properties.UpgradeSettings.OverrideSettings.ForceUpgrade = ptr(false)
			}},
			{name: "tier and plan", edit: func(body *managedclusters.ManagedCluster) {
				body.Sku.Tier = ptr(managedclusters.ManagedClusterSKUTierStandard)
				body.Properties.SupportPlan = ptr(managedclusters.KubernetesSupportPlanKubernetesOfficial)
			}},
		}
		return steps(
			func() error { return cluster.create(ctx) },
			func() error { return cluster.change(ctx) },
			func() error {
				egress := func(edit func(*managedclusters.ManagedClusterLoadBalancerProfile)) change[managedclusters.ManagedCluster] {
					return change[managedclusters.ManagedCluster]{name: "egress", edit: func(body *managedclusters.ManagedCluster) {
						profile := body.Properties.NetworkProfile.LoadBalancerProfile
						profile.ManagedOutboundIPs, profile.OutboundIPs, profile.OutboundIPPrefixes = nil, nil, nil
						edit(profile)
					}}
				}
				err := cluster.update(ctx, egress(func(profile *managedclusters.ManagedClusterLoadBalancerProfile) {
					profile.OutboundIPPrefixes = &managedclusters.ManagedClusterLoadBalancerProfileOutboundIPPrefixes{PublicIPPrefixes: &[]managedclusters.ResourceReference{{Id: &prefix.id}}}
				}))
				if err == nil || !strings.Contains(err.Error(), "NotImplemented") {
					return that(false, "prefixes: %v", err)
				}
				cluster.absent = []string{"properties.networkProfile.loadBalancerProfile.outboundIPs"}
				cluster.changes = []change[managedclusters.ManagedCluster]{egress(func(profile *managedclusters.ManagedClusterLoadBalancerProfile) {
					profile.ManagedOutboundIPs = &managedclusters.ManagedClusterLoadBalancerProfileManagedOutboundIPs{Count: ptr(int64(1))}
				})}
				return cluster.change(ctx)
			},
			func() error { return address.destroy(ctx) },
			func() error { return cluster.destroy(ctx) },
			func() error { return prefix.destroy(ctx) },
		)
	})
}

// in is the same JSON as another type.
func in[T any](value any) T {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	var other T
	if err := json.Unmarshal(text, &other); err != nil {
		panic(err)
	}
	return other
}

// clusterOfNextMajor is azurerm_kubernetes_cluster as azurerm 5 writes it, in its api-version.
func clusterOfNextMajor(ctx context.Context, s *session) error {
	clusters, err := next.NewManagedClustersClientWithBaseURI(s.environment.ResourceManager)
	if err != nil {
		return err
	}
	clusters.Client.Authorizer = s.clusters.Client.Authorizer
	return s.inGroup(ctx, "next", func(group commonids.ResourceGroupId) error {
		id := clusterId(group, "demo")
		former := s.cluster(id)
		cluster := block[next.ManagedCluster]{
			id:   id.ID(),
			body: in[next.ManagedCluster](former.body),
			get: func(ctx context.Context) (*http.Response, *next.ManagedCluster, error) {
				found, err := clusters.Get(ctx, id)
				if found.Model == nil {
					return found.HttpResponse, nil, err
				}
				// Etags differ after every write.
				shown := in[next.ManagedCluster](withoutEtags(ptr(in[managedclusters.ManagedCluster](found.Model))))
				shown.Properties.NodeProvisioningProfile = found.Model.Properties.NodeProvisioningProfile
				return found.HttpResponse, &shown, err
			},
			put: func(ctx context.Context, body next.ManagedCluster) error {
				return clusters.CreateOrUpdateThenPoll(ctx, id, body, next.DefaultCreateOrUpdateOperationOptions())
			},
			remove: func(ctx context.Context) error {
				return clusters.DeleteThenPoll(ctx, id, next.DefaultDeleteOperationOptions())
			},
			absent: former.absent,
		}
		cluster.body.Properties.NodeProvisioningProfile = &next.ManagedClusterNodeProvisioningProfile{
			Mode: ptr(next.NodeProvisioningModeManual), DefaultNodePools: ptr(next.NodeProvisioningDefaultNodePoolsAuto),
		}
		cluster.changes = []change[next.ManagedCluster]{
			{name: "sku", edit: func(body *next.ManagedCluster) { body.Sku.Tier = ptr(next.ManagedClusterSKUTierStandard) }},
			{name: "issuer", edit: func(body *next.ManagedCluster) {
				body.Properties.OidcIssuerProfile = &next.ManagedClusterOIDCIssuerProfile{Enabled: ptr(true)}
			}},
		}
		return steps(
			func() error { return cluster.create(ctx) },
			// Whoever goes from one major version to the other plans no difference either way.
			func() error { return former.plan(ctx) },
			func() error { return cluster.change(ctx) },
			func() error { return cluster.destroy(ctx) },
		)
	})
}
