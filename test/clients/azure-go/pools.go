package main

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	aks "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func poolChecks() []check {
	return []check{
		{Name: "pools/lifecycle", Run: poolLifecycle},
		{Name: "pools/etags", Run: poolEtags},
		{Name: "pools/several-at-once", Run: poolsAtOnce},
		{Name: "pools/spot", Run: spotPool},
		{Name: "pools/versions", Run: poolVersions},
		{Name: "pools/machines", Run: poolMachines},
		{Name: "pools/last-system-pool", Run: lastSystemPool},
	}
}

func (s *session) putPool(ctx context.Context, name string, properties aks.ManagedClusterAgentPoolProfileProperties, options *aks.AgentPoolsClientBeginCreateOrUpdateOptions) (aks.AgentPool, error) {
	poller, err := s.aks.NewAgentPoolsClient().BeginCreateOrUpdate(ctx, s.group, "one", name, aks.AgentPool{Properties: &properties}, options)
	made, err := done(ctx, poller, err)
	return made.AgentPool, err
}

func userPool(count int32) aks.ManagedClusterAgentPoolProfileProperties {
	return aks.ManagedClusterAgentPoolProfileProperties{
		Count: to.Ptr(count), VMSize: to.Ptr(vmSize), Mode: to.Ptr(aks.AgentPoolModeUser), OSType: to.Ptr(aks.OSTypeLinux),
		NodeLabels: map[string]*string{"team": to.Ptr("blue")}, NodeTaints: []*string{to.Ptr("dedicated=blue:NoSchedule")},
	}
}

