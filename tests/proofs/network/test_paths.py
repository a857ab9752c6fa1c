"""Networks written by hand, one for each kind of hop: the path is there, and each thing that closes it is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network import topologies as t
from tests.proofs.network.topologies import Resources, internet, merged, ref, to

WEB, APP, A, B = "aws_instance.web", "aws_instance.app", "aws_instance.a", "aws_instance.b"
DENY = {"rule_no": 1, "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0", "action": "deny"}
HTTPS = {**DENY, "protocol": "tcp", "from_port": 443, "to_port": 443}
EPHEMERAL = {**DENY, "protocol": "tcp", "from_port": 1024, "to_port": 65535}

Change = Callable[[Resources], object]


def asked(resources: Resources, source: str, target: str, port: str | None = "443", **variables: Any) -> Answer:
    document = {"resource": resources, "variable": {name: {} for name in variables}}
    return path_between([Configuration.of(document)], source, target, port)


def changed(resources: Resources, change: Change) -> Resources:
    copied = copy.deepcopy(resources)
    change(copied)
    return copied


def acl(name: str, way: str, entry: dict[str, Any] = DENY) -> Change:
    return lambda held: held["aws_network_acl"][name][way].insert(0, dict(entry))


def routes(name: str, *found: dict[str, Any]) -> Change:
    return lambda held: held["aws_route_table"][name].update(route=list(found))


def rules(name: str, way: str, *found: dict[str, Any]) -> Change:
    return lambda held: held["aws_security_group"][name].update({way: list(found)})


def put(type: str, name: str, **values: Any) -> Change:
    return lambda held: held.setdefault(type, {}).setdefault(name, {}).update(values)


def drop(type: str, name: str) -> Change:
    return lambda held: held[type].pop(name)


ASSOCIATION = "aws_ec2_transit_gateway_route_table_association"
CONNECTION = "aws_vpc_peering_connection"
OPEN = {
    "in by the internet gateway": (t.PUBLIC, "internet", WEB),
    "out by the internet gateway": (t.PUBLIC, WEB, "internet"),
    "out by a NAT gateway": (t.NAT, APP, "internet"),
    "out by a regional NAT gateway": (t.REGIONAL_NAT, APP, "internet"),
    "within a VPC, by a reference": (t.LOCAL, A, B),
    "peering": (t.PEERING, A, B),
    "transit gateway": (t.TRANSIT, A, B),
    "IPv6 in": (t.IPV6, "internet", WEB),
    "IPv6 out by the egress-only gateway": (t.IPV6, APP, "internet"),
    "gateway endpoint": (t.ENDPOINTS, "aws_instance.job", "aws_vpc_endpoint.s3"),
    "interface endpoint": (t.ENDPOINTS, "aws_instance.idle", "aws_vpc_endpoint.kms"),
}


@pytest.mark.parametrize("name", OPEN)
def test_reachable(name: str) -> None:
    resources, source, target = OPEN[name]
    answer = asked(resources, source, target)
    assert answer.verdict == REACHABLE, answer
    assert answer.steps
    assert not answer.doubts
    assert not answer.mediated


CLOSED: list[tuple[str, str, Change, str]] = [
    (
        "in by the internet gateway",
        "no public address",
        put("aws_subnet", "public", map_public_ip_on_launch=False),
        "no public",
    ),
    (
        "in by the internet gateway",
        "no route back",
        routes("public"),
        "aws_route_table.public has no route to the internet",
    ),
    (
        "in by the internet gateway",
        "group",
        rules("web", "ingress"),
        "no ingress rule allows tcp 443 from the internet",
    ),
    ("in by the internet gateway", "entry", acl("public", "ingress"), "denies it: inbound tcp 443"),
    ("in by the internet gateway", "reply", acl("public", "egress", EPHEMERAL), "denies the reply: outbound"),
    ("out by the internet gateway", "route", routes("public"), "has no route to the internet"),
    ("out by the internet gateway", "group", rules("web", "egress"), "no egress rule allows"),
    ("out by the internet gateway", "reply", acl("public", "ingress", EPHEMERAL), "denies the reply: inbound"),
    ("out by a NAT gateway", "route", routes("private"), "aws_route_table.private has no route to the internet"),
    (
        "out by a NAT gateway",
        "route of the gateway",
        routes("public"),
        "aws_route_table.public has no route to the internet",
    ),
    (
        "out by a NAT gateway",
        "private gateway",
        put("aws_nat_gateway", "nat", connectivity_type="private"),
        "no public IPv4",
    ),
    ("out by a NAT gateway", "entry to the gateway", acl("public", "ingress"), "denies it: inbound tcp 443"),
    ("out by a NAT gateway", "entry of the gateway", acl("public", "egress", HTTPS), "denies it: outbound tcp 443"),
    ("out by a NAT gateway", "reply", acl("private", "ingress", EPHEMERAL), "aws_network_acl.private denies the reply"),
    (
        "out by a regional NAT gateway",
        "route",
        routes("private"),
        "aws_route_table.private has no route to the internet",
    ),
    ("out by a regional NAT gateway", "entry", acl("private", "egress", HTTPS), "denies it: outbound tcp 443"),
    (
        "out by a regional NAT gateway",
        "reply",
        acl("private", "ingress", EPHEMERAL),
        "aws_network_acl.private denies the reply",
    ),
    (
        "within a VPC, by a reference",
        "another group",
        put("aws_instance", "a", vpc_security_group_ids=[]),
        "no ingress rule",
    ),
    ("within a VPC, by a reference", "entry", acl("two", "ingress"), "aws_network_acl.two denies it"),
    ("within a VPC, by a reference", "reply", acl("two", "egress", EPHEMERAL), "aws_network_acl.two denies the reply"),
    (
        "within a VPC, by a reference",
        "reply that arrives",
        acl("one", "ingress", EPHEMERAL),
        "aws_network_acl.one denies the",
    ),
    ("peering", "route", routes("one"), "aws_route_table.one has no route to aws_instance.b"),
    ("peering", "route back", routes("two"), "aws_route_table.two has no route to aws_instance.a"),
    ("transit gateway", "route", routes("one"), "aws_route_table.one has no route to"),
    ("transit gateway", "route back", routes("two"), "aws_route_table.two has no route to"),
    ("transit gateway", "association", drop("aws_ec2_transit_gateway_route_table_association", "left"), ""),
    ("transit gateway", "propagation", drop("aws_ec2_transit_gateway_route_table_propagation", "right"), ""),
    (
        "transit gateway",
        "entry to the gateway",
        acl("left_transit", "ingress"),
        "aws_network_acl.left_transit denies it",
    ),
    ("transit gateway", "entry behind it", acl("right_transit", "egress"), "aws_network_acl.right_transit denies it"),
    (
        "IPv6 in",
        "no IPv6 in the group",
        rules("web", "ingress", {**t.ANYWHERE, "ipv6_cidr_blocks": []}),
        "no ingress rule",
    ),
    (
        "IPv6 in",
        "entry",
        acl("public", "ingress", {**DENY, "cidr_block": None, "ipv6_cidr_block": "::/0"}),
        "denies it",
    ),
    ("IPv6 out by the egress-only gateway", "route", routes("private"), "has no route to the internet"),
    ("gateway endpoint", "route", put("aws_vpc_endpoint", "s3", route_table_ids=[]), "has no route to"),
    ("gateway endpoint", "group", rules("job", "egress"), "no egress rule"),
    ("interface endpoint", "group", rules("endpoint", "ingress"), "aws_security_group.endpoint: no ingress rule"),
]


@pytest.mark.parametrize(("name", "what", "change", "said"), CLOSED, ids=[f"{one[0]}: {one[1]}" for one in CLOSED])
def test_one_thing_closes_it(name: str, what: str, change: Change, said: str) -> None:
    resources, source, target = OPEN[name]
    answer = asked(changed(resources, change), source, target)
    assert answer.verdict == NOT_REACHABLE, (what, answer)
    assert said in "\n".join(stop.text for stop in answer.stops)


@pytest.mark.parametrize(
    ("resources", "source", "target", "said"),
    [
        (t.NAT, "internet", APP, "aws_instance.app has no public IPv4 address"),
        (t.NAT, "internet", "aws_subnet.private", "replaces the source, so that it is no reply"),
        (t.NAT, "internet", "aws_nat_gateway.nat", "aws_nat_gateway.nat accepts no connections"),
        (t.REGIONAL_NAT, "internet", APP, "aws_instance.app has no public IPv4 address"),
        (t.REGIONAL_NAT, APP, "10.9.0.1", ""),
        (t.IPV6, "internet", APP, "an egress-only gateway allows no connection from outside"),
        (t.ENDPOINTS, "aws_instance.idle", "aws_vpc_endpoint.s3", "aws_route_table.other has no route to"),
        (t.ENDPOINTS, "aws_instance.job", "internet", "aws_route_table.isolated has no route to the internet"),
        (t.LOCAL, B, A, "aws_security_group.a: no ingress rule allows any traffic from aws_instance.b"),
        (t.PUBLIC, "172.16.0.9", WEB, "nothing connects aws_vpc.main to other networks"),
    ],
)
def test_closed_by_its_kind(resources: Resources, source: str, target: str, said: str) -> None:
    answer = asked(resources, source, target, None)
    assert answer.verdict == NOT_REACHABLE
    assert said in "\n".join(stop.text for stop in answer.stops)


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (put("aws_nat_gateway", "nat", availability_mode="${var.mode}"), "in which subnet aws_nat_gateway.nat is"),
        (
            put(
                "aws_route",
                "inspected",
                route_table_id=ref("aws_nat_gateway.nat", "route_table_id"),
                destination_cidr_block="10.0.1.0/24",
                vpc_endpoint_id="vpce-0123456789abcdef0",
            ),
            "what aws_route.inspected adds to the routes of aws_nat_gateway.nat",
        ),
    ],
)
def test_regional_gateway_that_is_not_known(change: Change, doubt: str) -> None:
    answer = asked(changed(t.REGIONAL_NAT, change), APP, "internet", mode=None)
    assert answer.verdict == UNKNOWN
    assert doubt in "; ".join(answer.doubts)


def test_peering_is_not_transitive() -> None:
    far = merged(
        t.PEERING,
        t.vpc("far", 2),
        {CONNECTION: {"q": {"vpc_id": ref("aws_vpc.right"), "peer_vpc_id": ref("aws_vpc.far"), "auto_accept": True}}},
        t.subnet("three", "far", "10.2.0.0/24", [to("10.0.0.0/8", vpc_peering_connection_id=ref(f"{CONNECTION}.q"))]),
        t.instance("c", "three", "far"),
    )
    far["aws_route_table"]["one"]["route"].append(to("10.2.0.0/16", vpc_peering_connection_id=ref(f"{CONNECTION}.p")))
    far["aws_route_table"]["two"]["route"].append(to("10.2.0.0/16", vpc_peering_connection_id=ref(f"{CONNECTION}.q")))
    answer = asked(far, A, "aws_instance.c")
    assert answer.verdict == NOT_REACHABLE
    assert "is not transitive" in "\n".join(stop.text for stop in answer.stops)
    assert asked(far, B, "aws_instance.c").verdict == REACHABLE


def test_the_longest_prefix_decides() -> None:
    narrow = to("10.1.0.0/25", transit_gateway_id="tgw-0123456789abcdef0")
    answer = asked(changed(t.PEERING, lambda held: held["aws_route_table"]["one"]["route"].append(narrow)), A, B)
    assert (answer.verdict, answer.doubts) == (
        UNKNOWN,
        ("where tgw-0123456789abcdef0 leads",),
    ) or answer.verdict == UNKNOWN


def test_the_first_entry_decides() -> None:
    allow = {**DENY, "rule_no": 2, "action": "allow"}
    both = changed(changed(t.PUBLIC, acl("public", "ingress", allow)), acl("public", "ingress", DENY))
    assert asked(both, "internet", WEB).verdict == NOT_REACHABLE
    later = changed(t.PUBLIC, acl("public", "ingress", {**DENY, "rule_no": 200}))
    assert asked(later, "internet", WEB).verdict == REACHABLE


def test_two_halves_of_the_internet_are_the_internet() -> None:
    halves = {**t.ANYWHERE, "cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"], "ipv6_cidr_blocks": []}
    assert asked(changed(t.NAT, rules("app", "ingress", halves)), WEB, APP).verdict == REACHABLE


def test_udp_needs_no_reply() -> None:
    closed = changed(t.PUBLIC, acl("public", "egress"))
    open_udp = changed(closed, rules("web", "ingress", {**t.ANYWHERE}))
    assert asked(open_udp, "internet", WEB, "udp/53").verdict == REACHABLE
    assert asked(open_udp, "internet", WEB, "tcp/53").verdict == NOT_REACHABLE


def test_out_and_in_again_by_the_internet() -> None:
    apart = merged(
        t.vpc("other", 7), t.subnet("out", "other", "10.7.0.0/24", [internet("other")], map_public_ip_on_launch=True)
    )
    both = merged(t.PUBLIC, apart, t.instance("far", "out", "other"))
    answer = asked(both, "aws_instance.far", WEB)
    assert answer.verdict == REACHABLE
    assert "the internet" in [step.text for step in answer.steps]
    assert asked(changed(both, routes("out")), "aws_instance.far", WEB).verdict == NOT_REACHABLE


def test_a_firewall_may_drop() -> None:
    answer = asked(t.FIREWALL, APP, "internet")
    assert answer.verdict == UNKNOWN
    assert answer.doubts == ("whether aws_networkfirewall_firewall.f lets it through",)
    assert "through aws_networkfirewall_firewall.f" in [step.text for step in answer.steps]


def test_an_instance_that_forwards() -> None:
    by_instance = changed(
        t.NAT, routes("private", to("0.0.0.0/0", network_interface_id=ref("aws_network_interface.n")))
    )
    by_instance["aws_network_interface"] = {"n": {"subnet_id": ref("aws_subnet.public"), "source_dest_check": False}}
    by_instance["aws_eip"] = {"n": {"network_interface": ref("aws_network_interface.n")}}
    by_instance["aws_network_interface"]["n"]["security_groups"] = [ref("aws_security_group.web")]
    answer = asked(by_instance, APP, "internet")
    assert (answer.verdict, answer.doubts) == (UNKNOWN, ("whether aws_network_interface.n lets it through",))
    checked = changed(by_instance, put("aws_network_interface", "n", source_dest_check=True))
    assert asked(checked, APP, "internet").verdict == NOT_REACHABLE


VARIABLE = "${var.x}"


@pytest.mark.parametrize(
    ("name", "change", "doubt"),
    [
        ("in by the internet gateway", put("aws_instance", "web", associate_public_ip_address=VARIABLE), "associate_public"),
        ("in by the internet gateway", rules("web", "ingress", {**t.ANYWHERE, "cidr_blocks": [VARIABLE]}), "var.x"),
        ("in by the internet gateway", put("aws_instance", "web", vpc_security_group_ids=[VARIABLE]), "what ${var.x} allows"),
        ("in by the internet gateway", acl("public", "ingress", {**DENY, "action": VARIABLE}), "aws_network_acl.public"),
        ("in by the internet gateway", acl("public", "ingress", {**DENY, "rule_no": VARIABLE}), "aws_network_acl.public"),
        ("out by a NAT gateway", routes("private", to("0.0.0.0/0", gateway_id=VARIABLE)), "where ${var.x} leads"),
        ("out by a NAT gateway", put("aws_route_table_association", "private", route_table_id=VARIABLE), "the routes of ${var.x}"),
        ("peering", put(CONNECTION, "p", auto_accept=False), "whether aws_vpc_peering_connection.p is accepted"),
        ("peering", put(CONNECTION, "p", peer_vpc_id="vpc-0123456789abcdef0"), "what aws_vpc_peering_connection.p connects"),
        ("out by the internet gateway", put("aws_instance", "web", subnet_id=VARIABLE), "${var.x}"),
        ("peering", put("aws_instance", "b", subnet_id=VARIABLE), "whether aws_instance.b is in aws_subnet"),
        ("transit gateway", put(ASSOCIATION, "left", transit_gateway_route_table_id=VARIABLE), "the routes of"),
        ("within a VPC, by a reference", rules("b", "ingress", {**t.ANYWHERE, "cidr_blocks": ["10.0.0.0/25"]}), "which address"),
    ],
)  # fmt: skip
def test_what_is_not_known_makes_it_unknown(name: str, change: Change, doubt: str) -> None:
    resources, source, target = OPEN[name]
    answer = asked(changed(resources, change), source, target, x=None)
    assert answer.verdict == UNKNOWN, answer
    assert doubt in "\n".join(answer.doubts)


LATER = {**DENY, "rule_no": 2}


def added(type: str, /, **values: Any) -> Change:
    return lambda held: held.setdefault(type, {}).update(more=values)


RULE = {"type": "ingress", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
ALLOW = {"rule_number": 1, "rule_action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0", "egress": False}


@pytest.mark.parametrize(
    ("name", "closed", "opened"),
    [
        ("in by the internet gateway", rules("web", "ingress"), added("aws_security_group_rule", security_group_id=VARIABLE, **RULE)),
        ("in by the internet gateway", acl("public", "ingress", LATER), added("aws_network_acl_rule", network_acl_id=VARIABLE, **ALLOW)),
        (
            "in by the internet gateway",
            routes("public"),
            added("aws_route", route_table_id=VARIABLE, destination_cidr_block="0.0.0.0/0", gateway_id=ref("aws_internet_gateway.main")),
        ),
        (
            "in by the internet gateway",
            drop("aws_route_table_association", "public"),
            added("aws_route_table_association", subnet_id=VARIABLE, route_table_id=ref("aws_route_table.public")),
        ),
        ("in by the internet gateway", put("aws_subnet", "public", map_public_ip_on_launch=False), added("aws_eip", instance=VARIABLE)),
        (
            "gateway endpoint",
            put("aws_vpc_endpoint", "s3", route_table_ids=[]),
            added(
                "aws_vpc_endpoint_route_table_association", vpc_endpoint_id=ref("aws_vpc_endpoint.s3"), route_table_id=VARIABLE
            ),
        ),
        (
            "transit gateway",
            drop("aws_ec2_transit_gateway_route_table_propagation", "right"),
            added(
                "aws_ec2_transit_gateway_route_table_propagation",
                transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_vpc_attachment.right"),
                transit_gateway_route_table_id=VARIABLE,
            ),
        ),
    ],
)  # fmt: skip
def test_what_is_for_an_unknown_owner_may_be_for_any(name: str, closed: Change, opened: Change) -> None:
    resources, source, target = OPEN[name]
    assert asked(changed(resources, closed), source, target, x=None).verdict == NOT_REACHABLE
    answer = asked(changed(changed(resources, closed), opened), source, target, x=None)
    assert answer.verdict == UNKNOWN
    assert answer.doubts


@pytest.mark.parametrize(("mode", "into", "out"), [
    ("off", REACHABLE, REACHABLE),
    ("block-ingress", UNKNOWN, REACHABLE),
    ("block-bidirectional", UNKNOWN, UNKNOWN),
])  # fmt: skip
def test_blocked_public_access_is_no_sure_path(mode: str, into: str, out: str) -> None:
    options = {"aws_vpc_block_public_access_options": {"o": {"internet_gateway_block_mode": mode}}}
    assert asked(merged(t.PUBLIC, options), "internet", WEB).verdict == into
    assert asked(merged(t.PUBLIC, options), WEB, "internet").verdict == out


def test_propagated_routes_are_not_known() -> None:
    propagated = changed(t.NAT, put("aws_route_table", "private", route=[], propagating_vgws=["vgw-0123456789abcdef0"]))
    answer = asked(propagated, APP, "internet")
    assert (answer.verdict, answer.doubts[:1]) == (
        UNKNOWN,
        ("the routes that are propagated to aws_route_table.private",),
    )
    # What is local stays local.
    assert asked(propagated, APP, WEB).verdict == REACHABLE


def test_the_main_table_is_that_of_subnets_without_an_association() -> None:
    main = changed(t.PUBLIC, drop("aws_route_table_association", "public"))
    assert asked(main, "internet", WEB).verdict == NOT_REACHABLE
    main["aws_main_route_table_association"] = {
        "m": {"vpc_id": ref("aws_vpc.main"), "route_table_id": ref("aws_route_table.public")}
    }
    assert asked(main, "internet", WEB).verdict == REACHABLE


def test_what_could_not_be_read_may_open_a_path() -> None:
    document = {"resource": t.NAT, "module": {"m": {"source": "registry.example.com/x/y/aws", "version": "1.0.0"}}}
    answer = path_between([Configuration.of(document)], "internet", APP, "443")
    assert answer.verdict == UNKNOWN
    assert "module" in answer.doubts[0]
