"""Theorems about the network: what is proved of a tiered network, and what breaks each."""

from __future__ import annotations

from typing import Any

from secureinfra.proofs.theorems.network import DATABASES, ISOLATED_CLOSED, NOT_FROM_INTERNET, NOTHING_LEAVES
from secureinfra.proofs.theorems.theorem import Result
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.configurations import verdicts
from tests.proofs.network.topologies import NAT, Resources, instance, internet, merged, ref, subnet, to


def of(resources: Resources) -> Configuration:
    return Configuration.of({"resource": resources, "variable": {"x": {}}})


def data(*ingress: dict[str, Any]) -> Resources:
    """A database in an isolated subnet, with these rules."""
    return merged(
        NAT,
        subnet("isolated", "main", "10.0.2.0/24", []),
        {
            "aws_security_group": {"db": {"vpc_id": ref("aws_vpc.main"), "ingress": list(ingress)}},
            "aws_db_subnet_group": {"db": {"subnet_ids": [ref("aws_subnet.isolated")]}},
            "aws_db_instance": {
                "db": {
                    "db_subnet_group_name": ref("aws_db_subnet_group.db", "name"),
                    "vpc_security_group_ids": [ref("aws_security_group.db")],
                }
            },
        },
    )


def test_private_subnets_are_not_reached() -> None:
    found = verdicts(NOT_FROM_INTERNET, of(NAT))
    assert {address: held.verdict for address, held in found.items()} == {"aws_subnet.private": "PROVED"}


def exposed(**more: Any) -> Result:
    resources = merged(
        NAT, subnet("private_b", "main", "10.0.4.0/24", [internet()]), instance("job", "private_b", "main", **more)
    )
    return verdicts(NOT_FROM_INTERNET, of(resources))["aws_subnet.private_b"]


def test_a_private_subnet_with_a_route_to_the_internet_gateway() -> None:
    found = exposed(associate_public_ip_address=True)
    assert found.verdict == "BROKEN"
    assert found.found == "the internet reaches aws_instance.job by tcp 443"
    assert found.request == {"from": "the internet", "to": "aws_instance.job", "traffic": "tcp 443"}
    assert [step.address for step in found.steps] == ["aws_network_acl.private_b", "aws_security_group.job"]


def test_whether_something_gets_a_public_address_is_not_known() -> None:
    found = exposed()
    assert found.verdict == "UNKNOWN"
    assert "has a public address" in found.reason


def test_isolated_subnets_reach_nothing() -> None:
    closed = merged(NAT, subnet("isolated", "main", "10.0.2.0/24", []))
    assert verdicts(ISOLATED_CLOSED, of(closed))["aws_subnet.isolated"].verdict == "PROVED"
    by_nat = merged(
        NAT, subnet("isolated", "main", "10.0.2.0/24", [to("0.0.0.0/0", nat_gateway_id=ref("aws_nat_gateway.nat"))])
    )
    assert verdicts(ISOLATED_CLOSED, of(by_nat))["aws_subnet.isolated"].verdict == "BROKEN"
    by_vpn = merged(
        NAT, subnet("isolated", "main", "10.0.2.0/24", [to("172.16.0.0/12", gateway_id="vgw-0123456789abcdef0")])
    )
    assert verdicts(ISOLATED_CLOSED, of(by_vpn))["aws_subnet.isolated"].verdict == "UNKNOWN"


POSTGRES = {"protocol": "tcp", "from_port": 5432, "to_port": 5432}


def test_databases() -> None:
    by_group = verdicts(DATABASES, of(data({**POSTGRES, "security_groups": [ref("aws_security_group.app")]})))
    assert by_group["aws_db_instance.db"].verdict == "PROVED"
    by_network = verdicts(DATABASES, of(data({**POSTGRES, "cidr_blocks": ["10.0.1.0/24"]})))["aws_db_instance.db"]
    assert by_network.verdict == "BROKEN"
    assert by_network.found == "what is in aws_subnet.private reaches aws_db_instance.db by tcp 5432"
    unknown = verdicts(DATABASES, of(data({**POSTGRES, "cidr_blocks": ["${var.x}"]})))["aws_db_instance.db"]
    assert unknown.verdict == "UNKNOWN"
    assert "${var.x}" in unknown.reason


def test_nothing_leaves_but_through_gateways() -> None:
    assert verdicts(NOTHING_LEAVES, of(NAT))["aws_subnet.private"].verdict == "PROVED"
    direct = merged(NAT, subnet("private_b", "main", "10.0.4.0/24", [internet()], map_public_ip_on_launch=True))
    assert verdicts(NOTHING_LEAVES, of(direct))["aws_subnet.private_b"].verdict == "BROKEN"
