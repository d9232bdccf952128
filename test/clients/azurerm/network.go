package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-helpers/resourcemanager/zones"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/networksecuritygroups"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/publicipaddresses"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/securityrules"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/subnets"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworks"
)

func networkChecks() []check {
	return []check{
		{Name: "network/virtual-network", Run: networkLives},
		{Name: "network/subnet", Run: subnetLives},
		{Name: "network/security-group", Run: firewallLives},
		{Name: "network/security-rule", Run: ruleLives},
		{Name: "network/associations", Run: associates},
		{Name: "network/public-ip", Run: addressLives},
	}
}

// network is azurerm_virtual_network.
func (s *session) network(group commonids.ResourceGroupId, name string) block[virtualnetworks.VirtualNetwork] {
	id := commonids.NewVirtualNetworkID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[virtualnetworks.VirtualNetwork]{
		id: id.ID(),
		body: virtualnetworks.VirtualNetwork{
			Location: ptr(region), Name: &name, Tags: &map[string]string{},
			Properties: &virtualnetworks.VirtualNetworkPropertiesFormat{
				AddressSpace:                &virtualnetworks.AddressSpace{AddressPrefixes: &[]string{"10.1.0.0/16", "10.0.0.0/16"}},
				DhcpOptions:                 &virtualnetworks.DhcpOptions{DnsServers: &[]string{}},
				Subnets:                     &[]virtualnetworks.Subnet{},
				PrivateEndpointVNetPolicies: ptr(virtualnetworks.PrivateEndpointVNetPoliciesDisabled),
			},
		},
		get: func(ctx context.Context) (*http.Response, *virtualnetworks.VirtualNetwork, error) {
			found, err := s.networks.Get(ctx, id, virtualnetworks.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body virtualnetworks.VirtualNetwork) error {
			return s.networks.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.networks.DeleteThenPoll(ctx, id) },
		absent: []string{
			"properties.bgpCommunities", "properties.ddosProtectionPlan", "properties.encryption.enabled", "properties.flowTimeoutInMinutes",
			"properties.dhcpOptions.dnsServers", "extendedLocation",
		},
	}
}

func networkLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "vnet", func(group commonids.ResourceGroupId) error {
		network := s.network(group, "vnet")
		network.changes = []change[virtualnetworks.VirtualNetwork]{
			{name: "address space", edit: func(body *virtualnetworks.VirtualNetwork) {
				body.Properties.AddressSpace.AddressPrefixes = &[]string{"10.0.0.0/16", "192.168.0.0/20"}
			}},
			{name: "timeout", edit: func(body *virtualnetworks.VirtualNetwork) { body.Properties.FlowTimeoutInMinutes = ptr(int64(10)) }},
			{name: "tags", edit: func(body *virtualnetworks.VirtualNetwork) { body.Tags = &map[string]string{"a": "B"} }},
		}
		network.absent = []string{"properties.bgpCommunities", "properties.ddosProtectionPlan", "properties.encryption.enabled", "properties.subnets"}
		if err := network.create(ctx); err != nil {
			return err
		}
		if err := network.change(ctx); err != nil {
			return err
		}
		return s.inlineSubnets(ctx, network)
	})
}

