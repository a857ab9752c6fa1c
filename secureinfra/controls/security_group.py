"""Controls on security groups: what they open, and that somebody can say what for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.networks import merged
from secureinfra.controls.reading.security_group_permissions import (
    GROUPS,
    IN,
    OUT,
    RULES,
    WITH_EGRESS,
    WITH_INGRESS,
    Permission,
    adds_up,
    neighbours,
    opened_to_internet,
    permissions_of,
)
from secureinfra.controls.reading.traffic import RISKY_PORTS, TCP, UDP, both
from secureinfra.controls.verdict import Failure, any_of, each, written
from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_SOURCES = "a security group, a prefix list or a private network as the source"

NO_SSH_FROM_INTERNET = Control(
    id="security-group-no-ssh-from-internet",
    title="SSH is never open to the internet",
    why="every address is tried for passwords and exploits within minutes, and Session Manager needs no open port",
    row="sg-no-ssh-from-any",
    waivable=False,
    mend="Remove the rule for port 22 and use Session Manager, or name the networks that may connect.",
    python="SecurityGroup refuses it; SecureVpc(..., VpcConfig(endpoints=('session-manager',))) is the way in.",
)

NO_RDP_FROM_INTERNET = Control(
    id="security-group-no-rdp-from-internet",
    title="RDP is never open to the internet",
    why="every address is tried for passwords and exploits within minutes, and Fleet Manager needs no open port",
    row="sg-no-rdp-from-any",
    waivable=False,
    mend="Remove the rule for port 3389 and use Fleet Manager, or name the networks that may connect.",
    python="SecurityGroup refuses it; SecureVpc(..., VpcConfig(endpoints=('session-manager',))) is the way in.",
)

NO_CIFS_FROM_INTERNET = Control(
    id="security-group-no-cifs-from-internet",
    title="Windows file sharing is never open to the internet",
    why="worms spread over it",
    row="sg-no-cifs-from-any",
    waivable=False,
    mend="Remove the rule for ports 139 and 445, or name the networks that may connect.",
    python="SecurityGroup refuses it.",
)

NO_RISKY_PORT_FROM_INTERNET = Control(
    id="security-group-no-risky-port-from-internet",
    title="Administration and database ports are never open to the internet",
    why="they are scanned and attacked within minutes",
    row="sg-no-high-risk-ports",
    waivable=False,
    mend="Name the group, prefix list or private network that may connect; put a load balancer before what all may use.",
    python="SecurityGroup refuses it; service.connections.allow_to(database, Port.POSTGRESQL) names both sides.",
)

NOT_ALL_PORTS_FROM_INTERNET = Control(
    id="security-group-not-all-ports-from-internet",
    title="All ports together are never open to the internet",
    why="it opens whatever listens there now and later",
    row="sg-no-all-ports-from-any",
    waivable=False,
    mend="Write one rule for each port that must be reached, e.g. TCP 443.",
    python="SecurityGroup refuses it; allow_from_internet(Port.HTTPS) opens one port.",
)

WEB_PORTS_FROM_INTERNET = Control(
    id="security-group-web-ports-from-internet",
    title="The internet reaches ports 80 and 443 only",
    why="every further port is a service that must withstand everybody",
    row="sg-authorized-public-ports",
    mend="Serve the public on TCP 443, or name the networks that may connect.",
    python="SecurityGroup.allow_from_internet(Port.HTTPS) does; another port needs a waiver.",
)

INTERNET_BY_NAME = Control(
    id="security-group-internet-by-name",
    title="Only a method whose name says so opens a group to the internet or to a large part of it",
    why="an open door must be seen where it is written, and a few large networks together are the internet",
    row="sg-authorized-public-ports",
    waivable=False,
    mend="Write 0.0.0.0/0 or ::/0 where everybody is meant, or name the networks of those who are.",
    python="SecurityGroup.allow_from_internet and allow_to_internet are the methods; allow_from and allow_to refuse it.",
)

NARROW_PUBLIC_CIDR = Control(
    id="security-group-narrow-public-cidr",
    title="Public networks that may connect are /24 (IPv6: /48) or narrower",
    why="a wide public network belongs to many others too",
    row="sg-no-wide-public-cidr",
    mend="Name the addresses that connect, or a prefix list of them.",
    python="SecurityGroup.allow_from asks for a waiver for a wider one.",
)

NO_HTTP_FROM_INTERNET = Control(
    id="security-group-no-http-from-internet",
    title="Port 80 is not open to the internet",
    why="what is sent there can be read and changed on its way, and a redirect to HTTPS helps only those who follow it",
    row="sg-no-http-from-any",
    mend="Open TCP 443 only. A listener that redirects to HTTPS needs port 80: leave this option off for it.",
    python="SecurityGroup.allow_from_internet(Port.HTTPS) opens 443 and nothing else.",
)

EGRESS_RESTRICTED = Control(
    id="security-group-egress-restricted",
    title="Only HTTPS leaves to the internet",
    why="whoever breaks in can send the data anywhere",
    row="sg-egress-restricted",
    mend="Let traffic out to security groups, prefix lists and VPC endpoints; to the internet on TCP 443 at most.",
    python="SecurityGroup lets nothing out by itself; allow_to_internet(Port.HTTPS) does, any other port needs a waiver.",
)

DESCRIBED = Control(
    id="security-group-described",
    title="Groups and rules say what they are for",
    why="nobody dares to remove a rule that nobody can explain",
    row="sg-descriptions",
    mend="Write a description on the group and on each rule.",
    python="SecurityGroup asks for one, and writes one on each rule that has none of its own.",
)

# What the provider writes where nothing is written.
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
_keeps_shut(NO_RISKY_PORT_FROM_INTERNET, "ports of administration and of databases", *RISKY_PORTS)
_keeps_shut(NO_HTTP_FROM_INTERNET, "port 80", 80)


@NOT_ALL_PORTS_FROM_INTERNET.check(*WITH_INGRESS)
def _not_all_ports_from_internet(block: Block, configuration: Configuration) -> Iterator[Failure]:
    others = neighbours(block, configuration)

    def asked(permission: Permission) -> bool:
        return any(permission.traffic.is_all_of(protocol) for protocol in (TCP, UDP)) or _in_parts(permission, others)

    return opened_to_internet(block, configuration, IN, asked, "rules for single ports, e.g. tcp 443")


def _in_parts(permission: Permission, others: Sequence[Permission]) -> bool:
    """Whether a rule is one of several that together open every port of its protocol."""
    kind = permission.traffic.kind
    if kind not in (TCP, UDP):
        return False
    spans = [permission.traffic.ports]
    for other in others:
        try:
            part = other.traffic.kind == kind and not other.traffic.is_all_of(kind)
            if part and other.goes(IN) and other.peer.is_internet():
                spans.append(other.traffic.ports)
        except UnknownValueError:
            continue
    return any(first <= 1 and end > 65535 for first, end in merged(spans))


@WEB_PORTS_FROM_INTERNET.check(*WITH_INGRESS)
def _web_ports_from_internet(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def asked(permission: Permission) -> bool:
        return not permission.traffic.is_only(80) and not permission.traffic.is_only(443)

    return opened_to_internet(block, configuration, IN, asked, "tcp 80 or tcp 443 from the internet, nothing else")


@INTERNET_BY_NAME.check(*GROUPS, *RULES)
def _internet_by_name(block: Block, configuration: Configuration) -> Iterator[Failure]:
    others = neighbours(block, configuration)

    def judge(permission: Permission) -> Iterator[Failure]:
        if permission.peer.everything:
            return
        alone = permission.peer.is_internet()

        def beside(other: Permission) -> bool:
            return bool(other.way == permission.way) and other.traffic.overlaps(permission.traffic)

        if alone or adds_up(permission, others, beside):
            what = "a large part of the internet" if alone else "adds up to the internet with other rules of the group"
            yield Failure(
                f"{permission.peer.text}, {what}", "0.0.0.0/0 or ::/0 by name, or narrow networks", permission.at
            )

    return each(permissions_of(block, configuration), judge)


@NARROW_PUBLIC_CIDR.check(*WITH_INGRESS)
def _narrow_public_cidr(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(permission: Permission) -> Iterator[Failure]:
        # The internet as such is the matter of other controls.
        if not permission.peer.everything and both(lambda: permission.goes(IN), permission.peer.is_wide):
            yield Failure(
                f"{permission.traffic} from {permission.peer.text}",
                "a public network of /24 (IPv6: /48) or narrower",
                permission.at,
            )

    return each(permissions_of(block, configuration), judge)


@EGRESS_RESTRICTED.check(*WITH_EGRESS)
def _egress_restricted(block: Block, configuration: Configuration) -> Iterator[Failure]:
    # A group without egress blocks lets nothing out: the provider removes the rule that AWS makes with every group.
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
        yield Failure(written(at, node.get("description")), "description = what it is for", at)

    nodes: list[Node] = [node for way in (IN, OUT) for node in block.blocks(way)] if block.type in GROUPS else []
    # AWS has described the default group already, and nobody can change that.
    return each(nodes if block.type == "aws_default_security_group" else [block, *nodes], judge)
