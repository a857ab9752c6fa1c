"""Security groups with their rules: `SecurityGroup`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.group_rules import LIST_RULES
from secureinfra.adopt.source import Call, run
from secureinfra.adopt.waived import waivers_for
from secureinfra.aws.security_group.exposure import is_wide
from secureinfra.aws.security_group.peers import Peer
from secureinfra.controls.security_group.group import EGRESS_RESTRICTED, NARROW_PUBLIC_CIDR, WEB_PORTS_FROM_INTERNET
from secureinfra.engine.naming import words

_IPV4, _IPV6 = "0.0.0.0/0", "::/0"
_PEERS = {
    "cidr_blocks": "cidr_ipv4",
    "ipv6_cidr_blocks": "cidr_ipv6",
    "prefix_list_ids": "prefix_list_id",
    "security_groups": "referenced_security_group_id",
}
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}


@dataclass(frozen=True)
class Rule:
    """One permission of a group: what it allows, without its description.

    Args:
        way: `ingress` or `egress`.
        protocol: `tcp`, `udp`, `icmp`, `icmpv6`, another number, or `-1`.
        first: first port or ICMP type; 0 where the protocol has none.
        last: last port or ICMP code.
        kind: the argument that the peer is given to.
        peer: a network or an id.
    """

    way: Literal["ingress", "egress"]
    protocol: str
    first: int
    last: int
    kind: str
    peer: str

    def read(self, group: str, description: str, tags: Any) -> dict[str, Any]:
        """The attributes of the rule as a resource of its own."""
        ports = {} if self.protocol == "-1" else {"from_port": self.first, "to_port": self.last}
        own = {
            "security_group_id": group,
            "description": description,
            "ip_protocol": self.protocol,
            self.kind: self.peer,
        }
        return {**own, **ports, "tags": tags}

    @property
    def port(self) -> Call:
        """The call of `Port`.

        Raises:
            Unfit: no call makes such a port.
        """
        if self.protocol == "-1":
            return Call("Port.all_traffic")
        if self.protocol in ("tcp", "udp"):
            numbers = (self.first,) if self.first == self.last else (self.first, self.last)
            return Call(f"Port.{self.protocol}", numbers)
        if self.protocol in ("icmp", "icmpv6"):
            return Call(f"Port.{self.protocol}", tuple(one for one in (self.first, self.last) if one != -1))
        return Call("Port.ip_protocol", (int(self.protocol),))


def candidate(estate: Estate, group: Existing) -> Candidate:
    """The `SecurityGroup` for a group.

    Raises:
        Unfit: the state does not tell the ids of its rules, without which they cannot be imported.
    """
    known = _rules_with_ids(estate, group)
    described = set(_rules_in(group))
    if lacking := [rule for rule in described if rule not in known]:
        raise Unfit(
            f"{len(lacking)} of its {len(described)} rules are written in the group itself, and a state has no ids of such rules: AWS "
            f"would refuse a second one. List them with `{LIST_RULES}`, and add --group-rules rules.json"
        )
    waivers = waivers_for(estate, group)
    vpc = estate.one("aws_vpc", "id", group.get("vpc_id"))
    calls = [
        Call("group.add_override", ("name", str(group.get("name")))),
        Call("group.add_override", ("name_prefix", None)),
    ]
    parts: dict[str, Part] = {"security-group": part_of(group)}
    for rule, (existing, id, text) in known.items():
        twin = Rule(rule.way, rule.protocol, rule.first, rule.last, "cidr_ipv6", _IPV6)
        if rule.peer == _IPV6 and Rule(rule.way, rule.protocol, rule.first, rule.last, "cidr_ipv4", _IPV4) in known:
            name = "internet-ipv6"
        else:
            calls.append(_call(rule, text, waivers, ipv6=rule.peer == _IPV4 and twin in known))
            name = "internet" if rule.peer == _IPV4 else words(rule.peer)
        preposition = "from" if rule.way == "ingress" else "to"
        parts[f"{preposition}-{name}-{run(rule.port, {}).name}"] = Part(
            existing, id, rule.read(group.id, text, existing.values.get("tags"))
        )
    config: dict[str, Any] = {"description": str(group.get("description"))}
    if tags := group.get("tags"):
        config["tags"] = dict(tags)
    named: dict[str, Any] = {"vpc": vpc} if vpc else {"vpc_id": str(group.get("vpc_id"))}
    return Candidate(
        group,
        "group",
        "SecurityGroup",
        Call("SecurityGroupConfig", named=config),
        named,
        tuple(calls),
        parts,
    )


def _call(rule: Rule, text: str, waivers: Mapping[str, Call], *, ipv6: bool) -> Call:
    way = "from" if rule.way == "ingress" else "to"
    described = (text,) if text else ()
    waiver = waivers.get(_broken_by(rule))
    named: dict[str, Any] = {**({"ipv6": True} if ipv6 else {}), **({"waiver": waiver} if waiver else {})}
    if rule.peer == _IPV4:
        return Call(f"allow_{way}_internet", (rule.port, *described), named)
    if rule.peer == _IPV6:
        raise Unfit(
            f"it allows {rule.protocol} {way} the internet over IPv6 alone, and SecurityGroup over IPv4 or both"
        )
    return Call(f"allow_{way}", (rule.peer, rule.port, *described), named)


def _broken_by(rule: Rule) -> str:
    """The control that a rule may break and a waiver may permit; empty if there is none."""
    web = rule.protocol == "tcp" and (rule.first, rule.last) in (
        ((443, 443),) if rule.way == "egress" else ((80, 80), (443, 443))
    )
    if rule.peer == _IPV4:
        return "" if web else (EGRESS_RESTRICTED if rule.way == "egress" else WEB_PORTS_FROM_INTERNET).id
    wide = rule.way == "ingress" and rule.kind.startswith("cidr") and is_wide(Peer.cidr(rule.peer))
    return NARROW_PUBLIC_CIDR.id if wide else ""


def _rules_with_ids(estate: Estate, group: Existing) -> dict[Rule, tuple[Existing, str, str]]:
    """The rules that can be imported: what is a resource of its own comes first, and then what AWS lists."""
    known: dict[Rule, tuple[Existing, str, str]] = {}
    own = estate.of("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
    older = estate.of("aws_security_group_rule")
    there = [one for one in (*own, *older, *estate.group_rules) if one.values.get("security_group_id") == group.id]
    for one in there:
        for rule, id in _single(one, group):
            known.setdefault(rule, (one, id, one.get("description", "")))
    return known


def _single(one: Existing, group: Existing) -> Iterator[tuple[Rule, str]]:
    if one.type == "aws_security_group_rule":
        # One resource of this type can stand for several rules; the state has the id of a single one only.
        rules = list(_peers(str(one.get("type")), one.values, group.id))
        if (id := one.get("security_group_rule_id")) and len(rules) == 1:
            yield rules[0], str(id)
        return
    way = one.type.removeprefix("aws_vpc_security_group_").removesuffix("_rule")
    for kind in _PEERS.values():
        if peer := one.get(kind):
            yield _rule(way, one.get("ip_protocol"), one.get("from_port"), one.get("to_port"), kind, peer), one.id


def _rules_in(group: Existing) -> Iterator[Rule]:
    for way in ("ingress", "egress"):
        for block in group.get(way, ()):
            yield from _peers(way, block, group.id)


def _peers(way: str, block: Mapping[str, Any], group: str) -> Iterator[Rule]:
    said = (way, block.get("protocol"), block.get("from_port"), block.get("to_port"))
    for name, kind in _PEERS.items():
        for peer in block.get(name) or ():
            yield _rule(*said, kind, peer)
    # Of `aws_security_group_rule`.
    if other := block.get("source_security_group_id"):
        yield _rule(*said, "referenced_security_group_id", other)
    if block.get("self"):
        yield _rule(*said, "referenced_security_group_id", group)


def _rule(way: str, protocol: Any, first: Any, last: Any, kind: str, peer: Any) -> Rule:
    known = _NUMBERS.get(str(protocol).lower(), str(protocol).lower())
    ranged = known in ("tcp", "udp", "icmp", "icmpv6")
    if known not in ("tcp", "udp", "icmp", "icmpv6", "-1") and not known.isdigit():
        raise Unfit(f"a rule has protocol {known}, which no Port stands for")
    if ranged and (first is None or last is None):
        raise Unfit(f"a rule for {known} does not tell its ports")
    numbers = (int(first), int(last)) if ranged else (0, 0)
    return Rule("ingress" if way == "ingress" else "egress", known, *numbers, kind, str(peer))