// inlineSubnets sets the `subnet` blocks of the network's own, and takes them back.
func (s *session) inlineSubnets(ctx context.Context, network block[virtualnetworks.VirtualNetwork]) error {
	subnet := func(name, prefix string) virtualnetworks.Subnet {
		return virtualnetworks.Subnet{Name: &name, Properties: &virtualnetworks.SubnetPropertiesFormat{
			AddressPrefix: &prefix, DefaultOutboundAccess: ptr(true),
			PrivateEndpointNetworkPolicies:    ptr(virtualnetworks.VirtualNetworkPrivateEndpointNetworkPoliciesDisabled),
			PrivateLinkServiceNetworkPolicies: ptr(virtualnetworks.VirtualNetworkPrivateLinkServiceNetworkPoliciesEnabled),
		}}
	}
	network.absent = nil
	with := func(name string, all []virtualnetworks.Subnet) change[virtualnetworks.VirtualNetwork] {
		return change[virtualnetworks.VirtualNetwork]{name: name, edit: func(body *virtualnetworks.VirtualNetwork) { body.Properties.Subnets = &all }}
	}
	network.changes = []change[virtualnetworks.VirtualNetwork]{
		with("two subnets", []virtualnetworks.Subnet{subnet("b", "10.0.2.0/24"), subnet("a", "10.0.1.0/24")}),
		with("one subnet", []virtualnetworks.Subnet{subnet("a", "10.0.1.0/24")}),
	}
	if err := network.change(ctx); err != nil {
		return err
	}
	network.absent = []string{"properties.subnets"}
	network.changes = []change[virtualnetworks.VirtualNetwork]{with("no subnet", []virtualnetworks.Subnet{})}
	if err := network.change(ctx); err != nil {
		return err
	}
	return network.destroy(ctx)
}

// subnet is azurerm_subnet.
func (s *session) subnet(group commonids.ResourceGroupId, network, name, prefix string) block[subnets.Subnet] {
	id := commonids.NewSubnetID(group.SubscriptionId, group.ResourceGroupName, network, name)
	return block[subnets.Subnet]{
		id: id.ID(),
		body: subnets.Subnet{Name: &name, Properties: &subnets.SubnetPropertiesFormat{
			AddressPrefix: &prefix, DefaultOutboundAccess: ptr(true), Delegations: &[]subnets.Delegation{},
			PrivateEndpointNetworkPolicies:    ptr(subnets.VirtualNetworkPrivateEndpointNetworkPoliciesDisabled),
			PrivateLinkServiceNetworkPolicies: ptr(subnets.VirtualNetworkPrivateLinkServiceNetworkPoliciesEnabled),
			ServiceEndpointPolicies:           nil,
			ServiceEndpoints:                  &[]subnets.ServiceEndpointPropertiesFormat{},
		}},
		get: func(ctx context.Context) (*http.Response, *subnets.Subnet, error) {
			found, err := s.subnets.Get(ctx, id, subnets.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body subnets.Subnet) error {
			return s.subnets.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.subnets.DeleteThenPoll(ctx, id) },
		absent: []string{
			"properties.ipamPoolPrefixAllocations", "properties.serviceEndpointPolicies", "properties.sharingScope",
		},
	}
}

func subnetLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "subnet", func(group commonids.ResourceGroupId) error {
		network, subnet := s.network(group, "vnet"), s.subnet(group, "vnet", "snet", "10.0.4.0/22")
		subnet.changes = []change[subnets.Subnet]{
			{name: "outbound access", edit: func(body *subnets.Subnet) { body.Properties.DefaultOutboundAccess = ptr(false) }},
			{name: "policies", edit: func(body *subnets.Subnet) {
				body.Properties.PrivateEndpointNetworkPolicies = ptr(subnets.VirtualNetworkPrivateEndpointNetworkPoliciesNetworkSecurityGroupEnabled)
				body.Properties.PrivateLinkServiceNetworkPolicies = ptr(subnets.VirtualNetworkPrivateLinkServiceNetworkPoliciesDisabled)
			}},
			{name: "service endpoints", edit: func(body *subnets.Subnet) {
				body.Properties.ServiceEndpoints = &[]subnets.ServiceEndpointPropertiesFormat{{Service: ptr("Microsoft.Storage")}, {Service: ptr("Microsoft.KeyVault")}}
			}},
			{name: "delegation", edit: func(body *subnets.Subnet) {
				body.Properties.Delegations = &[]subnets.Delegation{{Name: ptr("first"), Properties: &subnets.ServiceDelegationPropertiesFormat{
					ServiceName: ptr("Microsoft.ContainerService/managedClusters"),
					Actions:     &[]string{"Microsoft.Network/virtualNetworks/subnets/join/action"},
				}}}
			}},
			{name: "prefix", edit: func(body *subnets.Subnet) { body.Properties.AddressPrefix = ptr("10.0.8.0/21") }},
		}
		return steps(
			func() error { return network.create(ctx) },
			func() error { return subnet.create(ctx) },
			func() error { return subnet.change(ctx) },
			// A refresh of the network sees the subnet and plans nothing; the provider puts back what it sees.
			func() error { return network.plan(ctx) },
			func() error {
				return network.update(ctx, change[virtualnetworks.VirtualNetwork]{edit: func(body *virtualnetworks.VirtualNetwork) { body.Tags = &map[string]string{"a": "b"} }})
			},
			func() error { return subnet.plan(ctx) },
			func() error { return subnet.destroy(ctx) },
			func() error { return network.destroy(ctx) },
		)
	})
}

