package main

import (
	"context"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-helpers/resourcemanager/zones"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/natgateways"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/publicipprefixes"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/routes"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/routetables"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/subnets"
	"github.com/hashicorp/go-azure-sdk/resource-manager/network/2025-01-01/virtualnetworkpeerings"
)

func routingChecks() []check {
	return []check{
		{Name: "routing/table", Run: tableLives},
		{Name: "routing/route", Run: routeLives},
		{Name: "routing/nat-gateway", Run: gatewayLives},
		{Name: "routing/prefix", Run: prefixLives},
		{Name: "routing/peering", Run: peeringLives},
	}
}

// table is azurerm_route_table.
func (s *session) table(group commonids.ResourceGroupId, name string) block[routetables.RouteTable] {
	id := routetables.NewRouteTableID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[routetables.RouteTable]{
		id: id.ID(),
		body: routetables.RouteTable{
			Name: &name, Location: ptr(region), Tags: &map[string]string{},
			Properties: &routetables.RouteTablePropertiesFormat{DisableBgpRoutePropagation: ptr(false), Routes: &[]routetables.Route{}},
		},
		get: func(ctx context.Context) (*http.Response, *routetables.RouteTable, error) {
			found, err := s.tables.Get(ctx, id, routetables.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body routetables.RouteTable) error {
			return s.tables.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.tables.DeleteThenPoll(ctx, id) },
	}
}

func tableLives(ctx context.Context, s *session) error {
	route := func(name, prefix string, hop routetables.RouteNextHopType, address *string) routetables.Route {
		return routetables.Route{Name: &name, Properties: &routetables.RoutePropertiesFormat{AddressPrefix: &prefix, NextHopType: hop, NextHopIPAddress: address}}
	}
	with := func(name string, all []routetables.Route) change[routetables.RouteTable] {
		return change[routetables.RouteTable]{name: name, edit: func(body *routetables.RouteTable) { body.Properties.Routes = &all }}
	}
	out := route("out", "0.0.0.0/0", routetables.RouteNextHopTypeVirtualAppliance, ptr("10.9.0.4"))
	return s.inGroup(ctx, "table", func(group commonids.ResourceGroupId) error {
		table, network, subnet := s.table(group, "Rt"), s.network(group, "vnet"), s.subnet(group, "vnet", "snet", "10.0.0.0/24")
		table.changes = []change[routetables.RouteTable]{
			with("two routes", []routetables.Route{out, route("drop", "10.8.0.0/16", routetables.RouteNextHopTypeNone, nil)}),
			{name: "propagation", edit: func(body *routetables.RouteTable) { body.Properties.DisableBgpRoutePropagation = ptr(true) }},
			{name: "tags", edit: func(body *routetables.RouteTable) { body.Tags = &map[string]string{"a": "b"} }},
			with("one route", []routetables.Route{out}),
		}
		subnet.changes = []change[subnets.Subnet]{{name: "association", edit: func(body *subnets.Subnet) {
			body.Properties.RouteTable = &subnets.RouteTable{Id: &table.id}
		}}}
		return steps(
			func() error { return table.create(ctx) },
			func() error { return table.change(ctx) },
			func() error { return network.create(ctx) },
			func() error { return subnet.create(ctx) },
			func() error { return subnet.change(ctx) },
			func() error {
				shown, err := table.read(ctx)
				if err != nil {
					return err
				}
				return that(len(*shown.Properties.Subnets) == 1 && *(*shown.Properties.Subnets)[0].Id == subnet.id, "subnets: %v", plain(shown))
			},
			// The provider destroys what depends first.
			func() error { return subnet.destroy(ctx) },
			func() error {
				table.absent, table.changes = []string{"properties.routes", "properties.subnets"}, []change[routetables.RouteTable]{with("no route", []routetables.Route{})}
				return table.change(ctx)
			},
			func() error { return table.destroy(ctx) },
			func() error { return network.destroy(ctx) },
		)
	})
}

// routeLives is azurerm_route below a table of its own.
func routeLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "route", func(group commonids.ResourceGroupId) error {
		table := s.table(group, "rt")
		id := routes.NewRouteID(group.SubscriptionId, group.ResourceGroupName, "rt", "Default")
		route := block[routes.Route]{
			id: id.ID(),
			body: routes.Route{Name: ptr("Default"), Properties: &routes.RoutePropertiesFormat{
				AddressPrefix: ptr("0.0.0.0/0"), NextHopType: routes.RouteNextHopTypeInternet,
			}},
			get: func(ctx context.Context) (*http.Response, *routes.Route, error) {
				found, err := s.routes.Get(ctx, id)
				return found.HttpResponse, found.Model, err
			},
			put: func(ctx context.Context, body routes.Route) error {
				return s.routes.CreateOrUpdateThenPoll(ctx, id, body)
			},
			remove: func(ctx context.Context) error { return s.routes.DeleteThenPoll(ctx, id) },
			changes: []change[routes.Route]{
				{name: "appliance", edit: func(body *routes.Route) {
					body.Properties.NextHopType, body.Properties.NextHopIPAddress = routes.RouteNextHopTypeVirtualAppliance, ptr("10.0.0.4")
				}},
				{name: "service tag", edit: func(body *routes.Route) {
					body.Properties.AddressPrefix, body.Properties.NextHopType, body.Properties.NextHopIPAddress = ptr("AzureCloud"), routes.RouteNextHopTypeInternet, nil
				}},
			},
		}
		return steps(
			func() error { return table.create(ctx) },
			func() error { return route.live(ctx) },
			func() error { return table.destroy(ctx) },
		)
	})
}