// nodes are those that carry a label.
func (s *session) nodes(ctx context.Context, selector string) ([]corev1.Node, error) {
	kube, err := s.kubernetes(ctx, "one")
	if err != nil {
		return nil, err
	}
	list, err := kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

func poolLifecycle(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	client := s.aks.NewAgentPoolsClient()
	made, err := s.putPool(ctx, "user1", userPool(1), nil)
	if err != nil {
		return err
	}
	if err := equal("state", value(made.Properties.ProvisioningState), "Succeeded"); err != nil {
		return err
	}
	listed, err := drained(ctx, client.NewListPager(s.group, "one", nil), func(page aks.AgentPoolsClientListResponse) []*aks.AgentPool { return page.Value })
	if err != nil {
		return err
	}
	if err := equal("pools", len(listed), 2); err != nil {
		return err
	}
	// As operators do: what was read is changed and sent back.
	for _, count := range []int32{3, 0} {
		got, err := client.Get(ctx, s.group, "one", "user1", nil)
		if err != nil {
			return err
		}
		got.Properties.Count = to.Ptr(count)
		scaled, err := s.putPool(ctx, "user1", *got.Properties, nil)
		if err != nil {
			return err
		}
		if err := equal("count", value(scaled.Properties.Count), count); err != nil {
			return err
		}
		nodes, err := s.nodes(ctx, "team=blue")
		if err != nil {
			return err
		}
		if err := equal("nodes", len(nodes), int(count)); err != nil {
			return err
		}
		for _, node := range nodes {
			if len(node.Spec.Taints) != 1 || node.Spec.Taints[0].Key != "dedicated" {
				return fmt.Errorf("taints of %s: %v", node.Name, node.Spec.Taints)
			}
		}
	}
	poller, err := client.BeginDelete(ctx, s.group, "one", "user1", nil)
	if _, err := done(ctx, poller, err); err != nil {
		return err
	}
	_, err = client.Get(ctx, s.group, "one", "user1", nil)
	return refused(err, 404, "ResourceNotFound")
}

func poolEtags(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	made, err := s.putPool(ctx, "user1", userPool(1), &aks.AgentPoolsClientBeginCreateOrUpdateOptions{IfNoneMatch: to.Ptr("*")})
	if err != nil {
		return err
	}
	match := &aks.AgentPoolsClientBeginCreateOrUpdateOptions{IfMatch: made.Properties.ETag}
	updated, err := s.putPool(ctx, "user1", userPool(2), match)
	if err != nil {
		return err
	}
	if value(updated.Properties.ETag) == value(made.Properties.ETag) {
		return fmt.Errorf("the etag stays %s", value(made.Properties.ETag))
	}
	_, err = s.putPool(ctx, "user1", userPool(3), match)
	if err := refused(err, 412, "PreConditionFailed"); err != nil {
		return err
	}
	client := s.aks.NewAgentPoolsClient()
	_, err = client.BeginDelete(ctx, s.group, "one", "user1", &aks.AgentPoolsClientBeginDeleteOptions{IfMatch: made.Properties.ETag})
	return refused(err, 412, "PreConditionFailed")
}

// poolsAtOnce starts operations on several pools of one cluster before any of them ends.
func poolsAtOnce(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	client := s.aks.NewAgentPoolsClient()
	names := []string{"a", "b", "c"}
	outcomes := make(chan error, len(names))
	for _, name := range names {
		properties := userPool(1)
		poller, err := client.BeginCreateOrUpdate(ctx, s.group, "one", name, aks.AgentPool{Properties: &properties}, nil)
		go func() {
			_, err := done(ctx, poller, err)
			outcomes <- err
		}()
	}
	for range names {
		if err := <-outcomes; err != nil {
			return err
		}
	}
	nodes, err := s.nodes(ctx, "team=blue")
	if err != nil {
		return err
	}
	return equal("nodes", len(nodes), len(names))
}

func spotPool(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	properties := userPool(1)
	properties.NodeTaints = nil
	properties.ScaleSetPriority = to.Ptr(aks.ScaleSetPrioritySpot)
	properties.SpotMaxPrice = to.Ptr[float32](0.98765)
	made, err := s.putPool(ctx, "spot", properties, nil)
	if err != nil {
		return err
	}
	if err := equal("price", value(made.Properties.SpotMaxPrice), float32(0.98765)); err != nil {
		return err
	}
	if err := equal("label", value(made.Properties.NodeLabels["kubernetes.azure.com/scalesetpriority"]), "spot"); err != nil {
		return err
	}
	if _, err := s.putPool(ctx, "spot", *made.Properties, nil); err != nil {
		return err
	}
	nodes, err := s.nodes(ctx, "kubernetes.azure.com/scalesetpriority=spot")
	if err != nil {
		return err
	}
	return equal("nodes", len(nodes), 1)
}

func poolVersions(ctx context.Context, s *session) error {
	made, err := s.createCluster(ctx, "one", nil)
	if err != nil {
		return err
	}
	client := s.aks.NewAgentPoolsClient()
	available, err := client.GetAvailableAgentPoolVersions(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	oldest, isDefault := "", ""
	for _, version := range available.Properties.AgentPoolVersions {
		if oldest == "" {
			oldest = value(version.KubernetesVersion)
		}
		if value(version.Default) {
			isDefault = value(version.KubernetesVersion)
		}
	}
	if err := equal("default", isDefault, value(made.Properties.CurrentKubernetesVersion)); err != nil {
		return err
	}
	properties := userPool(1)
	properties.OrchestratorVersion = to.Ptr(oldest)
	if _, err := s.putPool(ctx, "old", properties, nil); err != nil {
		return err
	}
	profile, err := client.GetUpgradeProfile(ctx, s.group, "one", "old", nil)
	if err != nil {
		return err
	}
	if err := equal("version", value(profile.Properties.KubernetesVersion), oldest); err != nil {
		return err
	}
	nodes, err := s.nodes(ctx, "agentpool=old")
	if err != nil {
		return err
	}
	return equal("kubelet", nodes[0].Status.NodeInfo.KubeletVersion, "v"+oldest)
}

func poolMachines(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	client := s.aks.NewMachinesClient()
	machines, err := drained(ctx, client.NewListPager(s.group, "one", "system", nil), func(page aks.MachinesClientListResponse) []*aks.Machine { return page.Value })
	if err != nil {
		return err
	}
	nodes, err := s.nodes(ctx, "agentpool=system")
	if err != nil {
		return err
	}
	if err := equal("machines", len(machines), len(nodes)); err != nil {
		return err
	}
	for i, node := range nodes {
		got, err := client.Get(ctx, s.group, "one", "system", node.Name, nil)
		if err != nil {
			return err
		}
		if err := equal("address", value(got.Properties.Network.IPAddresses[0].IP), node.Status.Addresses[0].Address); err != nil {
			return err
		}
		if err := equal("machine", value(machines[i].Properties.ResourceID), value(got.Properties.ResourceID)); err != nil {
			return err
		}
	}
	return nil
}

func lastSystemPool(ctx context.Context, s *session) error {
	if _, err := s.createCluster(ctx, "one", nil); err != nil {
		return err
	}
	_, err := s.aks.NewAgentPoolsClient().BeginDelete(ctx, s.group, "one", "system", nil)
	if err := refused(err, 400, "OperationNotAllowed"); err != nil {
		return err
	}
	_, err = s.putPool(ctx, "system", aks.ManagedClusterAgentPoolProfileProperties{Mode: to.Ptr(aks.AgentPoolModeUser)}, nil)
	return refused(err, 400, "OperationNotAllowed")
}
