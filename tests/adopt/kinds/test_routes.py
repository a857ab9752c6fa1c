"""Route tables and gateways: their roles, what takes their place, and which routes no construct writes."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.networks import candidate
from tests.adopt.states import estate, network, resource


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_vpc")[0])


def test_routes_within_tables_and_beside_them() -> None:
    parts = made(*network()).parts
    assert {
        role: part.id for role, part in parts.items() if "routes" in role or "-to-" in role or "association" in role
    } == {
        "private-a-routes": "rtb-private",
        "private-a-to-internet": "rtb-private_0.0.0.0/0",
        "public-routes": "rtb-public",
        "public-to-internet": "rtb-public_0.0.0.0/0",
        "private-a-association": "subnet-private-a/rtb-private",
        "private-b-association": "subnet-private-b/rtb-private",
        "public-a-association": "subnet-public-a/rtb-public",
        "public-b-association": "subnet-public-b/rtb-public",
    }


@pytest.mark.parametrize(("nat", "expected"), [("", None), ("a", "single"), ("ab", "per_zone")])
def test_nat(nat: str, expected: str | None) -> None:
    assert made(*network(nat=nat)).config.named.get("nat") == expected


def test_the_zone_of_the_only_nat_gateway_comes_first() -> None:
    assert made(*network(nat="b")).config.named["zones"] == ("eu-central-1b", "eu-central-1a")


def test_spare_tables_of_a_tier_are_superseded() -> None:
    resources = network()
    spare = resource(
        "aws_route_table.spare", id="rtb-spare", vpc_id="vpc-0a1b2c3d4e5f60718", route=resources[2]["values"]["route"]
    )
    for one in resources:
        if one["address"] == "aws_route_table_association.public_b":
            one["values"]["route_table_id"] = "rtb-spare"
    assert [one.address for one, _ in made(*resources, spare).superseded] == ["aws_route_table.spare"]


def route(table: str, **values: Any) -> dict[str, Any]:
    return resource("aws_route.more", id="r-2", route_table_id=table, **values)


@pytest.mark.parametrize(
    ("more", "nat", "why"),
    [
        (route("rtb-private", destination_cidr_block="192.168.0.0/16", gateway_id="vgw-1"), "a", "does not write"),
        (
            route("rtb-private", destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),
            "",
            "private subnets to the internet gateway",
        ),
        (
            resource("aws_nat_gateway.more", id="nat-x", subnet_id="subnet-public-a", allocation_id="eipalloc-x"),
            "a",
            "two NAT gateways in zone a",
        ),
    ],
)
def test_refuses_other_routes(more: dict[str, Any], nat: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(*network(nat=nat), more)


def test_refuses_nat_in_some_zones() -> None:
    with pytest.raises(Unfit, match="zones a, b only"):
        made(*network(letters="abc", nat="ab"))


def test_refuses_public_subnets_that_lead_elsewhere() -> None:
    resources = network()
    resources[2]["values"]["route"] = [{"cidr_block": "0.0.0.0/0", "gateway_id": "vgw-1"}]
    with pytest.raises(Unfit, match="elsewhere than to an internet gateway"):
        made(*resources)
