package main

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v8"
)

func networkChecks() []check {
	return []check{
		{Name: "network/network-and-subnets", Run: networkAndSubnets},
		{Name: "network/security-rules", Run: securityRules},
		{Name: "network/nat-gateway", Run: natGateway},
		{Name: "network/routes", Run: routes},
		{Name: "network/balancer", Run: balancer},
	}
}

func (s *session) createNetwork(ctx context.Context, subnets ...string) (armnetwork.VirtualNetwork, error) {
	body := armnetwork.VirtualNetwork{
		Location: to.Ptr(location),
		Properties: &armnetwork.VirtualNetworkPropertiesFormat{
			AddressSpace: &armnetwork.AddressSpace{AddressPrefixes: []*string{to.Ptr("10.1.0.0/16")}},
		},
	}
	for i, name := range subnets {
		prefix := []string{"10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24"}[i]
		body.Properties.Subnets = append(body.Properties.Subnets, &armnetwork.Subnet{
			Name: to.Ptr(name), Properties: &armnetwork.SubnetPropertiesFormat{AddressPrefix: to.Ptr(prefix)},
		})
	}
	poller, err := s.network.NewVirtualNetworksClient().BeginCreateOrUpdate(ctx, s.group, "net", body, nil)
	made, err := done(ctx, poller, err)
	return made.VirtualNetwork, err
}

func (s *session) createAddress(ctx context.Context, name string) (armnetwork.PublicIPAddress, error) {
	poller, err := s.network.NewPublicIPAddressesClient().BeginCreateOrUpdate(ctx, s.group, name, armnetwork.PublicIPAddress{
		Location:   to.Ptr(location),
		SKU:        &armnetwork.PublicIPAddressSKU{Name: to.Ptr(armnetwork.PublicIPAddressSKUNameStandard)},
		Properties: &armnetwork.PublicIPAddressPropertiesFormat{PublicIPAllocationMethod: to.Ptr(armnetwork.IPAllocationMethodStatic)},
	}, nil)
	made, err := done(ctx, poller, err)
	return made.PublicIPAddress, err
}

