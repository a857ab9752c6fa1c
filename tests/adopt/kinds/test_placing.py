"""Subnets by tier and zone: what names and routes say, and which networks stay free."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.placing import Placing, placing_of
from tests.adopt.states import REGION, estate, resource

VPC = resource("aws_vpc.main", id="vpc-0f", cidr_block="10.40.0.0/16")


def subnet(name: str, letter: str, cidr: str, **values: Any) -> dict[str, Any]:
    place = {"vpc_id": "vpc-0f", "cidr_block": cidr, "availability_zone": f"{REGION}{letter}"}
    return resource(f"aws_subnet.{name}", id=f"subnet-{name}", **place, **values)


def placed(*resources: dict[str, Any]) -> Placing:
    there = estate(VPC, *resources)
    return placing_of(there, there.of("aws_vpc")[0])


def test_names_decide_where_nothing_leads_outside() -> None:
    found = placed(
        subnet("app_a", "a", "10.40.1.0/24"),
        subnet("app_b", "b", "10.40.2.0/24"),
        subnet("db_1", "a", "10.40.3.0/24"),
        subnet("db_2", "b", "10.40.4.0/24"),
        subnet("this", "a", "10.40.5.0/24", tags={"Name": "intra"}),
    )
    assert {place: one.address for place, one in found.subnets.items()} == {
        ("private", "a"): "aws_subnet.app_a",
        ("private", "b"): "aws_subnet.app_b",
        ("isolated", "a"): "aws_subnet.db_1",
        ("isolated", "b"): "aws_subnet.db_2",
        ("intra", "a"): "aws_subnet.this",
    }
    assert found.tiers == ("private", "isolated", "intra")
    assert found.letters == ["a", "b"]
    # A subnet that is created has the size of its neighbor.
    assert found.chosen["intra-b"] == "10.40.0.0/24"


def test_keys_of_instances_are_names_too() -> None:
    found = placed(
        subnet(f'this["app-{REGION}a"]', "a", "10.40.1.0/24"), subnet(f'this["rds-{REGION}a"]', "a", "10.40.2.0/24")
    )
    assert set(found.subnets) == {("private", "a"), ("isolated", "a")}


def test_subnets_of_a_main_route_table() -> None:
    table = resource(
        "aws_default_route_table.main",
        id="rtb-main",
        vpc_id="vpc-0f",
        route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}],
    )
    assert set(placed(table, subnet("web", "a", "10.40.1.0/24")).subnets) == {("public", "a")}
    another = resource("aws_route_table.main", id="rtb-2", vpc_id="vpc-0f", route=[])
    main = resource("aws_main_route_table_association.main", vpc_id="vpc-0f", route_table_id="rtb-2")
    assert set(placed(table, another, main, subnet("web", "a", "10.40.1.0/24")).subnets) == {("private", "a")}


def test_zones_beyond_the_fourth() -> None:
    assert placed(subnet("app", "f", "10.40.1.0/24")).reserved == 8


def test_no_room_for_a_subnet_that_lacks() -> None:
    whole = {**VPC, "values": {**VPC["values"], "cidr_block": "10.40.0.0/24"}}
    halves = [subnet("app", "a", "10.40.0.0/25"), subnet("db", "b", "10.40.0.128/25")]
    there = estate(whole, *halves)
    with pytest.raises(
        Unfit, match="it has no private subnet in zone b, and no network as large as 10.40.0.0/25 is free"
    ):
        placing_of(there, there.of("aws_vpc")[0])