// prefix is azurerm_public_ip_prefix.
func (s *session) prefix(group commonids.ResourceGroupId, name string) block[publicipprefixes.PublicIPPrefix] {
	id := publicipprefixes.NewPublicIPPrefixID(group.SubscriptionId, group.ResourceGroupName, name)
	return block[publicipprefixes.PublicIPPrefix]{
		id: id.ID(),
		body: publicipprefixes.PublicIPPrefix{
			Location: ptr(region), Tags: &map[string]string{},
			Sku: &publicipprefixes.PublicIPPrefixSku{
				Name: ptr(publicipprefixes.PublicIPPrefixSkuNameStandard), Tier: ptr(publicipprefixes.PublicIPPrefixSkuTierRegional),
			},
			Properties: &publicipprefixes.PublicIPPrefixPropertiesFormat{
				PrefixLength: ptr(int64(30)), PublicIPAddressVersion: ptr(publicipprefixes.IPVersionIPvFour),
			},
		},
		get: func(ctx context.Context) (*http.Response, *publicipprefixes.PublicIPPrefix, error) {
			found, err := s.prefixes.Get(ctx, id, publicipprefixes.DefaultGetOperationOptions())
			return found.HttpResponse, found.Model, err
		},
		put: func(ctx context.Context, body publicipprefixes.PublicIPPrefix) error {
			return s.prefixes.CreateOrUpdateThenPoll(ctx, id, body)
		},
		remove: func(ctx context.Context) error { return s.prefixes.DeleteThenPoll(ctx, id) },
		absent: []string{"zones", "properties.customIPPrefix"},
	}
}

func prefixLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "prefix", func(group commonids.ResourceGroupId) error {
		prefix := s.prefix(group, "prefix")
		prefix.changes = []change[publicipprefixes.PublicIPPrefix]{
			{name: "tags", edit: func(body *publicipprefixes.PublicIPPrefix) { body.Tags = &map[string]string{"a": "b"} }},
		}
		zonal := s.prefix(group, "zonal")
		zonal.body.Zones, zonal.absent = &zones.Schema{"2"}, nil
		return steps(func() error { return prefix.live(ctx) }, func() error { return zonal.live(ctx) })
	})
}

