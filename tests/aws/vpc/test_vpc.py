"""SecureVpc: tiers, closed defaults, routes, growth."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra import TerraformVariable
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.profiles import examples

CIDR = "10.20.0.0/16"


def network(**choices: Any) -> dict[str, Any]:
    """The resources of a network."""
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(**{"cidr": CIDR, **choices}))
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr=CIDR))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = VpcConfig(
        cidr=CIDR,
        secondary_cidrs=("100.64.0.0/16",),
        zones=("eu-central-1a", "eu-central-1b"),
        nat="per_zone",
        ipv6=True,
        flow_logs="s3",
        flow_logs_interval_seconds=60,
        endpoints=("session-manager", "ecr.api"),
        organization_id="o-a1b2c3d4e5",
        block_public_access="block-ingress",
        block_public_access_exclusion="allow-egress",
        readable_buckets=("aws-codedeploy-eu-central-1",),
        tags={"team": "core"},
    )
    SecureVpc(stack, "network", config)
    matches_snapshot(stack)


def test_vpc_is_excluded_before_the_internet_is_blocked() -> None:
    choices = {"block_public_access": "block-ingress", "block_public_access_exclusion": "allow-egress"}
    resources = network(**choices)
    (options,) = resources["aws_vpc_block_public_access_options"].values()
    assert options["depends_on"] == ["aws_vpc_block_public_access_exclusion.network_public_access_exclusion"]
    (alone,) = network(block_public_access="block-ingress")["aws_vpc_block_public_access_options"].values()
    assert "depends_on" not in alone


def test_default_group_closed() -> None:
    (group,) = network()["aws_default_security_group"].values()
    assert group["ingress"] == []
    assert group["egress"] == []


def test_default_acl_and_routes_are_adopted_and_empty() -> None:
    resources = network()
    (acl,) = resources["aws_default_network_acl"].values()
    (routes,) = resources["aws_default_route_table"].values()
    assert "ingress" not in acl
    assert "egress" not in acl
    assert routes["route"] == []


@pytest.mark.parametrize("choices", [{}, {"nat": "per_zone", "ipv6": True}])
def test_no_public_ip_on_launch(choices: dict[str, Any]) -> None:
    for subnet in network(**choices)["aws_subnet"].values():
        assert subnet["map_public_ip_on_launch"] is False
        assert not subnet.get("assign_ipv6_address_on_creation")


def test_several_zones() -> None:
    zones = {subnet["availability_zone"] for subnet in network()["aws_subnet"].values()}
    assert len(zones) == 3


def test_nothing_leaves_by_default() -> None:
    resources = network()
    assert "aws_nat_gateway" not in resources
    (route,) = resources["aws_route"].values()
    assert route["route_table_id"] == "${aws_route_table.network_public_routes.id}"


def test_dns_is_on() -> None:
    (vpc,) = network()["aws_vpc"].values()
    assert vpc["enable_dns_support"] is True
    assert vpc["enable_dns_hostnames"] is True


def test_nat_gateway_in_each_zone() -> None:
    resources = network(nat="per_zone")
    assert set(resources["aws_nat_gateway"]) == {"network_nat_a", "network_nat_b", "network_nat_c"}
    assert all(address["domain"] == "vpc" for address in resources["aws_eip"].values())
    for letter in "abc":
        route = resources["aws_route"][f"network_private_{letter}_to_internet"]
        assert route["nat_gateway_id"] == f"${{aws_nat_gateway.network_nat_{letter}.id}}"


def test_single_nat_gateway_serves_all_zones() -> None:
    resources = network(nat="single")
    assert set(resources["aws_nat_gateway"]) == {"network_nat_a"}
    gateways = {
        route["nat_gateway_id"] for name, route in resources["aws_route"].items() if name.startswith("network_private")
    }
    assert gateways == {"${aws_nat_gateway.network_nat_a.id}"}


def test_isolated_subnets_have_no_way_out() -> None:
    resources = network(nat="per_zone", ipv6=True)
    tables = {route["route_table_id"] for route in resources["aws_route"].values()}
    assert "${aws_route_table.network_isolated_routes.id}" not in tables


def test_ipv6_leaves_through_an_egress_only_gateway() -> None:
    resources = network(nat="single", ipv6=True)
    assert "network_egress_gateway" in resources["aws_egress_only_internet_gateway"]
    route = resources["aws_route"]["network_private_a_to_internet_ipv6"]
    assert "egress_only_gateway_id" in route
    assert "aws_egress_only_internet_gateway" not in network(ipv6=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"zones": 2}, {"zones": 3}),
        ({"tiers": ("public", "private")}, {"tiers": ("public", "private", "isolated")}),
        ({"tiers": ("private",)}, {"tiers": ("isolated", "public", "private")}),
        ({"zones": 2, "nat": "per_zone"}, {"zones": 4, "nat": "per_zone"}),
        ({"nat": "none"}, {"nat": "single"}),
        ({}, {"endpoints": ("containers",)}),
        ({}, {"secondary_cidrs": ("100.64.0.0/16",)}),
        ({"secondary_cidrs": ("100.64.0.0/16",)}, {"secondary_cidrs": ("10.9.0.0/16", "100.64.0.0/16")}),
        ({"zones": 2}, {"zones": 2, "ipv6": True}),
    ],
)
def test_growth_changes_no_address_and_no_network(before: dict[str, Any], after: dict[str, Any]) -> None:
    small, large = network(**before), network(**after)
    for type, blocks in small.items():
        for name, block in blocks.items():
            grown = large[type][name]
            for argument in ("cidr_block", "availability_zone", "vpc_id", "subnet_id", "allocation_id", "rule_number"):
                assert grown.get(argument) == block.get(argument), f"{type}.{name}.{argument}"


@examples(0.25)
@given(st.data())
def test_any_growth_keeps_every_subnet_and_gateway(data: st.DataObject) -> None:
    few, many = sorted(data.draw(st.sets(st.integers(2, 8), min_size=2, max_size=2)))
    all_tiers = data.draw(st.permutations(("public", "private", "isolated")))
    some_tiers = all_tiers[: data.draw(st.integers(1, 3))]
    ways = ("none", "per_zone") if {"public", "private"} <= set(some_tiers) else ("none",)
    nat = data.draw(st.sampled_from(ways))
    small = planned(zones=few, tiers=tuple(some_tiers), nat=nat)
    large = planned(zones=many, tiers=tuple(all_tiers), nat=data.draw(st.sampled_from((nat, "per_zone"))))
    assert small.items() <= large.items()
    assert len(large) > len(small)


def planned(**choices: Any) -> dict[str, Any]:
    """What must never change of a network's subnets and gateways, by address."""
    vpc = SecureVpc(test_stack(), "network", VpcConfig(**{"cidr": CIDR, "reserved_zones": 8, **choices}))
    subnets = {
        each.address: (each.attributes["cidr_block"], each.attributes["availability_zone"])
        for each in vpc.subnets.values()
    }
    gateways = {each.address: each.attributes["subnet_id"] for each in vpc.nat_gateways.values()}
    return {**subnets, **gateways}


