"""Laws that hold for every network: closing something opens nothing, and not knowing something proves nothing."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network.test_simulator import NAMES, NETWORKS, QUESTIONS, networks
from tests.proofs.network.topologies import Resources

ORDER = [NOT_REACHABLE, "unknown", REACHABLE]
ANY = {"protocol": "-1", "from_port": 0, "to_port": 0}


def openness(resources: Resources, asked: tuple[str, str, str]) -> int:
    document = {"resource": resources, "variable": {"x": {}}}
    source, target, port = asked
    return ORDER.index(path_between([Configuration.of(document)], source, target, port).verdict)


@given(networks(), QUESTIONS, st.sampled_from(NAMES), st.sampled_from(NETWORKS), st.sampled_from(["ingress", "egress"]))
def test_a_deny_opens_nothing(
    resources: Resources, asked: tuple[str, str, str], name: str, cidr: str, way: str
) -> None:
    closed = copy.deepcopy(resources)
    for acl in closed.get("aws_network_acl", {}).values():
        acl[way].append({**ANY, "rule_no": 1, "cidr_block": cidr, "action": "deny"})
    assert openness(closed, asked) <= openness(resources, asked)


@given(networks(), QUESTIONS, st.sampled_from(NAMES), st.sampled_from(["ingress", "egress"]))
def test_a_rule_less_opens_nothing(resources: Resources, asked: tuple[str, str, str], name: str, way: str) -> None:
    closed = copy.deepcopy(resources)
    closed["aws_security_group"][name][way] = closed["aws_security_group"][name][way][1:]
    assert openness(closed, asked) <= openness(resources, asked)


@given(networks(), QUESTIONS, st.data())
def test_a_value_that_is_not_known_proves_nothing(
    resources: Resources, asked: tuple[str, str, str], data: st.DataObject
) -> None:
    hidden = copy.deepcopy(resources)
    holder, name = data.draw(st.sampled_from(list(_values(hidden))))
    holder[name] = "${var.x}"
    known, unknown = openness(resources, asked), openness(hidden, asked)
    # What holds for every value holds for the one that was there.
    assert unknown == known or unknown == ORDER.index("unknown")


def _values(resources: Resources) -> list[tuple[Any, Any]]:
    """The places of values that may be hidden: addresses, ports, actions, groups, targets, flags."""
    found: list[tuple[Any, Any]] = []
    for group in resources["aws_security_group"].values():
        for rule in (*group["ingress"], *group["egress"]):
            found += [(rule, name) for name in ("protocol", "from_port", "to_port")]
            found += [(rule[name], 0) for name in ("cidr_blocks", "security_groups") if rule.get(name)]
    for acl in resources.get("aws_network_acl", {}).values():
        for entry in (*acl["ingress"], *acl["egress"]):
            found += [
                (entry, name)
                for name in ("protocol", "from_port", "to_port", "rule_no", "cidr_block", "action")
                if name in entry
            ]
    for table in resources["aws_route_table"].values():
        found += [(route, name) for route in table["route"] for name in route]
    for subnet in resources["aws_subnet"].values():
        found += [(subnet, "map_public_ip_on_launch"), (subnet, "cidr_block")]
    for instance in resources["aws_instance"].values():
        found += [(instance["vpc_security_group_ids"], 0), (instance, "subnet_id")]
    for association in resources["aws_route_table_association"].values():
        found += [(association, "route_table_id")]
    for propagation in resources["aws_ec2_transit_gateway_route_table_propagation"].values():
        found += [(propagation, name) for name in propagation]
    return found