// firewall is azurerm_network_security_group.
func (s *session) firewall(group commonids.ResourceGroupId, name string) block[networksecuritygroups.NetworkSecurityGroup] {
	id := networksecuritygroups.NewNetworkSecurityGroupID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[networksecuritygroups.NetworkSecurityGroup]{
		id: id.ID(),
		body: networksecuritygroups.NetworkSecurityGroup{
			Name: &name, Location: ptr(region), Tags: &map[string]string{},
			Properties: &networksecuritygroups.NetworkSecurityGroupPropertiesFormat{SecurityRules: &[]networksecuritygroups.SecurityRule{}},
		},
		get: func(ctx context.Context) (*http.Response, *networksecuritygroups.NetworkSecurityGroup, error) {
			found, err := s.firewalls.Get(ctx, id, networksecuritygroups.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body networksecuritygroups.NetworkSecurityGroup) error {
			return s.firewalls.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.firewalls.DeleteThenPoll(ctx, id) },
	}
}

func firewallLives(ctx context.Context, s *session) error {
	rule := func(name string, priority int64, edit func(*networksecuritygroups.SecurityRulePropertiesFormat)) networksecuritygroups.SecurityRule {
		properties := networksecuritygroups.SecurityRulePropertiesFormat{
			Description: ptr(""), Protocol: networksecuritygroups.SecurityRuleProtocolTcp, Priority: priority,
			Direction: networksecuritygroups.SecurityRuleDirectionInbound, Access: networksecuritygroups.SecurityRuleAccessAllow,
			SourcePortRange: ptr("*"), DestinationPortRange: ptr("443"), SourceAddressPrefix: ptr("*"), DestinationAddressPrefix: ptr("*"),
		}
		if edit != nil {
			edit(&properties)
		}
		return networksecuritygroups.SecurityRule{Name: &name, Properties: &properties}
	}
	with := func(name string, all []networksecuritygroups.SecurityRule) change[networksecuritygroups.NetworkSecurityGroup] {
		return change[networksecuritygroups.NetworkSecurityGroup]{name: name, edit: func(body *networksecuritygroups.NetworkSecurityGroup) {
			body.Properties.SecurityRules = &all
		}}
	}
	several := rule("several", 200, func(p *networksecuritygroups.SecurityRulePropertiesFormat) {
		p.Protocol, p.Access = networksecuritygroups.SecurityRuleProtocolAny, networksecuritygroups.SecurityRuleAccessDeny
		p.Direction = networksecuritygroups.SecurityRuleDirectionOutbound
		p.SourcePortRange, p.DestinationPortRange, p.SourceAddressPrefix, p.DestinationAddressPrefix = nil, nil, nil, nil
		p.SourcePortRanges, p.DestinationPortRanges = &[]string{"1-100", "8080"}, &[]string{"443", "80"}
		p.SourceAddressPrefixes, p.DestinationAddressPrefixes = &[]string{"10.0.0.0/8", "192.168.1.1"}, &[]string{"172.16.0.0/12"}
		p.Description = ptr("Several of each")
	})
	tag := rule("tag", 150, func(p *networksecuritygroups.SecurityRulePropertiesFormat) {
		p.SourceAddressPrefix = ptr("AzureLoadBalancer")
	})
	return s.inGroup(ctx, "nsg", func(group commonids.ResourceGroupId) error {
		firewall := s.firewall(group, "nsg")
		firewall.changes = []change[networksecuritygroups.NetworkSecurityGroup]{
			with("three rules", []networksecuritygroups.SecurityRule{rule("web", 100, nil), tag, several}),
			with("two rules", []networksecuritygroups.SecurityRule{rule("web", 110, nil), several}),
		}
		return steps(
			func() error { return firewall.create(ctx) },
			func() error { return firewall.change(ctx) },
			func() error {
				firewall.absent = []string{"properties.securityRules"}
				firewall.changes = []change[networksecuritygroups.NetworkSecurityGroup]{with("no rules", []networksecuritygroups.SecurityRule{})}
				return firewall.change(ctx)
			},
			func() error { return firewall.destroy(ctx) },
		)
	})
}

// rule is azurerm_network_security_rule.
func (s *session) rule(group commonids.ResourceGroupId, firewall, name string) block[securityrules.SecurityRule] {
	id := securityrules.NewSecurityRuleID(group.SubscriptionId, group.ResourceGroupName, firewall, name)
	return block[securityrules.SecurityRule]{
		id: id.ID(),
		body: securityrules.SecurityRule{Name: &name, Properties: &securityrules.SecurityRulePropertiesFormat{
			SourcePortRange: ptr("*"), DestinationPortRange: ptr("80-81"), SourceAddressPrefix: ptr("Internet"), DestinationAddressPrefix: ptr("VirtualNetwork"),
			Priority: 300, Protocol: securityrules.SecurityRuleProtocolUdp, Access: securityrules.SecurityRuleAccessDeny,
			Direction: securityrules.SecurityRuleDirectionOutbound, Description: ptr("as sent"),
		}},
		get: func(ctx context.Context) (*http.Response, *securityrules.SecurityRule, error) {
			found, err := s.rules.Get(ctx, id)
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body securityrules.SecurityRule) error {
			return s.rules.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.rules.DeleteThenPoll(ctx, id) },
		absent: []string{
			"properties.sourcePortRanges", "properties.destinationPortRanges", "properties.sourceAddressPrefixes",
			"properties.destinationAddressPrefixes", "properties.sourceApplicationSecurityGroups",
		},
	}
}

func ruleLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "rule", func(group commonids.ResourceGroupId) error {
		firewall, rule := s.firewall(group, "nsg"), s.rule(group, "nsg", "Rule.1")
		rule.changes = []change[securityrules.SecurityRule]{
			{name: "priority", edit: func(body *securityrules.SecurityRule) { body.Properties.Priority = 4096 }},
			{name: "port", edit: func(body *securityrules.SecurityRule) { body.Properties.DestinationPortRange = ptr("*") }},
			{name: "protocol", edit: func(body *securityrules.SecurityRule) {
				body.Properties.Protocol = securityrules.SecurityRuleProtocolIcmp
			}},
		}
		return steps(
			func() error { return firewall.create(ctx) },
			func() error { return rule.live(ctx) },
			func() error { return firewall.destroy(ctx) },
		)
	})
}