def for_provider_6(stack: TerraformStack, region: str = "eu-central-1", **choices: Any) -> SecureVpc:
    AwsProvider(stack, "aws", AwsProviderConfig(region=region, provider_major=6))
    return SecureVpc(stack, "network", VpcConfig(**{"cidr": CIDR, "nat": "regional", **choices}))


def test_regional_nat_needs_no_public_subnets() -> None:
    stack = test_stack()
    vpc = for_provider_6(stack, tiers=("private", "isolated"), zones=2)
    resources = synthesize(stack)["resource"]
    (gateway,) = resources["aws_nat_gateway"].values()
    assert gateway["availability_mode"] == "regional"
    assert gateway["vpc_id"] == vpc.vpc_id
    assert "subnet_id" not in gateway
    assert gateway["depends_on"] == ["aws_internet_gateway.network_internet_gateway"]
    assert gateway["availability_zone_address"] == [
        {
            "availability_zone": f"${{data.aws_region.current.region}}{letter}",
            "allocation_ids": [f"${{aws_eip.network_nat_regional_{letter}_address.id}}"],
        }
        for letter in "ab"
    ]
    ways = {name: route for name, route in resources["aws_route"].items() if "internet" in name}
    assert sorted(ways) == ["network_private_a_to_internet", "network_private_b_to_internet"]
    assert {route["nat_gateway_id"] for route in ways.values()} == {"${aws_nat_gateway.network_nat_regional.id}"}
    assert vpc.nat_public_ips == [f"${{aws_eip.network_nat_regional_{letter}_address.public_ip}}" for letter in "ab"]


def test_regional_nat_shares_nothing_with_other_gateways() -> None:
    stack = test_stack()
    for_provider_6(stack)
    regional = {*synthesize(stack)["resource"]["aws_eip"]}
    assert not regional & {*network(nat="per_zone")["aws_eip"]}


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_refuses_regional_nat_where_aws_has_none(region: str) -> None:
    with pytest.raises(ConfigError, match=f"test/network: nat='regional' is not offered in {region} .* nat='per_zone'"):
        for_provider_6(test_stack(), region)


def test_refuses_regional_nat_for_other_providers() -> None:
    with pytest.raises(
        ConfigError, match="test/network: nat='regional' needs AWS provider 6, and this stack is written for"
    ):
        network(nat="regional")


def test_from_single_to_per_zone_keeps_the_gateway() -> None:
    single, each = network(nat="single"), network(nat="per_zone")
    assert each["aws_nat_gateway"]["network_nat_a"] == single["aws_nat_gateway"]["network_nat_a"]


