"""Controls on network ACLs, judged as AWS judges: the first entry that matches decides."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.vpc import network_acl as controls
from tests.controls.judge import failure, status

VARIABLE: dict[str, Any] = {"x": {}}
ANYWHERE = "0.0.0.0/0"
Entry = tuple[Any, Any, Any, Any, Any, str]
"""Number, action, protocol, first port, last port, network."""


def inline(*entries: Entry) -> dict[str, Any]:
    return {"aws_network_acl": {"a": {"vpc_id": "vpc-1", "ingress": [_block(*entry) for entry in entries]}}}


def as_argument(*entries: Entry) -> dict[str, Any]:
    nothing = dict.fromkeys(("cidr_block", "ipv6_cidr_block", "icmp_type", "icmp_code"))
    blocks = [{**nothing, **_block(*entry)} for entry in entries]
    return {"aws_network_acl": {"a": {"vpc_id": "vpc-1", "ingress": blocks}}}


def default_acl(*entries: Entry) -> dict[str, Any]:
    return {"aws_default_network_acl": inline(*entries)["aws_network_acl"]}


def rules(*entries: Entry) -> dict[str, Any]:
    return {"aws_network_acl": {"a": {"vpc_id": "vpc-1"}}, **_rules("${aws_network_acl.a.id}", *entries)}


def rules_of_an_acl_elsewhere(*entries: Entry) -> dict[str, Any]:
    return _rules("acl-1", *entries)


def rules_of_a_default_acl(*entries: Entry) -> dict[str, Any]:
    half = len(entries) // 2
    acl = {"aws_default_network_acl": {"d": {"default_network_acl_id": "${aws_vpc.v.default_network_acl_id}"}}}
    held = _rules("${aws_vpc.v.default_network_acl_id}", *entries)
    for position, rule in enumerate(held["aws_network_acl_rule"].values()):
        if position < half:
            rule["network_acl_id"] = "${aws_default_network_acl.d.id}"
    return {"aws_vpc": {"v": {}}, **acl, **held}


def mixed(*entries: Entry) -> dict[str, Any]:
    half = len(entries) // 2
    return {**inline(*entries[:half]), **_rules("${aws_network_acl.a.id}", *entries[half:])}


def _block(number: Any, action: Any, protocol: Any, first: Any, last: Any, network: str) -> dict[str, Any]:
    version = "ipv6_cidr_block" if ":" in network else "cidr_block"
    return {
        "rule_no": number,
        "action": action,
        "protocol": protocol,
        "from_port": first,
        "to_port": last,
        version: network,
    }


def _rules(acl: str, *entries: Entry) -> dict[str, Any]:
    held = {}
    for position, (number, action, protocol, first, last, network) in enumerate(entries):
        block = _block(number, action, protocol, first, last, network)
        named = {"rule_number": block.pop("rule_no"), "rule_action": block.pop("action")}
        held[f"r{position}"] = {"network_acl_id": acl, **named, **block}
    return {"aws_network_acl_rule": held}


FORMS = pytest.mark.parametrize(
    "form",
    [inline, as_argument, default_acl, rules, rules_of_an_acl_elsewhere, rules_of_a_default_acl, mixed],
    ids=lambda form: form.__name__,
)
Form = Callable[..., dict[str, Any]]

HTTPS: Entry = (100, "allow", "tcp", 443, 443, ANYWHERE)
ANSWERS: tuple[Entry, ...] = (
    (200, "allow", "tcp", 1024, 3388, ANYWHERE),
    (210, "allow", "6", "3390", "65535", ANYWHERE),
    (220, "allow", "udp", 1024, 3388, ANYWHERE),
    (230, "allow", "17", 3390, 65535, ANYWHERE),
)
WITHIN: Entry = (110, "allow", "-1", 0, 0, "10.0.0.0/8")
CLOSED: Entry = (32766, "deny", "-1", 0, 0, ANYWHERE)
EVERYTHING: Entry = (300, "allow", "-1", 0, 0, ANYWHERE)


def denied(number: Any, *ports: int, network: str = ANYWHERE) -> tuple[Entry, ...]:
    return tuple((number, "deny", protocol, port, port, network) for port in ports for protocol in ("tcp", "udp"))


ADMIN, FTP, WIDE = controls.ACL_NO_ADMIN_PORTS, controls.ACL_NO_FTP, controls.ACL_NOT_WIDE_OPEN

GOOD: list[tuple[Control, tuple[Entry, ...]]] = [
    *((control, (HTTPS, *ANSWERS, WITHIN, CLOSED)) for control in (ADMIN, FTP, WIDE)),
    (ADMIN, (*denied(90, 22, 3389), EVERYTHING)),
    (
        ADMIN,
        (
            (90, "deny", "tcp", 0, 1023, ANYWHERE),
            (91, "deny", "udp", 0, 1023, ANYWHERE),
            *denied(92, 3389),
            EVERYTHING,
        ),
    ),
    (ADMIN, ((90, "deny", "-1", 0, 0, ANYWHERE), EVERYTHING)),
    (
        ADMIN,
        (
            (90, "deny", "tcp", 22, 22, "0.0.0.0/1"),
            (91, "deny", "tcp", 22, 22, "128.0.0.0/1"),
            (92, "allow", "tcp", 22, 22, ANYWHERE),
        ),
    ),
    (ADMIN, ((100, "allow", "tcp", 22, 22, "203.0.113.0/24"),)),
    (FTP, ((100, "allow", "udp", 0, 65535, ANYWHERE),)),
    (ADMIN, ((100, "allow", "icmp", 0, 0, ANYWHERE),)),
    (ADMIN, ((100, "allow", "tcp", 22, 22, "${var.x}/32"),)),
    (ADMIN, ((100, "allow", "-1", 0, 0, "${aws_vpc.w.cidr_block}"),)),
    (ADMIN, (*denied(90, 22, 3389, network="::/0"), (100, "allow", "-1", 0, 0, "::/0"))),
    (ADMIN, (*denied(90, 22, 3389), ("${var.x}", "allow", "tcp", 443, 443, ANYWHERE))),
    (FTP, (*denied(90, 20, 21), EVERYTHING)),
    (WIDE, ((90, "deny", "-1", 0, 0, ANYWHERE), EVERYTHING)),
    (WIDE, ((90, "deny", "tcp", 0, 65535, ANYWHERE), (100, "allow", "tcp", 0, 65535, ANYWHERE))),
]
BAD: list[tuple[Control, tuple[Entry, ...]]] = [
    (ADMIN, (EVERYTHING,)),
    (ADMIN, ((100, "allow", "tcp", 22, 22, ANYWHERE),)),
    (ADMIN, ((100, "ALLOW", "6", 3389, 3389, "::/0"),)),
    (ADMIN, ((100, "allow", "tcp", 1024, 65535, ANYWHERE),)),
    (ADMIN, ((100, "allow", "udp", 1024, 65535, ANYWHERE),)),
    (ADMIN, ((100, "allow", "17", 22, 22, "::/0"),)),
    (ADMIN, ((100, "allow", "tcp", 22, 22, "0.0.0.0/1"), (110, "allow", "tcp", 22, 22, "128.0.0.0/1"))),
    (ADMIN, ((100, "allow", "tcp", 22, 22, "11.0.0.0/8"), (110, "allow", "tcp", 22, 22, "12.0.0.0/8"))),
    # Too late, another port, a part of the internet, the other protocol: none of these protects.
    (ADMIN, (*denied(310, 22, 3389), EVERYTHING)),
    (ADMIN, (*denied(90, 22), EVERYTHING)),
    (ADMIN, (*denied(90, 22, 3389, network="198.51.100.0/24"), EVERYTHING)),
    (ADMIN, (*denied(90, 22, 3389, network="::/0"), EVERYTHING)),
    (ADMIN, ((90, "deny", "udp", 0, 65535, ANYWHERE), EVERYTHING)),
    (ADMIN, ((90, "deny", "tcp", 0, 65535, ANYWHERE), EVERYTHING)),
    (ADMIN, (*denied("90", 22, 3389, network="${aws_vpc.w.cidr_block}"), EVERYTHING)),
    (FTP, ((100, "allow", "tcp", 20, 21, ANYWHERE),)),
    (FTP, (*denied(90, 20), EVERYTHING)),
    (WIDE, (EVERYTHING,)),
    (WIDE, ((100, "allow", "all", 0, 0, "::/0"),)),
    (WIDE, ((100, "allow", "tcp", 0, 65535, ANYWHERE),)),
    (WIDE, ((100, "allow", "17", 1, 65535, ANYWHERE),)),
    (WIDE, ((100, "allow", "tcp", 0, 1023, ANYWHERE), (110, "allow", "tcp", 1024, 65535, ANYWHERE))),
    (WIDE, (*denied(90, 22, 3389), EVERYTHING)),
    (WIDE, ((90, "deny", "tcp", 0, 65535, ANYWHERE), EVERYTHING)),
]
DOUBTFUL: list[tuple[Control, tuple[Entry, ...]]] = [
    (ADMIN, ((100, "allow", "tcp", 22, 22, "${var.x}"),)),
    (ADMIN, ((100, "${var.x}", "tcp", 22, 22, ANYWHERE),)),
    (ADMIN, ((100, "allow", "${var.x}", 22, 22, ANYWHERE),)),
    (ADMIN, ((100, "allow", "tcp", 0, "${var.x}", ANYWHERE),)),
    # Whether a deny comes first, and of what, decides about the rest.
    (ADMIN, (*denied("${var.x}", 22, 3389), EVERYTHING)),
    (ADMIN, (*denied(90, 22, 3389, network="${var.x}"), EVERYTHING)),
    (ADMIN, ((90, "${var.x}", "-1", 0, 0, ANYWHERE), EVERYTHING)),
    (FTP, ((100, "allow", "tcp", 21, 21, "${var.x}"),)),
    (WIDE, ((100, "allow", "-1", 0, 0, "${var.x}"),)),
    (WIDE, ((100, "allow", "${var.x}", 0, 65535, ANYWHERE),)),
]


def named(value: object) -> str | None:
    return value.id if isinstance(value, Control) else None


@FORMS
@pytest.mark.parametrize(("control", "entries"), GOOD, ids=named)
def test_shut(form: Form, control: Control, entries: tuple[Entry, ...]) -> None:
    assert status(control, variable=VARIABLE, **form(*entries)) == "passed"


@FORMS
@pytest.mark.parametrize(("control", "entries"), BAD, ids=named)
def test_open(form: Form, control: Control, entries: tuple[Entry, ...]) -> None:
    assert status(control, variable=VARIABLE, **form(*entries)) == "failed"


@FORMS
@pytest.mark.parametrize(("control", "entries"), DOUBTFUL, ids=named)
def test_open_to_whom_nobody_knows(form: Form, control: Control, entries: tuple[Entry, ...]) -> None:
    assert status(control, variable=VARIABLE, **form(*entries)) == "unknown"


def test_acl_no_admin_ports_says_which_entry() -> None:
    assert failure(ADMIN, **inline(HTTPS, EVERYTHING)) == (
        "aws_network_acl.a ingress[1].cidr_block: all traffic from 0.0.0.0/0 allowed by rule 300 -> no entry that allows "
        "tcp or udp 22 or 3389 from the internet, unless a lower number denies them"
    )


def test_acl_no_ftp_blames_the_rule_that_is_in_another_block() -> None:
    found = failure(FTP, **rules(HTTPS, (120, "allow", "tcp", 20, 30, ANYWHERE)))
    assert found.startswith("aws_network_acl_rule.r1 cidr_block: tcp 20-30 from 0.0.0.0/0 allowed by rule 120")
    assert found.count("\n") == 0


@pytest.mark.parametrize("control", [ADMIN, FTP, WIDE], ids=named)
def test_acl_not_wide_open_for_what_goes_out(control: Control) -> None:
    out = _rules("acl-1", EVERYTHING)
    out["aws_network_acl_rule"]["r0"]["egress"] = True
    assert status(control, **out) == "passed"
    out["aws_network_acl_rule"]["r0"]["egress"] = "${var.x}"
    assert status(control, variable=VARIABLE, **out) == "unknown"
    acl = {"a": {"egress": [_block(*EVERYTHING)]}}
    assert status(control, aws_network_acl=acl) == "passed"


@pytest.mark.parametrize("control", [ADMIN, FTP, WIDE], ids=named)
def test_entries_from_an_unknown_list_are_not_known(control: Control) -> None:
    acl = {"a": {"dynamic": {"ingress": {"for_each": "${var.x}", "content": _block(*EVERYTHING)}}}}
    assert status(control, variable=VARIABLE, aws_network_acl=acl) == "unknown"
    assert status(control, aws_default_network_acl={"a": {}}) == "passed"


@pytest.mark.parametrize("control", [ADMIN, FTP, WIDE], ids=named)
def test_network_of_the_vpc_is_not_everywhere(control: Control) -> None:
    held = inline((100, "allow", "-1", 0, 0, "${var.x}"))
    assert status(control, variable=VARIABLE, **held) == "unknown"
    assert status(control, variable=VARIABLE, **held, aws_vpc={"v": {"cidr_block": "${var.x}"}}) == "passed"


def test_acl_associated() -> None:
    def judged(subnet_ids: Any = None, **more: Any) -> str:
        acl = {"a": {"vpc_id": "vpc-1", "subnet_ids": subnet_ids}}
        return status(controls.ACL_ASSOCIATED, variable=VARIABLE, aws_network_acl=acl, **more)

    subnets = {"aws_subnet": {"s": {"count": "${var.x}"}}}
    beside = {
        "aws_network_acl_association": {"b": {"network_acl_id": "${aws_network_acl.a.id}", "subnet_id": "subnet-1"}}
    }
    elsewhere = {"aws_network_acl_association": {"b": {"network_acl_id": "${var.x}", "subnet_id": "subnet-1"}}}
    assert judged(["subnet-1"]) == "passed"
    assert judged("${aws_subnet.s[*].id}", **subnets) == "passed"
    assert judged(**beside) == "passed"
    assert judged("${var.x}", **beside) == "passed"
    assert judged() == judged([]) == "failed"
    assert judged("${var.x}") == "unknown"
    assert judged(**elsewhere) == "unknown"