// associates sets and takes back azurerm_subnet_network_security_group_association, with a network above and a group beside it.
func associates(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "association", func(group commonids.ResourceGroupId) error {
		network, subnet, firewall := s.network(group, "vnet"), s.subnet(group, "vnet", "snet", "10.0.0.0/24"), s.firewall(group, "Nsg")
		id := networksecuritygroups.NewNetworkSecurityGroupID(group.SubscriptionId, group.ResourceGroupName, "Nsg").ID()
		associated := change[subnets.Subnet]{name: "association", edit: func(body *subnets.Subnet) {
			body.Properties.NetworkSecurityGroup = &subnets.NetworkSecurityGroup{Id: &id}
		}}
		taken := change[subnets.Subnet]{name: "no association", edit: func(body *subnets.Subnet) { body.Properties.NetworkSecurityGroup = nil }}
		return steps(
			func() error { return network.create(ctx) },
			func() error { return subnet.create(ctx) },
			func() error { return firewall.create(ctx) },
			func() error { subnet.changes = []change[subnets.Subnet]{associated}; return subnet.change(ctx) },
			func() error { return firewall.plan(ctx) },
			func() error { return network.plan(ctx) },
			func() error {
				err := firewall.remove(ctx)
				return that(err != nil, "a security group in use was deleted")
			},
			func() error {
				subnet.body.Properties.NetworkSecurityGroup = nil
				subnet.absent, subnet.changes = append(subnet.absent, "properties.networkSecurityGroup"), []change[subnets.Subnet]{taken}
				return subnet.change(ctx)
			},
			func() error { return firewall.destroy(ctx) },
			func() error { return subnet.destroy(ctx) },
			func() error { return network.destroy(ctx) },
		)
	})
}

