"""What security groups allow, whichever of Terraform's five ways it is written in."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.networks import Addresses, all_addresses, of_prefix_list
from secureinfra.controls.shared.traffic import Traffic, both
from secureinfra.controls.verdict import Failure, each
from secureinfra.facts.networks import add_up_to_internet
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

IN, OUT = "ingress", "egress"
GROUPS = ("aws_security_group", "aws_default_security_group")
RULES = (
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
)
WITH_INGRESS = (*GROUPS, "aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
WITH_EGRESS = (*GROUPS, "aws_security_group_rule", "aws_vpc_security_group_egress_rule")


class Permissions(list["Permission"]):
    """The permissions of one group, with what holds for all of them and need not be worked out for each."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[int | str, bool] = {}
        self.by_block: dict[str, list[Permission]] = {}


_NONE = Permissions()
_PERMISSIONS: weakref.WeakKeyDictionary[Configuration, dict[str, Permissions]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Permission:
    """One network that one rule allows traffic from or to.

    Args:
        block: the resource that contains the rule.
        way: `ingress` or `egress`, as written.
        traffic: protocol and ports.
        peer: the network.
        at: the path within the block.
    """

    block: Block
    way: Any
    traffic: Traffic
    peer: Addresses
    at: str

    def goes(self, way: str) -> bool:
        """Whether it allows traffic from (`ingress`) or to (`egress`) a network."""
        return bool(self.way == way)


Question = Callable[[Permission], bool]


def permissions_of(block: Block, configuration: Configuration) -> list[Permission]:
    """The permissions in one resource: a group's own blocks, or a rule.

    Args:
        block: a group or a rule.
        configuration: its configuration.
    """
    found = neighbors(block, configuration)
    if not found.by_block:
        for permission in found:
            found.by_block.setdefault(permission.block.address, []).append(permission)
    return found.by_block.get(block.address, [])


def neighbors(block: Block, configuration: Configuration) -> Permissions:
    """Every permission of the group that a resource is, or belongs to."""
    if configuration not in _PERMISSIONS:
        found = _PERMISSIONS[configuration] = {}
        for type in (*GROUPS, *RULES):
            for held in configuration.of_type(type):
                found.setdefault(_group(held, configuration), Permissions()).extend(_read(held, configuration))
    return _PERMISSIONS[configuration].get(_group(block, configuration), _NONE)


def opened_to_internet(
    block: Block, configuration: Configuration, way: str, asked: Question, expected: str
) -> Iterator[Failure]:
    """A failure for each permission of a resource that allows the internet.

    Several rules of a group count together: two halves of the internet are the internet.

    Args:
        block: a group or a rule.
        configuration: its configuration.
        way: `ingress` or `egress`.
        asked: whether a permission is about traffic that must not be allowed.
        expected: what should be written.
    """
    others = neighbors(block, configuration)

    def judge(permission: Permission) -> Iterator[Failure]:
        if not both(lambda: permission.goes(way), lambda: _reached(permission, way, asked, others)):
            return
        alone = permission.peer.is_internet()
        suffix = "" if alone else ", which adds up to the internet with other rules of the group"
        preposition = "from" if way == IN else "to"
        yield Failure(f"{permission.traffic} {preposition} {permission.peer.text}{suffix}", expected, permission.at)

    return each(permissions_of(block, configuration), judge)


def adds_up(permission: Permission, others: Permissions, asked: Question) -> bool:
    """Whether a network adds up to the internet with others that are not the internet by themselves.

    Args:
        permission: the permission; unknown parts of the others do not count here, since they are checked too.
        others: those of the same group.
        asked: which of them count.
    """
    own = permission.peer.spans()
    if not own or not _all_add_up(others, permission.peer.version):
        return False
    spans = [*own]
    for other in others:
        try:
            if other.peer.version == permission.peer.version and not other.peer.is_internet() and asked(other):
                spans += other.peer.spans()
        except UnknownValueError:
            continue
    return add_up_to_internet(permission.peer.version, spans)


def _all_add_up(others: Permissions, version: int) -> bool:
    """Whether all networks of a group together are the internet; if not, no choice of them is. Answered once for a group."""
    if version not in others.answers:
        peers = [other.peer for other in others if other.peer.version == version]
        others.answers[version] = add_up_to_internet(version, [span for peer in peers for span in _spans(peer)])
    return others.answers[version]


def _spans(peer: Addresses) -> Sequence[tuple[int, int]]:
    try:
        return () if peer.is_internet() else peer.spans()
    except UnknownValueError:
        return ()


def _reached(permission: Permission, way: str, asked: Question, others: Permissions) -> bool:
    def to_or_from_internet() -> bool:
        return permission.peer.is_internet() or adds_up(permission, others, lambda o: o.goes(way) and asked(o))

    return both(lambda: asked(permission), to_or_from_internet)


def _group(block: Block, configuration: Configuration) -> str:
    """What all resources that make up one group have in common."""
    if block.type == "aws_default_security_group":
        vpcs = configuration.targets(block, "vpc_id", "aws_vpc", "aws_default_vpc")
        return f"default of {vpcs[0].address}" if vpcs else block.address
    if block.type in GROUPS:
        return block.address
    for group in configuration.targets(block, "security_group_id", *GROUPS):
        return _group(group, configuration)
    for vpc in configuration.targets(block, "security_group_id", "aws_vpc", "aws_default_vpc"):
        return f"default of {vpc.address}"
    value = block.get("security_group_id")
    return str(value.text if is_unknown(value) else value)


def _read(block: Block, configuration: Configuration) -> Iterator[Permission]:
    if block.type in GROUPS:
        for way in (IN, OUT):
            for node in block.blocks(way):
                yield from _of_older_form(block, node, way, configuration)
    elif block.type == "aws_security_group_rule":
        yield from _of_older_form(block, block, block.get("type"), configuration)
    else:
        way = IN if "ingress" in block.type else OUT
        traffic = Traffic(block.get("ip_protocol"), block.get("from_port"), block.get("to_port"))
        for name, version in (("cidr_ipv4", 4), ("cidr_ipv6", 6)):
            for peer in all_addresses(block.get(name), version, configuration):
                yield Permission(block, way, traffic, peer, name)
        for peer in of_prefix_list(block.get("prefix_list_id"), configuration):
            yield Permission(block, way, traffic, peer, "prefix_list_id")


def _of_older_form(block: Block, node: Node, way: Any, configuration: Configuration) -> Iterator[Permission]:
    traffic = Traffic(node.get("protocol"), node.get("from_port"), node.get("to_port"))
    for name, version in (("cidr_blocks", 4), ("ipv6_cidr_blocks", 6)):
        for peer in all_addresses(node.get(name), version, configuration):
            yield Permission(block, way, traffic, peer, _within(node, name))
    lists = node.get("prefix_list_ids")
    for id in lists if isinstance(lists, list) else [lists]:
        for peer in of_prefix_list(id, configuration):
            yield Permission(block, way, traffic, peer, _within(node, "prefix_list_ids"))


def _within(node: Node, name: str) -> str:
    return f"{node.path}.{name}" if node.path else name
