package main

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/compute/armcompute/v7"
)

func computeChecks() []check {
	return []check{
		{Name: "compute/machines-of-a-cluster", Run: machinesOfCluster},
		{Name: "compute/sizes-and-quota", Run: sizesAndQuota},
	}
}

// machinesOfCluster reads the scale set behind a pool, as Cluster API's provider does to know the machines of its nodes.
func machinesOfCluster(ctx context.Context, s *session) error {
	made, err := s.createCluster(ctx, "one", nil)
	if err != nil {
		return err
	}
	group := value(made.Properties.NodeResourceGroup)
	scaleSets := s.compute.NewVirtualMachineScaleSetsClient()
	listed, err := drained(ctx, scaleSets.NewListPager(group, nil), func(page armcompute.VirtualMachineScaleSetsClientListResponse) []*armcompute.VirtualMachineScaleSet {
		return page.Value
	})
	if err != nil {
		return err
	}
	if err := equal("scale sets", len(listed), 1); err != nil {
		return err
	}
	name := value(listed[0].Name)
	if err := equal("pool", value(listed[0].Tags["aks-managed-poolName"]), "system"); err != nil {
		return err
	}
	if _, err := scaleSets.GetInstanceView(ctx, group, name, nil); err != nil {
		return err
	}
	client := s.compute.NewVirtualMachineScaleSetVMsClient()
	machines, err := drained(ctx, client.NewListPager(group, name, nil), func(page armcompute.VirtualMachineScaleSetVMsClientListResponse) []*armcompute.VirtualMachineScaleSetVM {
		return page.Value
	})
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
	for _, machine := range machines {
		view, err := client.GetInstanceView(ctx, group, name, value(machine.InstanceID), nil)
		if err != nil {
			return err
		}
		codes := map[string]bool{}
		for _, status := range view.Statuses {
			codes[value(status.Code)] = true
		}
		if !codes["ProvisioningState/succeeded"] || !codes["PowerState/running"] {
			return fmt.Errorf("%s is in %v", value(machine.Name), codes)
		}
	}
	return nil
}

func sizesAndQuota(ctx context.Context, s *session) error {
	pager := s.compute.NewResourceSKUsClient().NewListPager(&armcompute.ResourceSKUsClientListOptions{Filter: to.Ptr("location eq '" + location + "'")})
	sizes, err := drained(ctx, pager, func(page armcompute.ResourceSKUsClientListResponse) []*armcompute.ResourceSKU { return page.Value })
	if err != nil {
		return err
	}
	found := false
	for _, size := range sizes {
		found = found || value(size.Name) == vmSize
	}
	if !found {
		return fmt.Errorf("%s is not among %d sizes", vmSize, len(sizes))
	}
	usages, err := drained(ctx, s.compute.NewUsageClient().NewListPager(location, nil), func(page armcompute.UsageClientListResponse) []*armcompute.Usage { return page.Value })
	if err != nil {
		return err
	}
	for _, usage := range usages {
		if value(usage.Name.Value) == "cores" {
			return nil
		}
	}
	return fmt.Errorf("no quota of cores among %d", len(usages))
}
