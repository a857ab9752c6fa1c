"""What security groups allow, whichever of Terraform's five ways it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.proofs.network.addresses import EVERYTHING, Match, Spans
from secureinfra.proofs.network.entries import ALL, ports_of, protocol_of
from secureinfra.proofs.network.layout import VPCS, Layout
from secureinfra.proofs.network.packets import ALL_PORTS, Area, Packets, Step
from secureinfra.proofs.network.prefix_lists import PrefixLists
from secureinfra.terraform.unknown import is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

__all__ = ["ANY_GROUP", "GROUPS", "NO_GROUP", "Group", "Groups", "Rule"]

GROUPS = ("aws_security_group", "aws_default_security_group", "data.aws_security_group")
_RULES = (
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
)
_IN, _OUT = "ingress", "egress"
ANY_GROUP = "any group"
"""The group of what is only imagined: it allows everything, and may be any other."""
NO_GROUP = "a group that no rule names"
"""The same, where it is none of those that rules name."""


@dataclass(frozen=True)
class Rule:
    """One peer that one rule allows.

    Args:
        version: of the addresses; `None` for both.
        protocol: its number; `None` if not known.
        match: the addresses; `None` for those of the members of a group.
        group: the key of that group.
        sure: whether the rule is there, and of this group, for sure.
        doubt: what decides on that.
        peer: the other side as it is written.
    """

    block: Block
    at: str
    version: int | None
    protocol: int | None
    first: Any
    last: Any
    match: Match | None
    group: str = ""
    sure: bool = True
    doubt: str = ""
    peer: str = ""


class Group:
    """A security group.

    Args:
        key: its address, or what names it.
        block: its block; `None` where it is in another configuration.
    """

    def __init__(self, key: str, block: Block | None) -> None:
        self.key, self.block = key, block
        self.rules: dict[str, list[Rule]] = {_IN: [], _OUT: []}
        self.unknown: dict[str, str] = {}


class Groups:
    """All security groups.

    Args:
        layout: the networks that rules name.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout, self.reader = layout, layout.reader
        self.prefix_lists = PrefixLists(layout)
        self.by_key: dict[str, Group] = {}
        self._areas: dict[tuple[Any, ...], list[Area]] = {}
        self._of_any = Group("", None)
        self.by_key.update({key: Group(key, None) for key in (ANY_GROUP, NO_GROUP)})
        for block in layout.configuration.of_type(*GROUPS):
            self._group(block)

    def read(self) -> None:
        """Read the rules, after all networks have their place."""
        configuration = self.layout.configuration
        for block in configuration.of_type(*GROUPS):
            self._read_group(block)
        for block in configuration.of_type(*_RULES):
            self._read_rule(block)

    def named(self, node: Node, *paths: str) -> tuple[str, ...]:
        """The keys of the groups that arguments name; one that is not in the configuration is a group of its own."""
        found: list[str] = []
        for path in paths:
            links = self.reader.links(node, path, *GROUPS, *VPCS)
            found += [self._key(block) for block in links.blocks]
            found += [self.outside(f"whether it has {block.address}").key for block in links.perhaps]
            found += [self.outside(text).key for text in links.literals]
            if links.unknown is not None:
                found.append(self.outside(links.unknown.text).key)
        return tuple(dict.fromkeys(found))

    def outside(self, text: str) -> Group:
        """A group of which nothing is known."""
        if text not in self.by_key:
            group = self.by_key[text] = Group(text, None)
            group.unknown = {_IN: text, _OUT: text}
        return self.by_key[text]

    def default_of(self, vpc: str) -> str:
        """The key of the default group of a VPC, as AWS makes it unless the configuration says otherwise."""
        key = f"the default security group of {vpc}"
        if key not in self.by_key:
            # docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
            self.by_key[key] = Group(key, None)
            if vpc not in self.layout.vpcs or self.layout.vpcs[vpc].block is None:
                self.by_key[key].unknown = {_IN: key, _OUT: key}
        return key

    def areas(self, keys: Sequence[str], way: str, packets: Packets, *, source: bool) -> list[Area]:
        """What a set of groups allows.

        Args:
            keys: those of one interface.
            way: `ingress` or `egress`.
            packets: gives version, protocol, and the groups of the other side.
            source: whether the other side is the source.
        """
        peer = packets.sender if source else packets.receiver
        held = (packets.sources if source else packets.destinations) if peer is not None else ()
        names = getattr(peer, "groups", ()) if peer is not None else ()
        key = (tuple(keys), way, packets.version, packets.protocol, names, held)
        if key not in self._areas:
            self._areas[key] = [
                area for one in keys for area in self._of_group(self.by_key[one], way, packets, names, held)
            ]
        return self._areas[key]

    def _of_group(self, group: Group, way: str, packets: Packets, names: Sequence[str], held: Spans) -> Iterator[Area]:
        if way in group.unknown:
            step = Step(f"{group.key} may allow it", group.block)
            yield Area(EVERYTHING, (), ALL_PORTS, step, f"what {group.unknown[way]} allows")
        if group.key in (ANY_GROUP, NO_GROUP):
            yield Area(EVERYTHING, EVERYTHING, ALL_PORTS, Step("its security groups are taken to allow it"))
        if group.block is None and group.key.startswith("the default security group of ") and not group.unknown:
            everything = Step(f"{group.key} allows it")
            if way == _OUT:
                yield Area(EVERYTHING, EVERYTHING, ALL_PORTS, everything)
            elif group.key in names:
                yield Area(held, held, ALL_PORTS, everything)
        # A rule whose group is not known may be one of any group of the configuration.
        more = self._of_any.rules[way] if group.block is not None and group.block.section != "data" else ()
        for rule in (*group.rules[way], *more):
            if rule.version in (None, packets.version) and rule.protocol in (None, ALL, packets.protocol):
                yield from self._area(rule, group, way, packets, names, held)

    def _area(
        self, rule: Rule, group: Group, way: str, packets: Packets, names: Sequence[str], held: Spans
    ) -> Iterator[Area]:
        may, must, doubt = self._peer(rule, names, held)
        sure_ports, ports = ports_of(packets.protocol, rule.first, rule.last)
        if rule.protocol in (None, ALL):
            # Of all protocols, ports do not count.
            sure_ports = ports = ALL_PORTS
        step = Step(f"{group.key} allows {way} {'from' if way == _IN else 'to'} {rule.peer}", rule.block, rule.at)
        if rule.sure and rule.protocol is not None and sure_ports and must:
            yield Area(may, must, sure_ports, step, doubt)
        if ports != sure_ports or not (rule.sure and rule.protocol is not None and must):
            why = rule.doubt or doubt or f"which traffic {rule.block.address} allows"
            if may:
                yield Area(may, (), ports, step, why)

    def _peer(self, rule: Rule, names: Sequence[str], held: Spans) -> tuple[Spans, Spans, str]:
        """The addresses of the other side that a rule allows: perhaps, surely, and what decides."""
        if rule.match is not None:
            return rule.match.may, rule.match.must, rule.match.doubt
        if ANY_GROUP in names:
            return held, (), f"whether it has {rule.group}"
        if not rule.group or rule.group in names:
            return held, held if rule.group else (), rule.doubt
        unknown = next((name for name in names if self.by_key[name].unknown and self.by_key[name].block is None), "")
        other = self.by_key[rule.group]
        if unknown and other.block is None:
            return held, (), f"whether {unknown} is {rule.group}"
        # A group that is named from outside may be one of this configuration only if that one is in another, too.
        return (held, (), unknown) if unknown.startswith("whether it has ") else ((), (), "")

    def _group(self, block: Block) -> Group:
        key = self._key(block)
        if key not in self.by_key:
            self.by_key[key] = Group(key, block)
            if block.section == "data":
                self.by_key[key].unknown = {_IN: key, _OUT: key}
        return self.by_key[key]

    def _key(self, block: Block) -> str:
        if block.type in ("aws_vpc", "aws_default_vpc"):
            return self._default_key(block.address)
        if block.type == "aws_default_security_group":
            vpcs = self.layout.configuration.targets(block, "vpc_id", "aws_vpc", "aws_default_vpc")
            return self._default_key(vpcs[0].address) if vpcs else block.address
        return block.address

    def _default_key(self, vpc: str) -> str:
        adopted = self.layout.configuration.of_type("aws_default_security_group")
        if any(vpc in {found.address for found in self.reader.links(held, "vpc_id", *VPCS).any} for held in adopted):
            key = f"the default security group of {vpc} "
            self.by_key.setdefault(key, Group(key, adopted[0]))
            return key
        return self.default_of(vpc)

    def _read_group(self, block: Block) -> None:
        group = self._group(block)
        for way in (_IN, _OUT):
            for node in block.blocks(way):
                group.rules[way] += self._of_older_form(block, node, group.key, "", True)

    def _read_rule(self, block: Block) -> None:
        links = self.reader.links(block, "security_group_id", *GROUPS, *VPCS)
        found = [(self.by_key[self._key(o)], o in links.blocks and block.is_as_sure_as(o)) for o in links.any]
        if links.unknown is not None:
            found.append((self._of_any, False))
        for group, sure in found:
            doubt = "" if sure else f"whether {block.address} is there"
            if links.unknown is not None:
                doubt = f"which group {links.unknown.text} is"
            if block.type != "aws_security_group_rule":
                way = _IN if _IN in block.type else _OUT
                group.rules[way] += self._of_newer_form(block, group.key, doubt, sure)
                continue
            way = block.get("type")
            rules = list(self._of_older_form(block, block, group.key, doubt, sure))
            for each in (_IN, _OUT) if is_unknown(way) else (str(way),):
                group.rules.setdefault(each, []).extend(rules)

    def _of_newer_form(self, block: Block, own: str, doubt: str, sure: bool) -> Iterator[Rule]:
        protocol = protocol_of(block.get("ip_protocol"))
        first, last = block.get("from_port"), block.get("to_port")
        for name, version in (("cidr_ipv4", 4), ("cidr_ipv6", 6)):
            if block.get(name) is not None:
                match = self.layout.spaces[version].match(block.get(name), sorted(block.references(name)))
                peer = text_of(block.get(name))
                yield Rule(block, name, version, protocol, first, last, match, "", sure, doubt, peer)
        for version, match in self.prefix_lists.named(block, "prefix_list_id"):
            peer = text_of(block.get("prefix_list_id"))
            yield Rule(block, "prefix_list_id", version, protocol, first, last, match, "", sure, doubt, peer)
        for key in self.named(block, "referenced_security_group_id"):
            name = "referenced_security_group_id"
            yield Rule(block, name, None, protocol, first, last, None, key, sure, doubt, key)

    def _of_older_form(self, block: Block, node: Node, own: str, doubt: str, sure: bool) -> Iterator[Rule]:
        protocol = protocol_of(node.get("protocol"))
        first, last = node.get("from_port"), node.get("to_port")

        def rule(at: str, version: int | None, match: Match | None, peer: str, group: str = "") -> Rule:
            path = f"{node.path}.{at}" if node.path else at
            return Rule(block, path, version, protocol, first, last, match, group, sure, doubt, peer)

        for name, version in (("cidr_blocks", 4), ("ipv6_cidr_blocks", 6)):
            for value in node.items(name):
                yield rule(name, version, self.layout.spaces[version].match(value), text_of(value))
        for version, match in self.prefix_lists.named(node, "prefix_list_ids"):
            yield rule("prefix_list_ids", version, match, "a prefix list")
        for key in self.named(node, "security_groups", "source_security_group_id"):
            yield rule("security_groups", None, None, key, key)
        itself = node.get("self")
        if is_unknown(itself):
            yield Rule(block, "self", None, protocol, first, last, None, own, False, itself.text, "itself")
        elif itself:
            yield rule("self", None, None, "itself", own)