// gatewayLives is azurerm_nat_gateway with its associations of an address, a prefix and a subnet.
func gatewayLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "nat", func(group commonids.ResourceGroupId) error {
		id := natgateways.NewNatGatewayID(group.SubscriptionId, group.ResourceGroupName, "Nat")
		gateway := block[natgateways.NatGateway]{
			id: id.ID(),
			body: natgateways.NatGateway{
				Location: ptr(region), Tags: &map[string]string{}, Zones: &zones.Schema{"1"},
				Sku:        &natgateways.NatGatewaySku{Name: ptr(natgateways.NatGatewaySkuNameStandard)},
				Properties: &natgateways.NatGatewayPropertiesFormat{IdleTimeoutInMinutes: ptr(int64(4))},
			},
			get: func(ctx context.Context) (*http.Response, *natgateways.NatGateway, error) {
				found, err := s.gateways.Get(ctx, id, natgateways.DefaultGetOperationOptions())
				return found.HttpResponse, found.Model, err
			},
			put: func(ctx context.Context, body natgateways.NatGateway) error {
				return s.gateways.CreateOrUpdateThenPoll(ctx, id, body)
			},
			remove: func(ctx context.Context) error { return s.gateways.DeleteThenPoll(ctx, id) },
			absent: []string{"properties.publicIpAddresses", "properties.publicIpPrefixes", "properties.subnets"},
		}
		address, prefix := s.address(group, "Pip"), s.prefix(group, "Prefix")
		network, subnet := s.network(group, "vnet"), s.subnet(group, "vnet", "snet", "10.0.0.0/24")
		address.body.Zones, address.absent = &zones.Schema{"1"}, nil
		prefix.body.Zones, prefix.absent = &zones.Schema{"1"}, nil
		for _, create := range []func(context.Context) error{gateway.create, address.create, prefix.create, network.create, subnet.create} {
			if err := create(ctx); err != nil {
				return err
			}
		}
		gateway.absent = nil
		gateway.changes = []change[natgateways.NatGateway]{
			{name: "address", edit: func(body *natgateways.NatGateway) {
				body.Properties.PublicIPAddresses = &[]natgateways.SubResource{{Id: &address.id}}
			}},
			{name: "prefix", edit: func(body *natgateways.NatGateway) {
				body.Properties.PublicIPPrefixes = &[]natgateways.SubResource{{Id: &prefix.id}}
			}},
			{name: "timeout", edit: func(body *natgateways.NatGateway) { body.Properties.IdleTimeoutInMinutes = ptr(int64(120)) }},
		}
		subnet.changes = []change[subnets.Subnet]{{name: "association", edit: func(body *subnets.Subnet) {
			body.Properties.NatGateway = &subnets.SubResource{Id: &gateway.id}
		}}}
		return steps(
			func() error { return gateway.change(ctx) },
			func() error { return address.plan(ctx) },
			func() error { return subnet.change(ctx) },
			func() error {
				shown, err := gateway.read(ctx)
				if err != nil {
					return err
				}
				return that(at(plain(shown), "properties.subnets.0.id") == subnet.id, "subnets: %v", plain(shown))
			},
			func() error { return subnet.destroy(ctx) },
			func() error { return gateway.destroy(ctx) },
			func() error { return address.destroy(ctx) },
			func() error { return prefix.destroy(ctx) },
			func() error { return network.destroy(ctx) },
		)
	})
}

// peeringLives is azurerm_virtual_network_peering in both directions.
func peeringLives(ctx context.Context, s *session) error {
	return s.inGroup(ctx, "peering", func(group commonids.ResourceGroupId) error {
		hub, spoke := s.network(group, "Hub"), s.network(group, "Spoke")
		spoke.body.Properties.AddressSpace.AddressPrefixes = &[]string{"10.2.0.0/16"}
		peering := func(from, name, remote string) block[virtualnetworkpeerings.VirtualNetworkPeering] {
			id := virtualnetworkpeerings.NewVirtualNetworkPeeringID(group.SubscriptionId, group.ResourceGroupName, from, name)
			return block[virtualnetworkpeerings.VirtualNetworkPeering]{
				id: id.ID(),
				body: virtualnetworkpeerings.VirtualNetworkPeering{Properties: &virtualnetworkpeerings.VirtualNetworkPeeringPropertiesFormat{
					AllowVirtualNetworkAccess: ptr(true), AllowForwardedTraffic: ptr(false), AllowGatewayTransit: ptr(false), UseRemoteGateways: ptr(false),
					PeerCompleteVnets: ptr(true), EnableOnlyIPv6Peering: ptr(false), RemoteVirtualNetwork: &virtualnetworkpeerings.SubResource{Id: &remote},
				}},
				get: func(ctx context.Context) (*http.Response, *virtualnetworkpeerings.VirtualNetworkPeering, error) {
					found, err := s.peerings.Get(ctx, id)
					return found.HttpResponse, found.Model, err
				},
				put: func(ctx context.Context, body virtualnetworkpeerings.VirtualNetworkPeering) error {
					return s.peerings.CreateOrUpdateThenPoll(ctx, id, body, virtualnetworkpeerings.DefaultCreateOrUpdateOperationOptions())
				},
				remove: func(ctx context.Context) error { return s.peerings.DeleteThenPoll(ctx, id) },
				changes: []change[virtualnetworkpeerings.VirtualNetworkPeering]{{name: "forwarding", edit: func(body *virtualnetworkpeerings.VirtualNetworkPeering) {
					body.Properties.AllowForwardedTraffic = ptr(true)
				}}},
			}
		}
		out, back := peering("Hub", "out", spoke.id), peering("Spoke", "back", hub.id)
		return steps(
			func() error { return hub.create(ctx) },
			func() error { return spoke.create(ctx) },
			func() error { return out.create(ctx) },
			func() error { return back.create(ctx) },
			func() error { return out.change(ctx) },
			func() error { return back.plan(ctx) },
			func() error { return hub.plan(ctx) },
			func() error { return out.destroy(ctx) },
			func() error { return back.destroy(ctx) },
			func() error { return spoke.destroy(ctx) },
			func() error { return hub.destroy(ctx) },
		)
	})
}
