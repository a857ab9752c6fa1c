"""Controls on security groups: what they allow, and their descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.security_group.permissions import (
    GROUPS,
    IN,
    OUT,
    RULES,
    WITH_EGRESS,
    WITH_INGRESS,
    Permission,
    Permissions,
    adds_up,
    neighbors,
    opened_to_internet,
    permissions_of,
)
from secureinfra.controls.shared.traffic import RISKY_PORTS, TCP, UDP, both
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.facts.spans import merged
from secureinfra.terraform.unknown import UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_SOURCES = "a security group, a prefix list or a private network as the source"

NO_SSH_FROM_INTERNET = Control(
    id="security-group-no-ssh-from-internet",
    title="Security groups do not allow SSH from the internet",
    why="attackers try passwords and exploits on every address within minutes, and Session Manager needs no open port",
    row="sg-no-ssh-from-any",
    waivable=False,
    fix="Remove the rule for port 22 and use Session Manager, or allow only the networks that need to connect.",
    setting="SecurityGroup refuses it; use SecureVpc(..., VpcConfig(endpoints=('session-manager',))).",
)

NO_RDP_FROM_INTERNET = Control(
    id="security-group-no-rdp-from-internet",
    title="Security groups do not allow RDP from the internet",
    why="attackers try passwords and exploits on every address within minutes, and Fleet Manager needs no open port",
    row="sg-no-rdp-from-any",
    waivable=False,
    fix="Remove the rule for port 3389 and use Fleet Manager, or allow only the networks that need to connect.",
    setting="SecurityGroup refuses it; use SecureVpc(..., VpcConfig(endpoints=('session-manager',))).",
)

NO_CIFS_FROM_INTERNET = Control(
    id="security-group-no-cifs-from-internet",
    title="Security groups do not allow Windows file sharing from the internet",
    why="worms spread over it",
    row="sg-no-cifs-from-any",
    waivable=False,
    fix="Remove the rule for ports 139 and 445, or allow only the networks that need to connect.",
    setting="SecurityGroup refuses it.",
)

NO_RISKY_PORT_FROM_INTERNET = Control(
    id="security-group-no-risky-port-from-internet",
    title="Security groups do not allow administration and database ports from the internet",
    why="these ports are scanned and attacked within minutes",
    row="sg-no-high-risk-ports",
    waivable=False,
    fix=(
        "Allow only the security group, prefix list or private network that needs to connect; put a load "
        "balancer in front of public services."
    ),
    setting="SecurityGroup refuses it; service.connections.allow_to(database, Port.POSTGRESQL) allows both sides.",
)

NOT_ALL_PORTS_FROM_INTERNET = Control(
    id="security-group-not-all-ports-from-internet",
    title="Security groups do not allow all ports from the internet",
    why="every service that listens now or later would be exposed",
    row="sg-no-all-ports-from-any",
    waivable=False,
    fix="Write one rule for each port that must be reachable, e.g. TCP 443.",
    setting="SecurityGroup refuses it; allow_from_internet(Port.HTTPS) opens one port.",
)

WEB_PORTS_FROM_INTERNET = Control(
    id="security-group-web-ports-from-internet",
    title="Security groups allow only ports 80 and 443 from the internet",
    why="every other open port is a service that anyone can attack",
    row="sg-authorized-public-ports",
    fix="Use TCP 443 for public services, or allow only the networks that need to connect.",
    setting="SecurityGroup.allow_from_internet(Port.HTTPS) does; another port needs a waiver.",
)

INTERNET_BY_NAME = Control(
    id="security-group-internet-by-name",
    title="Only 0.0.0.0/0 or ::/0 allows the internet or a large part of it",
    why="public access must be visible where it is written, and a few large networks together are the internet",
    row="sg-authorized-public-ports",
    waivable=False,
    fix="Write 0.0.0.0/0 or ::/0 if anyone may connect, or list the networks of those who may.",
    setting="Use SecurityGroup.allow_from_internet and allow_to_internet; allow_from and allow_to refuse it.",
)

NARROW_PUBLIC_CIDR = Control(
    id="security-group-narrow-public-cidr",
    title="Public networks that may connect are /24 (IPv6: /48) or narrower",
    why="a wide public network includes addresses of many other owners",
    row="sg-no-wide-public-cidr",
    fix="Allow the addresses that connect, or a prefix list of them.",
    setting="SecurityGroup.allow_from needs a waiver for a wider one.",
)

NO_HTTP_FROM_INTERNET = Control(
    id="security-group-no-http-from-internet",
    title="Security groups do not allow port 80 from the internet",
    why="plain HTTP can be read and changed in transit, and a redirect to HTTPS only helps clients that follow it",
    row="sg-no-http-from-any",
    fix="Allow TCP 443 only. A listener that redirects to HTTPS needs port 80: leave this option off for it.",
    setting="SecurityGroup.allow_from_internet(Port.HTTPS) opens 443 and nothing else.",
)

EGRESS_RESTRICTED = Control(
    id="security-group-egress-restricted",
    title="Security groups allow only HTTPS to the internet",
    why="an attacker who breaks in can send the data anywhere",
    row="sg-egress-restricted",
    fix="Allow egress to security groups, prefix lists and VPC endpoints; to the internet on TCP 443 at most.",
    setting="SecurityGroup allows no egress by default; use allow_to_internet(Port.HTTPS). Other ports need a waiver.",
)

DESCRIBED = Control(
    id="security-group-described",
    title="Security groups and rules have descriptions",
    why="rules without a known purpose are never removed",
    row="sg-descriptions",
    fix="Write a description on the group and on each rule.",
    setting="SecurityGroup requires one, and writes one on each rule without its own.",
)

# The provider's default.
_NO_DESCRIPTION = "Managed by Terraform"


def _keeps_shut(control: Control, what: str, *ports: int) -> None:
    @control.check(*WITH_INGRESS)
    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        def asked(permission: Permission) -> bool:
            return any_of(ports, permission.traffic.holds)

        return opened_to_internet(block, configuration, IN, asked, f"{_SOURCES} for {what}")


_keeps_shut(NO_SSH_FROM_INTERNET, "port 22", 22)
_keeps_shut(NO_RDP_FROM_INTERNET, "port 3389", 3389)
_keeps_shut(NO_CIFS_FROM_INTERNET, "ports 139 and 445", 139, 445)
_keeps_shut(NO_RISKY_PORT_FROM_INTERNET, "administration and database ports", *RISKY_PORTS)
_keeps_shut(NO_HTTP_FROM_INTERNET, "port 80", 80)


@NOT_ALL_PORTS_FROM_INTERNET.check(*WITH_INGRESS)
def _not_all_ports_from_internet(block: Block, configuration: Configuration) -> Iterator[Failure]:
    others = neighbors(block, configuration)

    def asked(permission: Permission) -> bool:
        return any(permission.traffic.is_all_of(protocol) for protocol in (TCP, UDP)) or _in_parts(permission, others)

    return opened_to_internet(block, configuration, IN, asked, "rules for single ports, e.g. tcp 443")


def _in_parts(permission: Permission, others: Permissions) -> bool:
    """Whether a rule is one of several that together allow every port of its protocol."""
    kind = permission.traffic.kind
    if kind not in (TCP, UDP) or not _all_in_parts(others, kind):
        return False
    spans = [permission.traffic.ports]
    for other in others:
        try:
            part = other.traffic.kind == kind and not other.traffic.is_all_of(kind)
            if part and other.goes(IN) and other.peer.is_internet():
                spans.append(other.traffic.ports)
        except UnknownValueError:
            continue
    return _is_every_port(spans)


def _all_in_parts(others: Permissions, kind: str) -> bool:
    """Whether all rules of a group together allow every port; if not, no choice of them does. Answered once for a group."""
    if kind not in others.answers:
        others.answers[kind] = _is_every_port([span for other in others for span in _ports(other, kind)])
    return others.answers[kind]


def _ports(permission: Permission, kind: str) -> Sequence[tuple[int, int]]:
    try:
        return (permission.traffic.ports,) if permission.traffic.kind == kind else ()
    except UnknownValueError:
        return ()


def _is_every_port(spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= 1 and end > 65535 for first, end in merged(spans))


@WEB_PORTS_FROM_INTERNET.check(*WITH_INGRESS)
def _web_ports_from_internet(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def asked(permission: Permission) -> bool:
        return not permission.traffic.is_only(80) and not permission.traffic.is_only(443)

    return opened_to_internet(block, configuration, IN, asked, "tcp 80 or tcp 443 from the internet, nothing else")


@INTERNET_BY_NAME.check(*GROUPS, *RULES)
def _internet_by_name(block: Block, configuration: Configuration) -> Iterator[Failure]:
    others = neighbors(block, configuration)

    def judge(permission: Permission) -> Iterator[Failure]:
        if permission.peer.everything:
            return
        alone = permission.peer.is_internet()

        def beside(other: Permission) -> bool:
            return bool(other.way == permission.way) and other.traffic.overlaps(permission.traffic)

        if alone or adds_up(permission, others, beside):
            what = "a large part of the internet" if alone else "adds up to the internet with other rules of the group"
            yield Failure(f"{permission.peer.text}, {what}", "0.0.0.0/0 or ::/0, or narrow networks", permission.at)

    return each(permissions_of(block, configuration), judge)


@NARROW_PUBLIC_CIDR.check(*WITH_INGRESS)
def _narrow_public_cidr(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(permission: Permission) -> Iterator[Failure]:
        # Other controls check the internet as such.
        if not permission.peer.everything and both(lambda: permission.goes(IN), permission.peer.is_wide):
            yield Failure(
                f"{permission.traffic} from {permission.peer.text}",
                "a public network of /24 (IPv6: /48) or narrower",
                permission.at,
            )

    return each(permissions_of(block, configuration), judge)


@EGRESS_RESTRICTED.check(*WITH_EGRESS)
def _egress_restricted(block: Block, configuration: Configuration) -> Iterator[Failure]:
    # A group without egress blocks allows no egress: the provider removes the rule that AWS adds to every group.
    # registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
    def asked(permission: Permission) -> bool:
        return not permission.traffic.is_only(443)

    return opened_to_internet(block, configuration, OUT, asked, "tcp 443 to the internet, nothing else")


@DESCRIBED.check(*GROUPS, *RULES)
def _described(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(node: Node) -> Iterator[Failure]:
        if node.has("description") and node.get("description") != _NO_DESCRIPTION:
            return
        at = f"{node.path}.description" if node.path else "description"
        yield Failure(written(at, node.get("description")), "description = the purpose of the rule", at)

    nodes: list[Node] = [node for way in (IN, OUT) for node in block.blocks(way)] if block.type in GROUPS else []
    # AWS sets the description of the default group, and it cannot be changed.
    return each(nodes if block.type == "aws_default_security_group" else [block, *nodes], judge)
