package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	aks "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const vmSize = "Standard_D2s_v5"

func clusterChecks() []check {
	return []check{
		{Name: "clusters/lifecycle", Run: clusterLifecycle},
		{Name: "clusters/resumed-operation", Run: resumedOperation},
		{Name: "clusters/lists", Run: clusterLists},
		{Name: "clusters/etags", Run: clusterEtags},
		{Name: "clusters/tags", Run: clusterTags},
		{Name: "clusters/credentials", Run: clusterCredentials},
		{Name: "clusters/entra", Run: clusterOfEntra},
		{Name: "clusters/stop-and-start", Run: stopAndStart},
		{Name: "clusters/upgrade", Run: upgradeCluster},
		{Name: "clusters/node-resource-group", Run: nodeResourceGroup},
		{Name: "clusters/user-assigned-identities", Run: clusterOfIdentity},
	}
}

// clusterBody is a cluster of one system pool with two nodes.
func clusterBody(prefix string, change func(*aks.ManagedCluster)) aks.ManagedCluster {
	body := aks.ManagedCluster{
		Location: to.Ptr(location),
		Identity: &aks.ManagedClusterIdentity{Type: to.Ptr(aks.ResourceIdentityTypeSystemAssigned)},
		Properties: &aks.ManagedClusterProperties{
			DNSPrefix: to.Ptr(prefix),
			AgentPoolProfiles: []*aks.ManagedClusterAgentPoolProfile{{
				Name: to.Ptr("system"), Count: to.Ptr[int32](2), VMSize: to.Ptr(vmSize), Mode: to.Ptr(aks.AgentPoolModeSystem),
			}},
		},
	}
	if change != nil {
		change(&body)
	}
	return body
}

func (s *session) createCluster(ctx context.Context, name string, change func(*aks.ManagedCluster)) (aks.ManagedCluster, error) {
	poller, err := s.aks.NewManagedClustersClient().BeginCreateOrUpdate(ctx, s.group, name, clusterBody(name, change), nil)
	made, err := done(ctx, poller, err)
	return made.ManagedCluster, err
}

func (s *session) updateCluster(ctx context.Context, name string, change func(*aks.ManagedCluster)) (aks.ManagedCluster, error) {
	client := s.aks.NewManagedClustersClient()
	got, err := client.Get(ctx, s.group, name, nil)
	if err != nil {
		return got.ManagedCluster, err
	}
	change(&got.ManagedCluster)
	poller, err := client.BeginCreateOrUpdate(ctx, s.group, name, got.ManagedCluster, nil)
	made, err := done(ctx, poller, err)
	return made.ManagedCluster, err
}

// kubernetes is client-go with the administrator's kubeconfig, used as it is.
func (s *session) kubernetes(ctx context.Context, name string) (*kubernetes.Clientset, error) {
	answer, err := s.aks.NewManagedClustersClient().ListClusterAdminCredentials(ctx, s.group, name, nil)
	if err != nil {
		return nil, err
	}
	return clientOf(answer.Kubeconfigs)
}