// address is azurerm_public_ip.
func (s *session) address(group commonids.ResourceGroupId, name string) block[publicipaddresses.PublicIPAddress] {
	id := commonids.NewPublicIPAddressID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[publicipaddresses.PublicIPAddress]{
		id: id.ID(),
		body: publicipaddresses.PublicIPAddress{
			Name: &name, Location: ptr(region), Tags: &map[string]string{},
			Sku: &publicipaddresses.PublicIPAddressSku{
				Name: ptr(publicipaddresses.PublicIPAddressSkuNameStandard), Tier: ptr(publicipaddresses.PublicIPAddressSkuTierRegional),
			},
			Properties: &publicipaddresses.PublicIPAddressPropertiesFormat{
				PublicIPAllocationMethod: ptr(publicipaddresses.IPAllocationMethodStatic),
				PublicIPAddressVersion:   ptr(publicipaddresses.IPVersionIPvFour),
				IdleTimeoutInMinutes:     ptr(int64(4)),
				DdosSettings:             &publicipaddresses.DdosSettings{ProtectionMode: ptr(publicipaddresses.DdosSettingsProtectionModeVirtualNetworkInherited)},
			},
		},
		get: func(ctx context.Context) (*http.Response, *publicipaddresses.PublicIPAddress, error) {
			found, err := s.addresses.Get(ctx, id, publicipaddresses.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body publicipaddresses.PublicIPAddress) error {
			return s.addresses.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.addresses.DeleteThenPoll(ctx, id) },
		absent: []string{"zones", "properties.ipTags", "properties.publicIPPrefix", "properties.dnsSettings.reverseFqdn", "extendedLocation"},
	}
}

func addressLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "pip", func(group commonids.ResourceGroupId) error {
		plainAddress, zonal := s.address(group, "pip"), s.address(group, "zonal")
		plainAddress.changes = []change[publicipaddresses.PublicIPAddress]{
			{name: "timeout", edit: func(body *publicipaddresses.PublicIPAddress) { body.Properties.IdleTimeoutInMinutes = ptr(int64(30)) }},
			{name: "label", edit: func(body *publicipaddresses.PublicIPAddress) {
				body.Properties.DnsSettings = &publicipaddresses.PublicIPAddressDnsSettings{DomainNameLabel: ptr("slipway-life")}
			}},
			{name: "tags", edit: func(body *publicipaddresses.PublicIPAddress) { body.Tags = &map[string]string{"x": "y"} }},
		}
		zonal.body.Zones = &zones.Schema{"1", "2", "3"}
		zonal.absent = nil
		return steps(
			func() error { return plainAddress.live(ctx) },
			func() error { return zonal.live(ctx) },
			func() error {
				again, err := s.addresses.ListComplete(ctx, group)
				if err != nil || len(again.Items) > 0 {
					return fmt.Errorf("%d are left: %w", len(again.Items), err)
				}
				return nil
			},
		)
	})
}
