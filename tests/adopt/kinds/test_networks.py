"""VPCs: by the address plan, or by what their subnets' routes and names say; and why others do not fit."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.networks import candidate
from secureinfra.adopt.source import text_of
from tests.adopt.states import REGION, community, estate, more_subnets, network, resource


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_vpc")[0])


def altered(address: str, **values: Any) -> list[dict[str, Any]]:
    return [{**one, "values": {**one["values"], **values}} if one["address"] == address else one for one in network()]


def propagation() -> dict[str, Any]:
    return resource("aws_vpn_gateway_route_propagation.x", route_table_id="rtb-private", vpn_gateway_id="vgw-1")


def test_subnets_in_their_places() -> None:
    found = made(*network())
    assert (
        text_of(found.config).split()
        == (
            'VpcConfig( cidr="10.20.0.0/16", zones=("eu-central-1a", "eu-central-1b"), tiers=("public", "private"), nat="single", )'
        ).split()
    )
    assert {
        "vpc",
        "private-a",
        "private-b",
        "public-a",
        "public-b",
        "internet-gateway",
        "nat-a",
        "nat-a-address",
    } < set(found.parts)


def test_subnets_elsewhere_keep_their_networks() -> None:
    found = made(*altered("aws_subnet.private_a", cidr_block="10.20.1.0/24"))
    assert found.config.named["subnet_cidrs"] == {
        "private-a": "10.20.1.0/24",
        "private-b": "10.20.32.0/19",
        "public-a": "10.20.192.0/21",
        "public-b": "10.20.200.0/21",
    }
    assert "private-a-association" in found.parts


def test_the_layout_of_the_usual_module() -> None:
    found = made(*community())
    assert found.config.named["tiers"] == ("public", "private", "isolated", "intra")
    assert found.config.named["nat"] == "single"
    assert found.config.named["subnet_cidrs"]["isolated-b"] == "10.40.22.0/24"
    assert {
        role: part.id for role, part in found.parts.items() if role.endswith(("association", "internet", "routes"))
    } == {
        "default-routes": "vpc-0f",
        "public-routes": "rtb-public",
        "private-a-routes": "rtb-private",
        "intra-routes": "rtb-intra",
        "public-to-internet": "rtb-public_0.0.0.0/0",
        "private-a-to-internet": "rtb-private_0.0.0.0/0",
        **{
            f"{tier}-{letter}-association": f"subnet-{name}-{letter}/rtb-{table}"
            for tier, name, table in (
                ("public", "public", "public"),
                ("private", "private", "private"),
                ("isolated", "database", "private"),
                ("intra", "intra", "intra"),
            )
            for letter in "ab"
        },
    }
    assert any(
        note.startswith("module.vpc.aws_subnet.database[0], module.vpc.aws_subnet.database[1]: the way to the internet")
        for note in found.notes
    )
    ((flow_log, why),) = found.apart
    assert flow_log.type == "aws_flow_log"
    assert "would be replaced" in why


def test_database_subnets_with_a_table_of_their_own() -> None:
    table = resource("module.vpc.aws_route_table.database[0]", id="rtb-database", vpc_id="vpc-0f", route=[])
    own = [
        {**one, "values": {**one["values"], "route_table_id": "rtb-database"}}
        if one["address"].startswith("module.vpc.aws_route_table_association.database")
        else one
        for one in community()
    ]
    found = made(*own, table)
    assert found.parts["isolated-routes"].id == "rtb-database"
    assert not any("the way to the internet" in note for note in found.notes)


def test_one_nat_gateway_in_each_zone() -> None:
    found = made(*community(nat="ab"))
    assert found.config.named["nat"] == "per_zone"
    assert {"nat-a", "nat-b", "private-a-routes", "private-b-routes", "private-b-to-internet"} < set(found.parts)


def test_a_tier_without_a_subnet_in_some_zone_gets_a_free_network() -> None:
    there = [one for one in community() if "public[1]" not in one["address"]]
    assert made(*there).config.named["subnet_cidrs"]["public-b"] == "10.40.0.0/24"


def test_a_plan_for_eight_zones() -> None:
    subnets = [
        resource(
            f"aws_subnet.{letter}",
            id=letter,
            vpc_id="vpc-0a1b2c3d4e5f60718",
            cidr_block=cidr,
            availability_zone=f"{REGION}{letter}",
        )
        for letter, cidr in (("a", "10.20.0.0/20"), ("b", "10.20.16.0/20"))
    ]
    assert made(network()[0], *subnets).config.named["reserved_zones"] == 8


def test_defaults_endpoints_and_more_networks() -> None:
    more = [
        resource("aws_default_security_group.x", id="sg-1", vpc_id="vpc-0a1b2c3d4e5f60718"),
        resource(
            "aws_vpc_ipv4_cidr_block_association.x",
            id="vpc-cidr-1",
            vpc_id="vpc-0a1b2c3d4e5f60718",
            cidr_block="100.64.0.0/16",
        ),
        resource(
            "aws_vpc_endpoint.s3",
            id="vpce-1",
            vpc_id="vpc-0a1b2c3d4e5f60718",
            service_name=f"com.amazonaws.{REGION}.s3",
        ),
    ]
    found = made(*network(), *more)
    assert found.config.named["secondary_cidrs"] == ("100.64.0.0/16",)
    assert {"default-security-group", "cidr-100-64-0-0-16", "endpoint-s3"} < set(found.parts)


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        (
            [one for one in altered("aws_route.private", nat_gateway_id="nat-elsewhere") if "nat_g" not in one["type"]],
            "nat-elsewhere is not in this state",
        ),
        ([*network(), propagation()], "aws_route_table.private has routes that a VPN gateway propagates"),
        (network()[:1], "no subnets in this state"),
        (altered("aws_vpc.main", ipv6_cidr_block="2001:db8::/56"), "IPv6"),
        (altered("aws_vpc.main", instance_tenancy="dedicated"), "dedicated"),
        (altered("aws_vpc.main", ipv4_ipam_pool_id="ipam-pool-1"), "IPAM"),
        (
            [*community(), *more_subnets("redshift", 41)],
            r"module.vpc.aws_subnet.(intra|redshift)\[0\] is in the place of",
        ),
        ([*community(), *more_subnets("private", 41, first=2, table="private")], "are of one kind in zone a"),
        (
            [
                {**one, "values": {**one["values"], "nat_gateway_id": None, "transit_gateway_id": "tgw-1"}}
                if one["type"] == "aws_route" and "private" in one["address"]
                else one
                for one in community()
            ],
            "reaches the internet through tgw-1",
        ),
        (altered("aws_subnet.private_a", availability_zone="eu-central-1-ber-1z"), "SecureVpc has zones a to h"),
        (
            [*network(), resource("aws_network_acl.own", id="acl-1", vpc_id="vpc-0a1b2c3d4e5f60718")],
            "aws_network_acl.own",
        ),
        (altered("aws_subnet.private_a", cidr_block="10.20.224.0/22"), "firewall"),
    ],
)
def test_refuses_what_does_not_fit(resources: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(*resources)