func networkAndSubnets(ctx context.Context, s *session) error {
	client := s.network.NewSubnetsClient()
	made, err := s.createNetwork(ctx, "a", "b")
	if err != nil {
		return err
	}
	if err := equal("subnets", len(made.Properties.Subnets), 2); err != nil {
		return err
	}
	poller, err := client.BeginCreateOrUpdate(ctx, s.group, "net", "c", armnetwork.Subnet{
		Properties: &armnetwork.SubnetPropertiesFormat{AddressPrefix: to.Ptr("10.1.9.0/24")},
	}, nil)
	if _, err := done(ctx, poller, err); err != nil {
		return err
	}
	overlapping, err := client.BeginCreateOrUpdate(ctx, s.group, "net", "d", armnetwork.Subnet{
		Properties: &armnetwork.SubnetPropertiesFormat{AddressPrefix: to.Ptr("10.1.9.128/25")},
	}, nil)
	_, err = done(ctx, overlapping, err)
	if err := refused(err, 400, "NetcfgSubnetRangesOverlap"); err != nil {
		return err
	}
	deleting, err := client.BeginDelete(ctx, s.group, "net", "a", nil)
	if _, err := done(ctx, deleting, err); err != nil {
		return err
	}
	listed, err := drained(ctx, client.NewListPager(s.group, "net", nil), func(page armnetwork.SubnetsClientListResponse) []*armnetwork.Subnet { return page.Value })
	if err != nil {
		return err
	}
	if err := equal("subnets", len(listed), 2); err != nil {
		return err
	}
	networks := s.network.NewVirtualNetworksClient()
	tagged, err := networks.UpdateTags(ctx, s.group, "net", armnetwork.TagsObject{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	if err != nil {
		return err
	}
	if err := equal("tag", value(tagged.Tags["a"]), "b"); err != nil {
		return err
	}
	gone, err := networks.BeginDelete(ctx, s.group, "net", nil)
	if _, err := done(ctx, gone, err); err != nil {
		return err
	}
	_, err = client.Get(ctx, s.group, "net", "b", nil)
	return refused(err, 404, "ResourceNotFound")
}

func securityRules(ctx context.Context, s *session) error {
	rule := func(priority int32, port string) *armnetwork.SecurityRulePropertiesFormat {
		return &armnetwork.SecurityRulePropertiesFormat{
			Access: to.Ptr(armnetwork.SecurityRuleAccessAllow), Direction: to.Ptr(armnetwork.SecurityRuleDirectionInbound),
			Protocol: to.Ptr(armnetwork.SecurityRuleProtocolTCP), Priority: to.Ptr(priority),
			SourceAddressPrefix: to.Ptr("Internet"), SourcePortRange: to.Ptr("*"),
			DestinationAddressPrefix: to.Ptr("*"), DestinationPortRange: to.Ptr(port),
		}
	}
	groups := s.network.NewSecurityGroupsClient()
	poller, err := groups.BeginCreateOrUpdate(ctx, s.group, "nsg", armnetwork.SecurityGroup{
		Location: to.Ptr(location),
		Properties: &armnetwork.SecurityGroupPropertiesFormat{
			SecurityRules: []*armnetwork.SecurityRule{{Name: to.Ptr("https"), Properties: rule(100, "443")}},
		},
	}, nil)
	if _, err := done(ctx, poller, err); err != nil {
		return err
	}
	client := s.network.NewSecurityRulesClient()
	adding, err := client.BeginCreateOrUpdate(ctx, s.group, "nsg", "http", armnetwork.SecurityRule{Properties: rule(110, "80")}, nil)
	if _, err := done(ctx, adding, err); err != nil {
		return err
	}
	got, err := groups.Get(ctx, s.group, "nsg", nil)
	if err != nil {
		return err
	}
	if err := equal("rules", len(got.Properties.SecurityRules), 2); err != nil {
		return err
	}
	if err := equal("default rules", len(got.Properties.DefaultSecurityRules), 6); err != nil {
		return err
	}
	conflicting, err := client.BeginCreateOrUpdate(ctx, s.group, "nsg", "other", armnetwork.SecurityRule{Properties: rule(110, "81")}, nil)
	_, err = done(ctx, conflicting, err)
	if err := refused(err, 400, "SecurityRuleConflict"); err != nil {
		return err
	}
	deleting, err := client.BeginDelete(ctx, s.group, "nsg", "https", nil)
	_, err = done(ctx, deleting, err)
	return err
}

func natGateway(ctx context.Context, s *session) error {
	address, err := s.createAddress(ctx, "ip")
	if err != nil {
		return err
	}
	poller, err := s.network.NewNatGatewaysClient().BeginCreateOrUpdate(ctx, s.group, "nat", armnetwork.NatGateway{
		Location:   to.Ptr(location),
		SKU:        &armnetwork.NatGatewaySKU{Name: to.Ptr(armnetwork.NatGatewaySKUNameStandard)},
		Properties: &armnetwork.NatGatewayPropertiesFormat{PublicIPAddresses: []*armnetwork.SubResource{{ID: address.ID}}},
	}, nil)
	gateway, err := done(ctx, poller, err)
	if err != nil {
		return err
	}
	if _, err := s.createNetwork(ctx, "a"); err != nil {
		return err
	}
	attaching, err := s.network.NewSubnetsClient().BeginCreateOrUpdate(ctx, s.group, "net", "a", armnetwork.Subnet{
		Properties: &armnetwork.SubnetPropertiesFormat{AddressPrefix: to.Ptr("10.1.0.0/24"), NatGateway: &armnetwork.SubResource{ID: gateway.ID}},
	}, nil)
	if _, err := done(ctx, attaching, err); err != nil {
		return err
	}
	got, err := s.network.NewNatGatewaysClient().Get(ctx, s.group, "nat", nil)
	if err != nil {
		return err
	}
	if err := equal("subnets", len(got.Properties.Subnets), 1); err != nil {
		return err
	}
	deleting, err := s.network.NewPublicIPAddressesClient().BeginDelete(ctx, s.group, "ip", nil)
	_, err = done(ctx, deleting, err)
	return refused(err, 400, "PublicIPAddressCannotBeDeleted")
}

func routes(ctx context.Context, s *session) error {
	poller, err := s.network.NewRouteTablesClient().BeginCreateOrUpdate(ctx, s.group, "routes", armnetwork.RouteTable{
		Location: to.Ptr(location),
		Properties: &armnetwork.RouteTablePropertiesFormat{Routes: []*armnetwork.Route{{
			Name: to.Ptr("default"),
			Properties: &armnetwork.RoutePropertiesFormat{
				AddressPrefix: to.Ptr("0.0.0.0/0"), NextHopType: to.Ptr(armnetwork.RouteNextHopTypeVirtualAppliance), NextHopIPAddress: to.Ptr("10.1.0.4"),
			},
		}}},
	}, nil)
	made, err := done(ctx, poller, err)
	if err != nil {
		return err
	}
	got, err := s.network.NewRoutesClient().Get(ctx, s.group, "routes", "default", nil)
	if err != nil {
		return err
	}
	if err := equal("next hop", value(got.Properties.NextHopIPAddress), "10.1.0.4"); err != nil {
		return err
	}
	return equal("routes", len(made.Properties.Routes), 1)
}

func balancer(ctx context.Context, s *session) error {
	address, err := s.createAddress(ctx, "ip")
	if err != nil {
		return err
	}
	client := s.network.NewLoadBalancersClient()
	id := s.groupID() + "/providers/Microsoft.Network/loadBalancers/lb"
	part := func(kind, name string) *armnetwork.SubResource {
		return &armnetwork.SubResource{ID: to.Ptr(id + "/" + kind + "/" + name)}
	}
	poller, err := client.BeginCreateOrUpdate(ctx, s.group, "lb", armnetwork.LoadBalancer{
		Location: to.Ptr(location),
		SKU:      &armnetwork.LoadBalancerSKU{Name: to.Ptr(armnetwork.LoadBalancerSKUNameStandard)},
		Properties: &armnetwork.LoadBalancerPropertiesFormat{
			FrontendIPConfigurations: []*armnetwork.FrontendIPConfiguration{{
				Name:       to.Ptr("front"),
				Properties: &armnetwork.FrontendIPConfigurationPropertiesFormat{PublicIPAddress: &armnetwork.PublicIPAddress{ID: address.ID}},
			}},
			BackendAddressPools: []*armnetwork.BackendAddressPool{{Name: to.Ptr("back")}},
			Probes: []*armnetwork.Probe{{
				Name:       to.Ptr("probe"),
				Properties: &armnetwork.ProbePropertiesFormat{Protocol: to.Ptr(armnetwork.ProbeProtocolTCP), Port: to.Ptr[int32](80)},
			}},
			LoadBalancingRules: []*armnetwork.LoadBalancingRule{{
				Name: to.Ptr("rule"),
				Properties: &armnetwork.LoadBalancingRulePropertiesFormat{
					FrontendIPConfiguration: part("frontendIPConfigurations", "front"), BackendAddressPool: part("backendAddressPools", "back"),
					Probe: part("probes", "probe"), Protocol: to.Ptr(armnetwork.TransportProtocolTCP),
					FrontendPort: to.Ptr[int32](80), BackendPort: to.Ptr[int32](80),
				},
			}},
		},
	}, nil)
	made, err := done(ctx, poller, err)
	if err != nil {
		return err
	}
	if err := equal("rules", len(made.Properties.LoadBalancingRules), 1); err != nil {
		return err
	}
	got, err := s.network.NewPublicIPAddressesClient().Get(ctx, s.group, "ip", nil)
	if err != nil {
		return err
	}
	if err := equal("what has the address", value(got.Properties.IPConfiguration.ID), id+"/frontendIPConfigurations/front"); err != nil {
		return err
	}
	deleting, err := client.BeginDelete(ctx, s.group, "lb", nil)
	_, err = done(ctx, deleting, err)
	return err
}
