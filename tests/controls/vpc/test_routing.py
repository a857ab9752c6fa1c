"""Controls on routes: what is public, what leads through instances and peerings."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.controls.vpc import routing as controls
from tests.controls.judge import failure, status

VARIABLE: dict[str, Any] = {"x": {}, "y": {}}
IGW = "${aws_internet_gateway.i.id}"
DATABASE = {"aws_db_subnet_group": {"d": {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]}}}


def network(**tables: dict[str, Any]) -> dict[str, Any]:
    """A VPC with the subnets `a` and `b`, of which each has the table that is named like it."""
    associations = {
        name: {"subnet_id": f"${{aws_subnet.{name}.id}}", "route_table_id": f"${{aws_route_table.{name}.id}}"}
        for name in tables
    }
    return {
        "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},
        "aws_internet_gateway": {"i": {}},
        "aws_nat_gateway": {"n": {}},
        "aws_subnet": {"a": {"vpc_id": "${aws_vpc.v.id}"}, "b": {"vpc_id": "${aws_vpc.v.id}"}},
        "aws_route_table": {name: {"vpc_id": "${aws_vpc.v.id}", **table} for name, table in tables.items()},
        "aws_route_table_association": associations,
    }


def route(gateway: str = IGW, cidr: str = "0.0.0.0/0") -> dict[str, Any]:
    return {"route": [{"cidr_block": cidr, "gateway_id": gateway}]}


def separate(**sections: Any) -> str:
    return status(controls.TIERS_SEPARATE, variable=VARIABLE, **sections)


def test_tiers_separate() -> None:
    assert separate(**network(a=route(), b={}), **DATABASE) == "passed"
    assert separate(**network(a={}, b={}), **DATABASE) == "passed"
    nat = {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.n.id}"}]}
    assert separate(**network(a=route(), b=nat), **DATABASE) == "passed"
    assert failure(controls.TIERS_SEPARATE, **network(a=route(), b=route(cidr="::/0")), **DATABASE) == (
        "aws_vpc.v : every subnet has a route to the internet gateway, and aws_db_subnet_group.d is in one -> "
        "private subnets with a separate route table"
    )


def test_tiers_separate_by_what_stands_in_them() -> None:
    public = network(a=route(), b=route())
    assert separate(**public) == "passed"
    balancer = {"aws_lb": {"l": {"subnets": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]}}}
    assert separate(**public, **balancer) == "passed"
    service = {"aws_ecs_service": {"s": {"network_configuration": {"subnets": ["${aws_subnet.a.id}"]}}}}
    assert separate(**public, **service) == "failed"
    assert separate(**public, aws_instance={"i": {"subnet_id": "${aws_subnet.b.id}"}}) == "failed"


@pytest.mark.parametrize("by", ["name", "tag"])
def test_tiers_separate_for_a_subnet_called_private(by: str) -> None:
    held = network(a=route(), b=route())
    if by == "tag":
        held["aws_subnet"]["b"]["tags"] = {"Name": "core-private-b", "other": "${var.x}"}
        assert "aws_subnet.b : a route to the internet gateway for a subnet named private" in failure(
            controls.TIERS_SEPARATE, **held
        )
    else:
        held["aws_subnet"]["private"] = {"vpc_id": "${aws_vpc.v.id}"}
        held["aws_route_table_association"]["p"] = {
            "subnet_id": "${aws_subnet.private.id}",
            "route_table_id": "${aws_route_table.a.id}",
        }
        assert separate(**held) == "failed"
        held["aws_route_table"]["a"]["route"] = []
        assert separate(**held) == "passed"


@pytest.mark.parametrize(
    "main",
    [
        {
            "aws_default_route_table": {
                "m": {"default_route_table_id": "${aws_vpc.v.default_route_table_id}", **route()}
            }
        },
        {
            "aws_route": {
                "r": {
                    "route_table_id": "${aws_vpc.v.main_route_table_id}",
                    "destination_cidr_block": "0.0.0.0/0",
                    "gateway_id": IGW,
                }
            }
        },
        {
            "aws_route_table": {"m": {"vpc_id": "${aws_vpc.v.id}", **route()}},
            "aws_main_route_table_association": {
                "m": {"vpc_id": "${aws_vpc.v.id}", "route_table_id": "${aws_route_table.m.id}"}
            },
        },
    ],
)
def test_tiers_separate_counts_the_main_table(main: dict[str, Any]) -> None:
    held = network()
    assert separate(**held, **DATABASE) == "passed"
    for type, blocks in main.items():
        held.setdefault(type, {}).update(blocks)
    assert separate(**held, **DATABASE) == "failed"


def test_tiers_separate_by_routes_of_their_own() -> None:
    held = network(a={}, b={})
    arguments = {"route_table_id": "${aws_route_table.a.id}", "gateway_id": IGW}
    held["aws_route"] = {
        "low": {**arguments, "destination_cidr_block": "0.0.0.0/1"},
        "high": {"route_table_id": "${aws_route_table.b.id}", "destination_ipv6_cidr_block": "::/0", "gateway_id": IGW},
    }
    assert separate(**held, **DATABASE) == "failed"
    held["aws_route"]["high"]["gateway_id"] = "${aws_vpn_gateway.w.id}"
    held["aws_vpn_gateway"] = {"w": {}}
    assert separate(**held, **DATABASE) == "passed"


def test_tiers_separate_where_nobody_knows() -> None:
    assert separate(**network(a=route(), b=route("${var.x}")), **DATABASE) == "unknown"
    assert separate(**network(a=route(), b=route("${var.x}", "10.1.0.0/16")), **DATABASE) == "passed"
    assert separate(**network(a=route(), b={"route": "${var.x}"}), **DATABASE) == "unknown"
    assert separate(aws_vpc={"v": {}}) == "not applicable"


Form = Callable[..., dict[str, Any]]


def apart(destination: str, **target: Any) -> dict[str, Any]:
    name = "destination_ipv6_cidr_block" if "::" in destination else "destination_cidr_block"
    return {"aws_route": {"r": {"route_table_id": "rtb-1", name: destination, **target}}}


def within(destination: str, **target: Any) -> dict[str, Any]:
    name = "ipv6_cidr_block" if "::" in destination else "cidr_block"
    return {"aws_route_table": {"t": {"route": [{name: destination, **target}]}}}


def within_default(destination: str, **target: Any) -> dict[str, Any]:
    return {"aws_default_route_table": within(destination, **target)["aws_route_table"]}


FORMS = pytest.mark.parametrize("form", [apart, within, within_default], ids=lambda form: form.__name__)


@FORMS
@pytest.mark.parametrize(
    ("destination", "target", "answer"),
    [
        ("0.0.0.0/0", {"nat_gateway_id": "nat-1"}, "passed"),
        ("0.0.0.0/0", {"gateway_id": "igw-1"}, "passed"),
        ("0.0.0.0/0", {"vpc_endpoint_id": "vpce-1"}, "passed"),
        ("10.1.0.0/16", {"network_interface_id": "eni-1"}, "passed"),
        ("0.0.0.0/0", {"network_interface_id": "eni-1"}, "failed"),
        ("::/0", {"network_interface_id": "${aws_instance.nat.primary_network_interface_id}"}, "failed"),
        ("0.0.0.0/1", {"network_interface_id": "eni-1"}, "failed"),
        ("0.0.0.0/0", {"instance_id": "i-1"}, "failed"),
        ("${var.x}", {"network_interface_id": "eni-1"}, "unknown"),
        ("0.0.0.0/0", {"network_interface_id": "${var.x}"}, "unknown"),
        ("10.1.0.0/16", {"network_interface_id": "${var.x}"}, "passed"),
    ],
)
def test_nat_by_gateway(form: Form, destination: str, target: dict[str, str], answer: str) -> None:
    assert status(controls.NAT_BY_GATEWAY, variable=VARIABLE, **form(destination, **target)) == answer


def test_nat_by_gateway_says_where() -> None:
    assert failure(controls.NAT_BY_GATEWAY, **within("0.0.0.0/0", network_interface_id="eni-1")) == (
        'aws_route_table.t route[0].network_interface_id: route[0].network_interface_id = "eni-1" -> nat_gateway_id for the '
        "route to the internet"
    )


PEERS = {
    "aws_vpc": {
        "v": {"cidr_block": "10.0.0.0/16"},
        "other": {"cidr_block": "10.1.0.0/16"},
        "ipam": {},
        "z": {"cidr_block": "${var.y}"},
    },
    "aws_vpc_peering_connection": {
        "p": {"vpc_id": "${aws_vpc.v.id}", "peer_vpc_id": "${aws_vpc.other.id}"},
        "z": {"peer_vpc_id": "${aws_vpc.z.id}"},
    },
    "aws_vpc_peering_connection_accepter": {"c": {"vpc_peering_connection_id": "${aws_vpc_peering_connection.p.id}"}},
    "aws_subnet": {"s": {"cidr_block": "10.1.2.0/24"}, "unknown": {}},
}


@FORMS
@pytest.mark.parametrize(
    ("destination", "peering", "answer"),
    [
        ("10.1.2.0/24", "${aws_vpc_peering_connection.p.id}", "passed"),
        ("${aws_subnet.s.cidr_block}", "${aws_vpc_peering_connection.p.id}", "passed"),
        ("${aws_subnet.unknown.cidr_block}", "${aws_vpc_peering_connection.p.id}", "passed"),
        ("10.1.0.0/16", "pcx-1", "passed"),
        ("10.1.0.0/16", None, "passed"),
        ("0.0.0.0/0", "pcx-1", "failed"),
        ("::/0", "pcx-1", "failed"),
        ("10.1.0.0/16", "${aws_vpc_peering_connection.p.id}", "failed"),
        ("10.0.0.0/8", "${aws_vpc_peering_connection_accepter.c.id}", "failed"),
        ("${aws_vpc.other.cidr_block}", "pcx-1", "failed"),
        ("${aws_vpc.ipam.cidr_block}", "pcx-1", "failed"),
        ("${data.aws_vpc.elsewhere.cidr_block}", "pcx-1", "failed"),
        ("${var.x}", "pcx-1", "unknown"),
        ("${var.y}", "${aws_vpc_peering_connection.z.id}", "failed"),
        ("0.0.0.0/0", "${var.x}", "unknown"),
    ],
)
def test_peering_narrow(form: Form, destination: str, peering: str | None, answer: str) -> None:
    held = {**PEERS, **form(destination, vpc_peering_connection_id=peering)}
    assert status(controls.PEERING_NARROW, variable=VARIABLE, **held) == answer


def test_transit_not_accepted() -> None:
    def judged(**arguments: Any) -> str:
        return status(controls.TRANSIT_NOT_ACCEPTED, variable=VARIABLE, aws_ec2_transit_gateway={"t": arguments})

    assert judged() == judged(auto_accept_shared_attachments="disable") == "passed"
    assert judged(auto_accept_shared_attachments="enable") == "failed"
    assert judged(auto_accept_shared_attachments="${var.x}") == "unknown"
