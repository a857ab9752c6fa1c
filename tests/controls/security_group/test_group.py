"""Controls on security groups, in every form in which Terraform takes rules."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.security_group import group as controls
from tests.controls.judge import failure, findings, status

Rule = dict[str, Any]
VARIABLE: dict[str, Any] = {"x": {}}
ANYWHERE = "0.0.0.0/0"


def inline(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    version = "ipv6_cidr_blocks" if ":" in network else "cidr_blocks"
    block = {"protocol": protocol, "from_port": first, "to_port": last, version: [network]}
    return {"aws_security_group": {"g": {"vpc_id": "vpc-1", way: [block]}}}


def as_argument(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    """The list of objects that Terraform also takes, in which every attribute must stand."""
    held = inline(way, network, protocol, first, last)
    nothing = dict.fromkeys(
        ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "self", "description")
    )
    group = held["aws_security_group"]["g"]
    group[way] = [{**nothing, **group[way][0]}]
    return held


def default_group(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    return {"aws_default_security_group": inline(way, network, protocol, first, last)["aws_security_group"]}


def dynamic(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    content = inline(way, network, protocol, f"{way}_placeholder", last)["aws_security_group"]["g"][way][0]
    content["from_port"] = f"${{{way}.value}}"
    group = {"vpc_id": "vpc-1", "dynamic": {way: {"for_each": [first], "content": content}}}
    return {"aws_security_group": {"g": group}}


def older_rule(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    block = inline(way, network, protocol, first, last)["aws_security_group"]["g"][way][0]
    return {"aws_security_group_rule": {"r": {"type": way, "security_group_id": "sg-1", **block}}}


def newer_rule(way: str, network: str, protocol: Any, first: Any, last: Any) -> Rule:
    version = "cidr_ipv6" if ":" in network else "cidr_ipv4"
    ports = {} if str(protocol) in ("-1", "all") else {"from_port": first, "to_port": last}
    rule = {"security_group_id": "sg-1", "ip_protocol": protocol, version: network, **ports}
    return {f"aws_vpc_security_group_{way}_rule": {"r": rule}}


FORMS = pytest.mark.parametrize(
    "form", [inline, as_argument, default_group, dynamic, older_rule, newer_rule], ids=lambda form: form.__name__
)
Form = Callable[..., Rule]


def judged(control: Control, rule: Rule) -> str:
    return status(control, variable=VARIABLE, **rule)


OPEN: list[tuple[Control, str, Any, Any, Any]] = [
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "tcp", 22, 22),
    (controls.NO_SSH_FROM_INTERNET, "::/0", "6", 0, 1024),
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "-1", 0, 0),
    (controls.NO_RDP_FROM_INTERNET, "0.0.0.0/1", "tcp", 3000, 4000),
    (controls.NO_RDP_FROM_INTERNET, ANYWHERE, "udp", 3389, 3389),
    (controls.NO_CIFS_FROM_INTERNET, ANYWHERE, "tcp", 445, 445),
    (controls.NO_CIFS_FROM_INTERNET, "2000::/3", "tcp", "137", "139"),
    (controls.NO_RISKY_PORT_FROM_INTERNET, ANYWHERE, "tcp", 5432, 5432),
    (controls.NO_RISKY_PORT_FROM_INTERNET, ANYWHERE, "udp", 11211, 11211),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, ANYWHERE, "all", 0, 0),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, "::/0", "tcp", 0, 65535),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, ANYWHERE, "17", 1, 65535),
    (controls.WEB_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 8443, 8443),
    (controls.WEB_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 80, 443),
    (controls.WEB_PORTS_FROM_INTERNET, ANYWHERE, "icmp", -1, -1),
    (controls.INTERNET_BY_NAME, "0.0.0.0/1", "tcp", 443, 443),
    (controls.INTERNET_BY_NAME, "64:ff9b::/96", "tcp", 443, 443),
    (controls.NARROW_PUBLIC_CIDR, "52.0.0.0/9", "tcp", 443, 443),
    (controls.NARROW_PUBLIC_CIDR, "2001:db8::/32", "tcp", 443, 443),
    (controls.NO_HTTP_FROM_INTERNET, ANYWHERE, "tcp", 80, 80),
]
SHUT: list[tuple[Control, str, Any, Any, Any]] = [
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "tcp", 443, 443),
    (controls.NO_SSH_FROM_INTERNET, "10.0.0.0/8", "tcp", 22, 22),
    (controls.NO_SSH_FROM_INTERNET, "203.0.113.7/32", "tcp", 22, 22),
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "icmp", 8, 0),
    (controls.NO_RDP_FROM_INTERNET, "fd00::/8", "-1", 0, 0),
    (controls.NO_CIFS_FROM_INTERNET, ANYWHERE, "tcp", 443, 443),
    (controls.NO_RISKY_PORT_FROM_INTERNET, ANYWHERE, "tcp", 443, 443),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 1024, 65535),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, "192.168.0.0/16", "-1", 0, 0),
    (controls.WEB_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 443, 443),
    (controls.WEB_PORTS_FROM_INTERNET, "::/0", "tcp", "80", "80"),
    (controls.WEB_PORTS_FROM_INTERNET, "203.0.113.0/24", "tcp", 8443, 8443),
    (controls.INTERNET_BY_NAME, ANYWHERE, "tcp", 443, 443),
    (controls.INTERNET_BY_NAME, "52.0.0.0/8", "tcp", 443, 443),
    (controls.NARROW_PUBLIC_CIDR, "203.0.113.0/24", "tcp", 443, 443),
    (controls.NARROW_PUBLIC_CIDR, ANYWHERE, "tcp", 443, 443),
    (controls.NO_HTTP_FROM_INTERNET, ANYWHERE, "tcp", 443, 443),
]
DOUBTFUL: list[tuple[Control, str, Any, Any, Any]] = [
    (controls.NO_SSH_FROM_INTERNET, "${var.x}", "tcp", 22, 22),
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "tcp", 0, "${var.x}"),
    (controls.NO_SSH_FROM_INTERNET, ANYWHERE, "${var.x}", 22, 22),
    (controls.NO_RDP_FROM_INTERNET, "${var.x}", "-1", 0, 0),
    (controls.NO_CIFS_FROM_INTERNET, "${var.x}", "tcp", 445, 445),
    (controls.NO_RISKY_PORT_FROM_INTERNET, ANYWHERE, "tcp", 5432, "${var.x}"),
    (controls.NOT_ALL_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 0, "${var.x}"),
    (controls.WEB_PORTS_FROM_INTERNET, ANYWHERE, "tcp", 443, "${var.x}"),
    (controls.INTERNET_BY_NAME, "${var.x}", "tcp", 443, 443),
    (controls.NARROW_PUBLIC_CIDR, "${var.x}", "tcp", 443, 443),
    (controls.NO_HTTP_FROM_INTERNET, "${var.x}", "tcp", 80, 80),
]


@FORMS
@pytest.mark.parametrize("case", OPEN, ids=lambda case: f"{case[0].id}-{'-'.join(map(str, case[1:]))}")
def test_open_to_internet(form: Form, case: tuple[Control, str, Any, Any, Any]) -> None:
    control, *rule = case
    assert judged(control, form("ingress", *rule)) == "failed"
    if control is not controls.INTERNET_BY_NAME and form is not newer_rule:
        assert judged(control, form("egress", *rule)) == "passed"


@FORMS
@pytest.mark.parametrize("case", SHUT, ids=lambda case: f"{case[0].id}-{'-'.join(map(str, case[1:]))}")
def test_shut_to_internet(form: Form, case: tuple[Control, str, Any, Any, Any]) -> None:
    control, *rule = case
    assert judged(control, form("ingress", *rule)) == "passed"


@FORMS
@pytest.mark.parametrize("case", DOUBTFUL, ids=lambda case: f"{case[0].id}-{'-'.join(map(str, case[1:]))}")
def test_open_to_whom_nobody_knows(form: Form, case: tuple[Control, str, Any, Any, Any]) -> None:
    control, *rule = case
    assert judged(control, form("ingress", *rule)) == "unknown"


@FORMS
@pytest.mark.parametrize(
    ("network", "protocol", "first", "last", "answer"),
    [
        (ANYWHERE, "tcp", 443, 443, "passed"),
        ("10.0.0.0/8", "-1", 0, 0, "passed"),
        (ANYWHERE, "-1", 0, 0, "failed"),
        ("::/0", "all", 0, 0, "failed"),
        (ANYWHERE, "tcp", 25, 25, "failed"),
        ("128.0.0.0/1", "tcp", 0, 65535, "failed"),
        ("${var.x}", "-1", 0, 0, "unknown"),
        (ANYWHERE, "tcp", 443, "${var.x}", "unknown"),
    ],
)
def test_egress_restricted(form: Form, network: str, protocol: Any, first: Any, last: Any, answer: str) -> None:
    assert judged(controls.EGRESS_RESTRICTED, form("egress", network, protocol, first, last)) == answer
    if form is not newer_rule:
        assert judged(controls.EGRESS_RESTRICTED, form("ingress", network, protocol, first, last)) == "passed"


def test_egress_restricted_where_nothing_is_written() -> None:
    assert judged(controls.EGRESS_RESTRICTED, {"aws_security_group": {"g": {"vpc_id": "vpc-1"}}}) == "passed"


def test_no_ssh_from_internet_says_where_it_is_open() -> None:
    assert failure(controls.NO_SSH_FROM_INTERNET, **inline("ingress", ANYWHERE, "tcp", 0, 1024)) == (
        "aws_security_group.g ingress[0].cidr_blocks: tcp 0-1024 from 0.0.0.0/0 -> a security group, a prefix list or a "
        "private network as the source for port 22"
    )
    assert "aws_vpc_security_group_ingress_rule.r cidr_ipv6: all traffic from ::/0" in failure(
        controls.NO_SSH_FROM_INTERNET, **newer_rule("ingress", "::/0", -1, None, None)
    )


def test_doubt_about_one_rule_hides_no_other() -> None:
    rules = [
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["${var.x}"]},
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8", ANYWHERE]},
    ]
    group = {"aws_security_group": {"g": {"ingress": rules}}}
    assert judged(controls.NO_SSH_FROM_INTERNET, group) == "failed"
    group = {"aws_security_group": {"g": {"ingress": rules[:1]}}}
    assert judged(controls.NO_SSH_FROM_INTERNET, group) == "unknown"


def test_rules_from_an_unknown_list_are_not_known() -> None:
    content = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [ANYWHERE]}
    group = {"dynamic": {"ingress": {"for_each": "${var.x}", "content": content}}}
    assert judged(controls.NO_SSH_FROM_INTERNET, {"aws_security_group": {"g": group}}) == "unknown"
    assert judged(controls.NO_SSH_FROM_INTERNET, {"aws_security_group": {"g": {"ingress": "${var.x}"}}}) == "unknown"
    rule = older_rule("ingress", ANYWHERE, "tcp", 22, 22)
    rule["aws_security_group_rule"]["r"]["type"] = "${var.x}"
    assert judged(controls.NO_SSH_FROM_INTERNET, rule) == "unknown"


def rules(*networks: str, **more: Any) -> Rule:
    """A group with one rule resource for each network."""
    rule = {"security_group_id": "${aws_security_group.g.id}", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}
    return {
        "aws_security_group": {"g": {"vpc_id": "vpc-1"}},
        "aws_vpc_security_group_ingress_rule": {
            f"r{position}": {**rule, "cidr_ipv4": network, **more} for position, network in enumerate(networks)
        },
    }


def test_networks_of_several_rules_add_up() -> None:
    parts = [f"{first}.0.0.0/8" for first in (11, 12)]
    assert judged(controls.NO_SSH_FROM_INTERNET, rules(parts[0])) == "passed"
    found = failure(controls.NO_SSH_FROM_INTERNET, **rules(*parts))
    assert found.count("which adds up to the internet with other rules of the group") == 2
    assert judged(controls.NO_SSH_FROM_INTERNET, rules(parts[0], parts[0])) == "passed"
    assert judged(controls.NO_SSH_FROM_INTERNET, rules(parts[0], "10.0.0.0/8")) == "passed"


def test_internet_by_name_counts_networks_together() -> None:
    assert "adds up to the internet" in failure(
        controls.INTERNET_BY_NAME, **rules("11.0.0.0/8", "12.0.0.0/9", "13.0.0.0/8")
    )
    assert judged(controls.INTERNET_BY_NAME, rules("11.0.0.0/8")) == "passed"
    apart = rules("11.0.0.0/8", "12.0.0.0/8")
    apart["aws_vpc_security_group_ingress_rule"]["r1"].update(from_port=443, to_port=443)
    assert judged(controls.INTERNET_BY_NAME, apart) == "passed"


def test_networks_of_two_groups_do_not_add_up() -> None:
    apart = rules("11.0.0.0/8", "12.0.0.0/8")
    apart["aws_vpc_security_group_ingress_rule"]["r1"]["security_group_id"] = "sg-2"
    assert judged(controls.NO_SSH_FROM_INTERNET, apart) == "passed"


def test_an_office_beside_the_internet_is_not_blamed() -> None:
    found = failure(controls.NO_SSH_FROM_INTERNET, **rules(ANYWHERE, "203.0.113.7/32"))
    assert found.startswith("aws_vpc_security_group_ingress_rule.r0 ")
    assert "r1" not in found


def test_not_all_ports_from_internet_counts_ranges_together() -> None:
    halves = rules(ANYWHERE, ANYWHERE, from_port=0, to_port=30000)
    assert judged(controls.NOT_ALL_PORTS_FROM_INTERNET, halves) == "passed"
    halves["aws_vpc_security_group_ingress_rule"]["r1"].update(from_port=30001, to_port=65535)
    assert judged(controls.NOT_ALL_PORTS_FROM_INTERNET, halves) == "failed"


def test_group_itself_and_rules_beside_it_are_one_group() -> None:
    both = rules("11.0.0.0/8")
    block = {"protocol": "tcp", "from_port": 0, "to_port": 100, "cidr_blocks": ["12.0.0.0/8"]}
    both["aws_security_group"]["g"]["ingress"] = [block]
    assert len([f for f in findings(controls.NO_SSH_FROM_INTERNET, **both) if f.status == "failed"]) == 2


def test_rules_of_a_vpcs_default_group_are_one_group() -> None:
    rule = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22}
    parts = {
        "a": {**rule, "security_group_id": "${aws_vpc.v.default_security_group_id}", "cidr_ipv4": "11.0.0.0/8"},
        "b": {**rule, "security_group_id": "${aws_default_security_group.d.id}", "cidr_ipv4": "12.0.0.0/8"},
    }
    held = {
        "aws_vpc": {"v": {}},
        "aws_default_security_group": {"d": {"vpc_id": "${aws_vpc.v.id}"}},
        "aws_vpc_security_group_ingress_rule": parts,
    }
    assert judged(controls.NO_SSH_FROM_INTERNET, held) == "failed"


@pytest.mark.parametrize("form", ["entry", "resource"])
def test_networks_on_a_prefix_list_of_the_configuration_count(form: str) -> None:
    entry = {"cidr": ANYWHERE}
    listed: Rule = {"aws_ec2_managed_prefix_list": {"l": {"address_family": "IPv4"}}}
    if form == "entry":
        listed["aws_ec2_managed_prefix_list"]["l"]["entry"] = [entry]
    else:
        entry["prefix_list_id"] = "${aws_ec2_managed_prefix_list.l.id}"
        listed["aws_ec2_managed_prefix_list_entry"] = {"e": entry}
    rule = rules("10.0.0.0/8", prefix_list_id="${aws_ec2_managed_prefix_list.l.id}")
    assert "prefix_list_id: tcp 22 from 0.0.0.0/0" in failure(controls.NO_SSH_FROM_INTERNET, **listed, **rule)
    older = older_rule("ingress", "10.0.0.0/8", "tcp", 22, 22)
    older["aws_security_group_rule"]["r"]["prefix_list_ids"] = ["${aws_ec2_managed_prefix_list.l.id}"]
    assert judged(controls.NO_SSH_FROM_INTERNET, {**listed, **older}) == "failed"
    entry["cidr"] = "10.0.0.0/8"
    assert judged(controls.NO_SSH_FROM_INTERNET, {**listed, **rule}) == "passed"
    entry["cidr"] = "${var.x}"
    assert judged(controls.NO_SSH_FROM_INTERNET, {**listed, **rule}) == "unknown"


def test_other_prefix_lists_and_groups_are_no_internet() -> None:
    assert judged(controls.NO_SSH_FROM_INTERNET, rules("10.0.0.0/8", referenced_security_group_id="sg-2")) == "passed"
    assert judged(controls.NO_SSH_FROM_INTERNET, rules("10.0.0.0/8", prefix_list_id="pl-6ea54007")) == "unknown"
    for type, name, answer in (
        ("aws_prefix_list", "com.amazonaws.eu-central-1.s3", "passed"),
        ("aws_ec2_managed_prefix_list", "com.amazonaws.global.cloudfront.origin-facing", "passed"),
        ("aws_ec2_managed_prefix_list", "offices", "unknown"),
    ):
        looked_up = rules("10.0.0.0/8", prefix_list_id=f"${{data.{type}.l.id}}")
        assert status(controls.NO_SSH_FROM_INTERNET, data={type: {"l": {"name": name}}}, **looked_up) == answer
    s3 = {"prefix_list_id": "${aws_vpc_endpoint.s3.prefix_list_id}"}
    endpoint = {"aws_vpc_endpoint": {"s3": {"service_name": "com.amazonaws.eu-central-1.s3"}}}
    assert judged(controls.NO_SSH_FROM_INTERNET, {**endpoint, **rules("10.0.0.0/8", **s3)}) == "passed"
    assert judged(controls.NO_SSH_FROM_INTERNET, rules("10.0.0.0/8", prefix_list_id="${var.x}")) == "unknown"


def test_network_of_a_vpc_that_aws_chooses_is_its_own() -> None:
    vpc = {"aws_vpc": {"v": {"ipv4_ipam_pool_id": "ipam-pool-1"}}}
    assert judged(controls.NO_SSH_FROM_INTERNET, {**vpc, **rules("${aws_vpc.v.cidr_block}")}) == "passed"
    assert judged(controls.NARROW_PUBLIC_CIDR, {**vpc, **rules("${aws_vpc.v.cidr_block}")}) == "passed"


@pytest.mark.parametrize(
    ("cidr", "rule", "answer"),
    [
        ("${var.x}", "${var.x}", "passed"),
        ("${var.x}", "${aws_vpc.v.cidr_block}", "passed"),
        ("52.1.0.0/16", "${aws_vpc.v.cidr_block}", "passed"),
        ("10.0.0.0/16", "${var.x}", "unknown"),
        # No VPC is that wide, so it says nothing about who is in there.
        ("52.0.0.0/8", "52.0.0.0/8", "failed"),
        ("${var.x}/0", "${var.x}/0", "failed"),
    ],
)
def test_network_that_a_vpc_has_is_its_own_whatever_it_is(cidr: str, rule: str, answer: str) -> None:
    vpc = {"aws_vpc": {"v": {"cidr_block": cidr}}}
    control = controls.NO_SSH_FROM_INTERNET if cidr.endswith("}/0") else controls.NARROW_PUBLIC_CIDR
    assert judged(control, {**vpc, **rules(rule)}) == answer


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ({"aws_security_group": {"g": {"description": "web"}}}, "passed"),
        ({"aws_security_group": {"g": {}}}, "failed"),
        ({"aws_security_group": {"g": {"description": "Managed by Terraform"}}}, "failed"),
        ({"aws_security_group": {"g": {"description": "${var.x}"}}}, "unknown"),
        ({"aws_security_group": {"g": {"description": "web", "ingress": [{"self": True}]}}}, "failed"),
        ({"aws_security_group": {"g": {"description": "web", "egress": [{"description": "out"}]}}}, "passed"),
        ({"aws_default_security_group": {"g": {}}}, "passed"),
        ({"aws_default_security_group": {"g": {"ingress": [{"self": True}]}}}, "failed"),
        ({"aws_security_group_rule": {"r": {"type": "ingress", "description": ""}}}, "failed"),
        ({"aws_vpc_security_group_ingress_rule": {"r": {"description": "from the balancer"}}}, "passed"),
        ({"aws_vpc_security_group_egress_rule": {"r": {}}}, "failed"),
    ],
)
def test_described(held: Rule, answer: str) -> None:
    assert judged(controls.DESCRIBED, held) == answer


def test_described_says_which_rule_is_not() -> None:
    group = {"g": {"description": "web", "ingress": [{"description": "a"}, {"description": ""}]}}
    assert failure(controls.DESCRIBED, aws_security_group=group) == (
        'aws_security_group.g ingress[1].description: ingress[1].description = "" -> description = the purpose of the rule'
    )


@pytest.mark.parametrize(
    "id",
    [
        "security-group-no-ssh-from-internet",
        "security-group-no-rdp-from-internet",
        "security-group-no-cifs-from-internet",
        "security-group-no-risky-port-from-internet",
        "security-group-not-all-ports-from-internet",
        "security-group-web-ports-from-internet",
        "security-group-internet-by-name",
        "security-group-narrow-public-cidr",
        "security-group-no-http-from-internet",
    ],
)
def test_every_control_is_judged_in_every_form(id: str) -> None:
    for table in (OPEN, SHUT, DOUBTFUL):
        assert id in {case[0].id for case in table}