def test_network_from_a_variable() -> None:
    resources = network(cidr="${var.cidr}")
    assert resources["aws_subnet"]["network_private_a"]["cidr_block"] == "${cidrsubnet(var.cidr, 3, 0)}"
    (vpc,) = resources["aws_vpc"].values()
    conditions = [item["condition"] for item in vpc["lifecycle"]["precondition"]]
    assert "${can(cidrnetmask(var.cidr)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)}" in conditions
    assert any(">= 16 &&" in condition and "<= 23}" in condition for condition in conditions)


def test_network_from_a_variable_of_the_engine() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "cidr", type="string")
    SecureVpc(stack, "network", VpcConfig(cidr=variable.string_value, nat="single"))
    resources = synthesize(stack)["resource"]
    subnet = resources["aws_subnet"]["network_isolated_b"]
    assert subnet["cidr_block"] == "${cidrsubnet(aws_vpc.network_vpc.cidr_block, 4, 9)}"
    assert resources["aws_vpc"]["network_vpc"]["cidr_block"] == "${var.cidr}"


def test_network_from_ipam() -> None:
    resources = network(cidr=None, ipam_pool_id="ipam-pool-0a1b2c", netmask_length=20)
    (vpc,) = resources["aws_vpc"].values()
    assert vpc["ipv4_netmask_length"] == 20
    assert "cidr_block" not in vpc
    subnet = resources["aws_subnet"]["network_private_b"]
    assert subnet["cidr_block"] == "${cidrsubnet(aws_vpc.network_vpc.cidr_block, 3, 1)}"


def test_zone_that_an_account_lacks_is_told_by_terraform() -> None:
    subnet = network()["aws_subnet"]["network_private_c"]
    (condition,) = subnet["lifecycle"]["precondition"]
    assert "data.aws_availability_zones.network_zones.names" in condition["condition"]
    assert "name the zones" in condition["error_message"]
    named = network(zones=("ap-northeast-1a", "ap-northeast-1c"))["aws_subnet"]
    assert named["network_private_c"]["availability_zone"] == "ap-northeast-1c"
    assert "lifecycle" not in named["network_private_c"]


def test_public_properties() -> None:
    vpc = SecureVpc(test_stack(), "network", VpcConfig(cidr=CIDR, zones=2))
    assert vpc.vpc_id == "${aws_vpc.network_vpc.id}"
    assert vpc.private_subnet_ids == ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"]
    assert len(vpc.public_subnet_ids) == len(vpc.isolated_subnet_ids) == 2
    assert vpc.availability_zones == ["${data.aws_region.current.id}a", "${data.aws_region.current.id}b"]
    assert vpc.nat_public_ips == []
    assert vpc.subnets["private-a"].address == "aws_subnet.network_private_a"


def test_addresses_that_others_see() -> None:
    zones = ("eu-central-1a", "eu-central-1c")
    vpc = SecureVpc(test_stack(), "network", VpcConfig(cidr=CIDR, zones=zones, nat="per_zone"))
    assert vpc.availability_zones == list(zones)
    assert vpc.nat_public_ips == [
        "${aws_eip.network_nat_a_address.public_ip}",
        "${aws_eip.network_nat_c_address.public_ip}",
    ]


def test_tiers_separate() -> None:
    resources = network(nat="single")
    tables: dict[str, set[str]] = {}
    for name, association in resources["aws_route_table_association"].items():
        tables.setdefault(name.split("_")[1], set()).add(association["route_table_id"])
    assert not tables["public"] & tables["private"]
    assert not tables["public"] & tables["isolated"]
    assert not tables["private"] & tables["isolated"]


def test_refuses_one_zone_without_a_waiver() -> None:
    with pytest.raises(ControlError, match=r"test/network: VpcConfig zones=1 breaks control vpc-several-zones"):
        network(zones=1)


def test_refuses_a_bucket_that_nothing_would_reach() -> None:
    stack = test_stack()
    bucket = LogBucket(stack, "logs", LogBucketConfig())
    with pytest.raises(ConfigError, match="test/network: flow_log_bucket is given, but flow_logs='cloudwatch'"):
        SecureVpc(stack, "network", VpcConfig(cidr=CIDR), flow_log_bucket=bucket)


def test_waiver_for_one_zone_is_written_beside_the_vpc() -> None:
    waiver = Waiver(control="vpc-several-zones", reason="trial", owner="lab", until="2099-12-31")
    (vpc,) = network(zones=1, waivers=(waiver,))["aws_vpc"].values()
    assert vpc["//"]["waivers"] == [waiver.to_json("test/network")]


def test_refuses_a_second_network_of_the_same_id() -> None:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr=CIDR))
    with pytest.raises(ConfigError, match="test/network: .*already"):
        SecureVpc(stack, "network", VpcConfig(cidr=CIDR))


def test_addresses(snapshot: Any) -> None:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr=CIDR, nat="per_zone"))
    assert addresses(synthesize(stack)) == snapshot
