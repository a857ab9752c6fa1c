"""VPCs: fit where the subnets are where the address plan has them, and tell why they do not elsewhere."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.networks import candidate
from secureinfra.adopt.source import text_of
from tests.adopt.states import REGION, estate, network, resource


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_vpc")[0])


def altered(address: str, **values: Any) -> list[dict[str, Any]]:
    return [{**one, "values": {**one["values"], **values}} if one["address"] == address else one for one in network()]


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
            altered("aws_subnet.private_a", cidr_block="10.20.1.0/24"),
            r"aws_subnet.private_a \(10.20.1.0/24\) would be replaced",
        ),
        (altered("aws_subnet.private_a", availability_zone=f"{REGION}c"), "aws_subnet.private_a .* would be replaced"),
        (network()[:1], "no subnets in this state"),
        (altered("aws_vpc.main", ipv6_cidr_block="2001:db8::/56"), "IPv6"),
        (altered("aws_vpc.main", instance_tenancy="dedicated"), "dedicated"),
        (altered("aws_vpc.main", ipv4_ipam_pool_id="ipam-pool-1"), "IPAM"),
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