func clientOf(kubeconfigs []*aks.CredentialResult) (*kubernetes.Clientset, error) {
	if len(kubeconfigs) != 1 {
		return nil, fmt.Errorf("%d kubeconfigs", len(kubeconfigs))
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfigs[0].Value)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

func clusterLifecycle(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	made, err := s.createCluster(ctx, "one", nil)
	if err != nil {
		return err
	}
	p := made.Properties
	for what, pair := range map[string][2]any{
		"state":          {value(p.ProvisioningState), "Succeeded"},
		"power":          {value(p.PowerState.Code), aks.CodeRunning},
		"support plan":   {value(p.SupportPlan), aks.KubernetesSupportPlanKubernetesOfficial},
		"tier":           {value(made.SKU.Tier), aks.ManagedClusterSKUTierFree},
		"plugin mode":    {value(p.NetworkProfile.NetworkPluginMode), aks.NetworkPluginModeOverlay},
		"balancer":       {value(p.NetworkProfile.LoadBalancerSKU), aks.LoadBalancerSKUStandard},
		"outbound type":  {value(p.NetworkProfile.OutboundType), aks.OutboundTypeLoadBalancer},
		"pods of a node": {value(p.AgentPoolProfiles[0].MaxPods), int32(250)},
		"outbound IPs":   {len(p.NetworkProfile.LoadBalancerProfile.EffectiveOutboundIPs), 1},
		"client":         {value(p.ServicePrincipalProfile.ClientID), "msi"},
	} {
		if err := equal(what, pair[0], pair[1]); err != nil {
			return err
		}
	}
	for what, text := range map[string]*string{
		"fqdn": p.Fqdn, "etag": made.ETag, "principal": made.Identity.PrincipalID, "kubelet": p.IdentityProfile["kubeletidentity"].ClientID,
		"issuer": p.OidcIssuerProfile.IssuerURL, "version": p.CurrentKubernetesVersion, "image": p.AgentPoolProfiles[0].NodeImageVersion,
	} {
		if value(text) == "" {
			return fmt.Errorf("%s is missing", what)
		}
	}
	poller, err := client.BeginDelete(ctx, s.group, "one", nil)
	if _, err := done(ctx, poller, err); err != nil {
		return err
	}
	_, err = client.Get(ctx, s.group, "one", nil)
	if err := refused(err, 404, "ResourceNotFound"); err != nil {
		return err
	}
	exists, err := s.resources.NewResourceGroupsClient().CheckExistence(ctx, value(p.NodeResourceGroup), nil)
	if err != nil {
		return err
	}
	return equal("existence of the node resource group", exists.Success, false)
}

// resumedOperation starts in one process what another one waits for.
func resumedOperation(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	first, err := client.BeginCreateOrUpdate(ctx, s.group, "one", clusterBody("one", nil), nil)
	if err != nil {
		return err
	}
	token, err := first.ResumeToken()
	if err != nil {
		return err
	}
	options := &aks.ManagedClustersClientBeginCreateOrUpdateOptions{ResumeToken: token}
	second, err := client.BeginCreateOrUpdate(ctx, s.group, "one", aks.ManagedCluster{}, options)
	made, err := done(ctx, second, err)
	if err != nil {
		return err
	}
	return equal("state", value(made.Properties.ProvisioningState), "Succeeded")
}

func clusterLists(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	for _, name := range []string{"one", "two"} {
		if _, err := s.createCluster(ctx, name, nil); err != nil {
			return err
		}
	}
	here, err := drained(ctx, client.NewListByResourceGroupPager(s.group, nil), func(page aks.ManagedClustersClientListByResourceGroupResponse) []*aks.ManagedCluster {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("clusters of the group", len(here), 2); err != nil {
		return err
	}
	everywhere, err := drained(ctx, client.NewListPager(nil), func(page aks.ManagedClustersClientListResponse) []*aks.ManagedCluster { return page.Value })
	if err != nil {
		return err
	}
	found := 0
	for _, cluster := range everywhere {
		if id, err := arm.ParseResourceID(value(cluster.ID)); err != nil {
			return err
		} else if strings.EqualFold(id.ResourceGroupName, s.group) {
			found++
		}
	}
	return equal("clusters of the group among all", found, 2)
}

func clusterEtags(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	made, err := s.createCluster(ctx, "one", nil)
	if err != nil {
		return err
	}
	body := made
	body.Tags = map[string]*string{"a": to.Ptr("b")}
	send := func(options aks.ManagedClustersClientBeginCreateOrUpdateOptions) error {
		poller, err := client.BeginCreateOrUpdate(ctx, s.group, "one", body, &options)
		_, err = done(ctx, poller, err)
		return err
	}
	if err := send(aks.ManagedClustersClientBeginCreateOrUpdateOptions{IfMatch: made.ETag}); err != nil {
		return err
	}
	for _, options := range []aks.ManagedClustersClientBeginCreateOrUpdateOptions{{IfMatch: made.ETag}, {IfNoneMatch: to.Ptr("*")}} {
		if err := refused(send(options), 412, "PreConditionFailed"); err != nil {
			return err
		}
	}
	_, err = client.BeginDelete(ctx, s.group, "one", &aks.ManagedClustersClientBeginDeleteOptions{IfMatch: made.ETag})
	return refused(err, 412, "PreConditionFailed")
}

func clusterTags(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	poller, err := client.BeginUpdateTags(ctx, s.group, "one", aks.TagsObject{Tags: map[string]*string{"owner": to.Ptr("me")}}, nil)
	updated, err := done(ctx, poller, err)
	if err != nil {
		return err
	}
	if err := equal("tag", value(updated.Tags["owner"]), "me"); err != nil {
		return err
	}
	group, err := s.resources.NewResourceGroupsClient().Get(ctx, value(updated.Properties.NodeResourceGroup), nil)
	if err != nil {
		return err
	}
	return equal("tag of the node resource group", value(group.Tags["owner"]), "me")
}

func clusterCredentials(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	made, err := s.createCluster(ctx, "one", nil)
	if err != nil {
		return err
	}
	admin, err := client.ListClusterAdminCredentials(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	user, err := client.ListClusterUserCredentials(ctx, s.group, "one", &aks.ManagedClustersClientListClusterUserCredentialsOptions{Format: to.Ptr(aks.FormatExec)})
	if err != nil {
		return err
	}
	legacy, err := client.GetAccessProfile(ctx, s.group, "one", "clusterAdmin", nil)
	if err != nil {
		return err
	}
	for _, kubeconfigs := range [][]*aks.CredentialResult{admin.Kubeconfigs, user.Kubeconfigs, {{Value: legacy.Properties.KubeConfig}}} {
		kube, err := clientOf(kubeconfigs)
		if err != nil {
			return err
		}
		nodes, err := kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.azure.com/mode=system"})
		if err != nil {
			return err
		}
		if err := equal("nodes", len(nodes.Items), 2); err != nil {
			return err
		}
		version, err := kube.Discovery().ServerVersion()
		if err != nil {
			return err
		}
		if err := equal("version", version.GitVersion, "v"+value(made.Properties.CurrentKubernetesVersion)); err != nil {
			return err
		}
	}
	return nil
}

// aksServer is the application that every AKS API server is in Entra.
const aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

// clusterOfEntra has no local accounts: the token of an application opens it, once it has a role on it.
func clusterOfEntra(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	made, err := s.createCluster(ctx, "one", func(cluster *aks.ManagedCluster) {
		cluster.Properties.AADProfile = &aks.ManagedClusterAADProfile{Managed: to.Ptr(true), EnableAzureRBAC: to.Ptr(true)}
		cluster.Properties.DisableLocalAccounts = to.Ptr(true)
	})
	if err != nil {
		return err
	}
	_, err = client.ListClusterAdminCredentials(ctx, s.group, "one", nil)
	if err := refused(err, 400, "BadRequest"); err != nil {
		return err
	}
	answer, err := client.ListClusterUserCredentials(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	appID, secret, err := s.createApplication(ctx)
	if err != nil {
		return err
	}
	principal, err := s.createPrincipal(ctx, appID)
	if err != nil {
		return err
	}
	credential, err := azidentity.NewClientSecretCredential(s.tenant, appID, secret, nil)
	if err != nil {
		return err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{aksServer + "/.default"}})
	if err != nil {
		return err
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(answer.Kubeconfigs[0].Value)
	if err != nil {
		return err
	}
	if config.ExecProvider == nil || config.ExecProvider.Command != "kubelogin" {
		return fmt.Errorf("the kubeconfig runs %v", config.ExecProvider)
	}
	config.ExecProvider, config.BearerToken = nil, token.Token
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	_, err = kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		return fmt.Errorf("expected Forbidden without a role, got %w", orNone(err))
	}
	if _, err := s.assign(ctx, value(made.ID), "Azure Kubernetes Service RBAC Cluster Admin", principal); err != nil {
		return err
	}
	nodes, err := kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return equal("nodes", len(nodes.Items), 2)
}

func stopAndStart(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	stopping, err := client.BeginStop(ctx, s.group, "one", nil)
	if _, err := done(ctx, stopping, err); err != nil {
		return err
	}
	stopped, err := client.Get(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	if err := equal("power", value(stopped.Properties.PowerState.Code), aks.CodeStopped); err != nil {
		return err
	}
	_, err = client.BeginUpdateTags(ctx, s.group, "one", aks.TagsObject{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	if err := refused(err, 400, "OperationNotAllowed"); err != nil {
		return err
	}
	starting, err := client.BeginStart(ctx, s.group, "one", nil)
	if _, err := done(ctx, starting, err); err != nil {
		return err
	}
	kube, err := s.kubernetes(ctx, "one")
	if err != nil {
		return err
	}
	nodes, err := kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return equal("nodes", len(nodes.Items), 2)
}

// upgradeCluster raises the control plane to the newest version that its upgrade profile names.
func upgradeCluster(ctx context.Context, s *session) error {
	client := s.aks.NewManagedClustersClient()
	offered, err := client.ListKubernetesVersions(ctx, location, nil)
	if err != nil {
		return err
	}
	oldest := ""
	for _, version := range offered.Values {
		for _, plan := range version.Capabilities.SupportPlan {
			if value(plan) == aks.KubernetesSupportPlanKubernetesOfficial && (oldest == "" || value(version.Version) < oldest) {
				oldest = value(version.Version)
			}
		}
	}
	before, err := s.createCluster(ctx, "one", func(cluster *aks.ManagedCluster) { cluster.Properties.KubernetesVersion = to.Ptr(oldest) })
	if err != nil {
		return err
	}
	profile, err := client.GetUpgradeProfile(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	upgrades := profile.Properties.ControlPlaneProfile.Upgrades
	if len(upgrades) == 0 {
		return fmt.Errorf("%s has no upgrade", oldest)
	}
	target := value(upgrades[len(upgrades)-1].KubernetesVersion)
	after, err := s.updateCluster(ctx, "one", func(cluster *aks.ManagedCluster) { cluster.Properties.KubernetesVersion = to.Ptr(target) })
	if err != nil {
		return err
	}
	if err := equal("version", value(after.Properties.CurrentKubernetesVersion), target); err != nil {
		return err
	}
	pool := after.Properties.AgentPoolProfiles[0]
	if err := equal("version of the pool", value(pool.CurrentOrchestratorVersion), value(before.Properties.CurrentKubernetesVersion)); err != nil {
		return err
	}
	kube, err := s.kubernetes(ctx, "one")
	if err != nil {
		return err
	}
	version, err := kube.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	if err := equal("server", version.GitVersion, "v"+target); err != nil {
		return err
	}
	_, err = s.updateCluster(ctx, "one", func(cluster *aks.ManagedCluster) {
		cluster.Properties.KubernetesVersion = before.Properties.CurrentKubernetesVersion
	})
	return refused(err, 400, "OperationNotAllowed")
}

func nodeResourceGroup(ctx context.Context, s *session) error {
	name := s.group + "-nodes"
	made, err := s.createCluster(ctx, "one", func(cluster *aks.ManagedCluster) { cluster.Properties.NodeResourceGroup = to.Ptr(name) })
	if err != nil {
		return err
	}
	group, err := s.resources.NewResourceGroupsClient().Get(ctx, name, nil)
	if err != nil {
		return err
	}
	if err := equal("manager", strings.ToLower(value(group.ManagedBy)), strings.ToLower(value(made.ID))); err != nil {
		return err
	}
	balancer, err := s.network.NewLoadBalancersClient().Get(ctx, name, "kubernetes", nil)
	if err != nil {
		return err
	}
	rules := balancer.Properties.OutboundRules
	if len(rules) != 1 || value(rules[0].Name) != "aksOutboundRule" {
		return fmt.Errorf("%d outbound rules", len(rules))
	}
	address, err := arm.ParseResourceID(value(made.Properties.NetworkProfile.LoadBalancerProfile.EffectiveOutboundIPs[0].ID))
	if err != nil {
		return err
	}
	outbound, err := s.network.NewPublicIPAddressesClient().Get(ctx, address.ResourceGroupName, address.Name, nil)
	if err != nil {
		return err
	}
	if value(outbound.Properties.IPAddress) == "" {
		return fmt.Errorf("%s has no address", address.Name)
	}
	return nil
}

// clusterOfIdentity has an identity of the caller's own for its control plane and one for its kubelets, which the first may hand out.
func clusterOfIdentity(ctx context.Context, s *session) error {
	plane, err := s.createIdentity(ctx, "plane")
	if err != nil {
		return err
	}
	kubelet, err := s.createIdentity(ctx, "kubelet")
	if err != nil {
		return err
	}
	change := func(cluster *aks.ManagedCluster) {
		cluster.Identity = &aks.ManagedClusterIdentity{
			Type:                   to.Ptr(aks.ResourceIdentityTypeUserAssigned),
			UserAssignedIdentities: map[string]*aks.ManagedServiceIdentityUserAssignedIdentitiesValue{value(plane.ID): {}},
		}
		cluster.Properties.IdentityProfile = map[string]*aks.UserAssignedIdentity{"kubeletidentity": {
			ResourceID: kubelet.ID, ClientID: kubelet.Properties.ClientID, ObjectID: kubelet.Properties.PrincipalID,
		}}
	}
	_, err = s.createCluster(ctx, "one", change)
	if err := refused(err, 400, "CustomKubeletIdentityMissingPermissionError"); err != nil {
		return err
	}
	if _, err := s.assign(ctx, value(kubelet.ID), "Managed Identity Operator", value(plane.Properties.PrincipalID)); err != nil {
		return err
	}
	made, err := s.createCluster(ctx, "one", change)
	if err != nil {
		return err
	}
	if err := equal("identities", len(made.Identity.UserAssignedIdentities), 1); err != nil {
		return err
	}
	for id, assigned := range made.Identity.UserAssignedIdentities {
		if err := equal("identity", strings.ToLower(id), strings.ToLower(value(plane.ID))); err != nil {
			return err
		}
		if err := equal("client", value(assigned.ClientID), value(plane.Properties.ClientID)); err != nil {
			return err
		}
	}
	shown := made.Properties.IdentityProfile["kubeletidentity"]
	return equal("kubelets", value(shown.ClientID), value(kubelet.Properties.ClientID))
}
