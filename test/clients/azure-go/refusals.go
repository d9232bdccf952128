package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	aks "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
)

func refusalChecks() []check {
	return []check{
		{Name: "refusals/not-found", Run: notFound},
		{Name: "refusals/invalid-cluster", Run: invalidCluster},
		{Name: "refusals/not-authenticated", Run: wrongToken},
		{Name: "refusals/not-authorized", Run: notAuthorized},
		{Name: "refusals/not-built", Run: notBuilt},
		{Name: "refusals/nothing-there", Run: nothingThere},
	}
}

func notFound(ctx context.Context, s *session) error {
	clusters := s.aks.NewManagedClustersClient()
	_, err := clusters.Get(ctx, "no-such-group", "one", nil)
	if err := refused(err, 404, "ResourceGroupNotFound"); err != nil {
		return err
	}
	_, err = clusters.Get(ctx, s.group, "one", nil)
	if err := refused(err, 404, "ResourceNotFound"); err != nil {
		return err
	}
	_, err = s.aks.NewAgentPoolsClient().BeginCreateOrUpdate(ctx, s.group, "one", "np", aks.AgentPool{Properties: &aks.ManagedClusterAgentPoolProfileProperties{}}, nil)
	if err := refused(err, 404, "ParentResourceNotFound"); err != nil {
		return err
	}
	// What is not there is deleted already.
	poller, err := clusters.BeginDelete(ctx, s.group, "one", nil)
	_, err = done(ctx, poller, err)
	return err
}

func invalidCluster(ctx context.Context, s *session) error {
	for code, change := range map[string]func(*aks.ManagedCluster){
		"K8sVersionNotSupported": func(c *aks.ManagedCluster) { c.Properties.KubernetesVersion = to.Ptr("1.12.3") },
		"InvalidParameter":       func(c *aks.ManagedCluster) { c.Properties.DNSPrefix = to.Ptr("a_b") },
		"BadRequest":             func(c *aks.ManagedCluster) { c.Properties.AgentPoolProfiles[0].VMSize = to.Ptr("Standard_Imaginary") },
		"InvalidLoadBalancerProfileAllocatedOutboundPorts": func(c *aks.ManagedCluster) {
			c.Properties.NetworkProfile = &aks.NetworkProfile{LoadBalancerProfile: &aks.ManagedClusterLoadBalancerProfile{AllocatedOutboundPorts: to.Ptr[int32](64000)}}
		},
		"LTSNotAllowedForTier": func(c *aks.ManagedCluster) {
			c.Properties.SupportPlan = to.Ptr(aks.KubernetesSupportPlanAKSLongTermSupport)
		},
	} {
		_, err := s.createCluster(ctx, "one", change)
		if err := refused(err, 400, code); err != nil {
			return err
		}
	}
	return nil
}

// fixedToken is a credential that always has the same token.
type fixedToken string

func (token fixedToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(token), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func wrongToken(ctx context.Context, s *session) error {
	token, err := s.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{graphOrigin + "/.default"}})
	if err != nil {
		return err
	}
	for text, code := range map[string]string{"nonsense": "InvalidAuthenticationToken", token.Token: "InvalidAuthenticationTokenAudience"} {
		if err := refused(s.reads(ctx, fixedToken(text)), 401, code); err != nil {
			return err
		}
	}
	return nil
}

// notAuthorized has a reader try to write.
func notAuthorized(ctx context.Context, s *session) error {
	appID, secret, err := s.createApplication(ctx)
	if err != nil {
		return err
	}
	principal, err := s.createPrincipal(ctx, appID)
	if err != nil {
		return err
	}
	if _, err := s.assign(ctx, s.groupID(), "Reader", principal); err != nil {
		return err
	}
	credential, err := azidentity.NewClientSecretCredential(s.tenant, appID, secret, nil)
	if err != nil {
		return err
	}
	if err := s.reads(ctx, credential); err != nil {
		return err
	}
	reader, err := s.as(credential)
	if err != nil {
		return err
	}
	_, err = reader.identities.NewUserAssignedIdentitiesClient().CreateOrUpdate(ctx, s.group, "one", armmsi.Identity{Location: to.Ptr(location)}, nil)
	if err := refused(err, 403, "AuthorizationFailed"); err != nil {
		return err
	}
	var answer *azcore.ResponseError
	if errors.As(err, &answer); !strings.Contains(answer.Error(), "Microsoft.ManagedIdentity/userAssignedIdentities/write") {
		return fmt.Errorf("the refusal names no action: %w", err)
	}
	return nil
}

// notBuilt is refused by its name, at once: a client that tried it again would wait for nothing.
func notBuilt(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	clusters := s.aks.NewManagedClustersClient()
	_, err := clusters.BeginRunCommand(ctx, s.group, "one", aks.RunCommandRequest{Command: to.Ptr("kubectl get nodes")}, nil)
	if err := refused(err, 501, "NotImplemented"); err != nil {
		return err
	}
	_, err = s.aks.NewAgentPoolsClient().BeginUpgradeNodeImageVersion(ctx, s.group, "one", "system", nil)
	if err := refused(err, 501, "NotImplemented"); err != nil {
		return err
	}
	_, err = s.updateCluster(ctx, "one", func(cluster *aks.ManagedCluster) {
		cluster.Properties.AddonProfiles = map[string]*aks.ManagedClusterAddonProfile{"azurepolicy": {Enabled: to.Ptr(true)}}
	})
	return refused(err, 501, "NotImplemented")
}

// nothingThere lists what cannot be made yet: an operator that looks after it finds none, and goes on.
func nothingThere(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	windows, err := drained(ctx, s.aks.NewMaintenanceConfigurationsClient().NewListByManagedClusterPager(s.group, "one", nil),
		func(page aks.MaintenanceConfigurationsClientListByManagedClusterResponse) []*aks.MaintenanceConfiguration {
			return page.Value
		})
	if err != nil {
		return err
	}
	bindings, err := drained(ctx, s.aks.NewTrustedAccessRoleBindingsClient().NewListPager(s.group, "one", nil),
		func(page aks.TrustedAccessRoleBindingsClientListResponse) []*aks.TrustedAccessRoleBinding {
			return page.Value
		})
	if err != nil {
		return err
	}
	snapshots, err := drained(ctx, s.aks.NewSnapshotsClient().NewListByResourceGroupPager(s.group, nil),
		func(page aks.SnapshotsClientListByResourceGroupResponse) []*aks.Snapshot { return page.Value })
	if err != nil {
		return err
	}
	connections, err := s.aks.NewPrivateEndpointConnectionsClient().List(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	if err := equal("what is there", len(windows)+len(bindings)+len(snapshots)+len(connections.Value), 0); err != nil {
		return err
	}
	_, err = s.aks.NewMaintenanceConfigurationsClient().Get(ctx, s.group, "one", "default", nil)
	return refused(err, 404, "ResourceNotFound")
}
