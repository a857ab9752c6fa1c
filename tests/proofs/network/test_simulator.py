"""The model against the naive simulator, on networks that hypothesis makes up."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network.simulator import INTERNET, connects, world_of
from tests.proofs.network.topologies import ANYWHERE, Resources, instance, internet, merged, ref, subnet, to, vpc

# VPC -> subnet -> its network. The names of instances are those of their subnets.
SUBNETS = {"a": {"a1": "10.0.1.0/24", "a2": "10.0.2.0/24"}, "b": {"b1": "10.1.1.0/24", "b2": "10.1.2.0/24"}}
NAMES = ["a1", "a2", "b1", "b2"]
NETWORKS = [
    "0.0.0.0/0",
    "10.0.0.0/16",
    "10.1.0.0/16",
    "10.0.1.0/24",
    "10.0.1.0/25",
    "10.1.2.128/25",
    "203.0.113.0/24",
    "10.0.0.0/8",
]
# The first and the last address of each half, and addresses of the internet in and out of what rules name.
HOSTS = (4, 120, 132, 250)
OUTSIDE = ("8.8.8.8", "203.0.113.9")
PORTS = st.sampled_from([(0, 65535), (443, 443), (1024, 65535), (22, 443), (32768, 65535)])
PROTOCOLS = st.sampled_from(["-1", "tcp", "tcp", "udp"])


@st.composite
def _rules(draw: st.DrawFn, *, references: bool) -> list[dict[str, Any]]:
    rules = []
    for _ in range(draw(st.integers(0, 2))):
        first, last = draw(PORTS)
        rule: dict[str, Any] = {"protocol": draw(PROTOCOLS), "from_port": first, "to_port": last}
        if references and draw(st.booleans()):
            rule["security_groups"] = [ref(f"aws_security_group.{draw(st.sampled_from(NAMES))}")]
        else:
            rule["cidr_blocks"] = [draw(st.sampled_from(NETWORKS))]
        rules.append(rule)
    return [*rules, {**ANYWHERE}] if draw(st.booleans()) else rules


@st.composite
def _entries(draw: st.DrawFn) -> list[dict[str, Any]]:
    entries = []
    for number in range(draw(st.integers(0, 2))):
        first, last = draw(PORTS)
        entries.append(
            {
                "rule_no": 10 + number,
                "protocol": draw(PROTOCOLS),
                "from_port": first,
                "to_port": last,
                "cidr_block": draw(st.sampled_from(NETWORKS)),
                "action": draw(st.sampled_from(["allow", "allow", "deny"])),
            }
        )
    rest = {"rule_no": 90, "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0", "action": "allow"}
    return [*entries, rest] if draw(st.integers(0, 3)) else entries


@st.composite
def _routes(draw: st.DrawFn, of: str) -> list[dict[str, Any]]:
    peering, transit = ref("aws_vpc_peering_connection.p"), ref("aws_ec2_transit_gateway.t")
    targets = [
        internet(of),
        to("0.0.0.0/0", nat_gateway_id=ref(f"aws_nat_gateway.{of}")),
        to("10.0.0.0/8", vpc_peering_connection_id=peering),
        to("10.0.0.0/8", transit_gateway_id=transit),
        to("10.1.2.0/24" if of == "a" else "10.0.1.0/24", vpc_peering_connection_id=peering),
        to("10.1.0.0/16" if of == "a" else "10.0.0.0/16", transit_gateway_id=transit),
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(targets))), min_size=1, max_size=4, unique=True))
    # One route for one destination.
    return list({targets[position]["cidr_block"]: targets[position] for position in chosen}.values())


@st.composite
def networks(draw: st.DrawFn) -> Resources:
    """Two VPCs with two subnets each, joined by a peering connection and a transit gateway, with an instance in each."""
    parts = [vpc("a", 0), vpc("b", 1), _joined(draw)]
    for of, subnets in SUBNETS.items():
        parts.append(
            {"aws_nat_gateway": {of: {"subnet_id": ref(f"aws_subnet.{draw(st.sampled_from(sorted(subnets)))}")}}}
        )
        for name, cidr in subnets.items():
            made = subnet(name, of, cidr, draw(_routes(of)), map_public_ip_on_launch=draw(st.booleans()))
            if draw(st.integers(0, 2)):
                del made["aws_network_acl"]
            else:
                made["aws_network_acl"][name].update(ingress=draw(_entries()), egress=draw(_entries()))
            machine = instance(name, name, of, ingress=draw(_rules(references=True)))
            if draw(st.integers(0, 3)) == 0:
                machine["aws_security_group"][name]["egress"] = draw(_rules(references=False))
            parts += [made, machine]
    return merged(*parts)


def _joined(draw: st.DrawFn) -> Resources:
    attachments = {
        of: {
            "transit_gateway_id": ref("aws_ec2_transit_gateway.t"),
            "vpc_id": ref(f"aws_vpc.{of}"),
            "subnet_ids": [ref(f"aws_subnet.{draw(st.sampled_from(sorted(subnets)))}")],
        }
        for of, subnets in SUBNETS.items()
    }
    of_table = {
        of: {
            "transit_gateway_attachment_id": ref(f"aws_ec2_transit_gateway_vpc_attachment.{of}"),
            "transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.t"),
        }
        for of in SUBNETS
    }
    propagated = draw(st.sets(st.sampled_from(sorted(SUBNETS)), min_size=1))
    off = {"default_route_table_association": "disable", "default_route_table_propagation": "disable"}
    return {
        "aws_vpc_peering_connection": {
            "p": {"vpc_id": ref("aws_vpc.a"), "peer_vpc_id": ref("aws_vpc.b"), "auto_accept": True}
        },
        "aws_ec2_transit_gateway": {"t": off},
        "aws_ec2_transit_gateway_route_table": {"t": {"transit_gateway_id": ref("aws_ec2_transit_gateway.t")}},
        "aws_ec2_transit_gateway_vpc_attachment": attachments,
        "aws_ec2_transit_gateway_route_table_association": copy.deepcopy(of_table),
        "aws_ec2_transit_gateway_route_table_propagation": {of: of_table[of] for of in sorted(propagated)},
    }


ENDS = st.sampled_from([*(f"aws_instance.{name}" for name in NAMES), INTERNET])
QUESTIONS = st.tuples(ENDS, ENDS, st.sampled_from(["tcp/443", "tcp/22", "udp/443"])).filter(
    lambda asked: asked[0] != asked[1]
)


def simulated(resources: Resources, source: str, target: str, port: str) -> set[bool]:
    """What the simulator says for all choices of the two addresses; of the internet, one address is enough."""
    protocol, _, number = port.partition("/")
    found = set()
    hosts = [(one, other) for one in HOSTS for other in HOSTS if one != other]
    for one, other in hosts:
        addresses = {
            f"aws_instance.{name}": f"{cidr.rpartition('.')[0]}.{other if f'aws_instance.{name}' == target else one}"
            for subnets in SUBNETS.values()
            for name, cidr in subnets.items()
        }
        for of, nat in resources["aws_nat_gateway"].items():
            name = nat["subnet_id"].split(".")[1]
            addresses[f"aws_nat_gateway.{of}"] = f"{SUBNETS[of][name].rpartition('.')[0]}.7"
            # NAT gateways have an unknown address, too.
            addresses[f"aws_nat_gateway.{of}"] = f"{SUBNETS[of][name].rpartition('.')[0]}.{one + 1}"
        world = world_of(resources, addresses)
        answers = [connects(world, source, target, protocol, int(number), outside) for outside in OUTSIDE]
        found |= {any(answers)} if INTERNET in (source, target) else set(answers)
    return found


@settings(deadline=None)
@given(networks(), QUESTIONS)
def test_the_model_agrees_with_the_simulator(resources: Resources, asked: tuple[str, str, str]) -> None:
    source, target, port = asked
    answer = path_between([Configuration.of({"resource": resources})], source, target, port)
    expected = simulated(resources, source, target, port)
    if answer.verdict == NOT_REACHABLE:
        assert expected == {False}
        assert answer.stops
    elif answer.verdict == REACHABLE:
        assert expected == {True}
    else:
        assert answer.verdict == UNKNOWN
        assert answer.doubts
