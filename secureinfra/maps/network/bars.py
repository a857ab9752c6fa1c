"""Where a security group stands: in the tier of what uses it, or else where its rules suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.maps.labels import label_of, text, where_of
from secureinfra.maps.network.facts import Bar, Tier, VpcFacts
from secureinfra.maps.network.names import (
    about_users,
    port_order,
    ports_text,
    service_label,
    some,
)
from secureinfra.proofs.network.groups import Group, Rule
from secureinfra.proofs.network.links import number
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, End, routed
from secureinfra.proofs.network.prefix_lists import service_of
from secureinfra.proofs.network.walk import INTERNET as THE_INTERNET

if TYPE_CHECKING:
    from secureinfra.proofs.network.interfaces import Interface
    from secureinfra.proofs.network.layout import Vpc
    from secureinfra.proofs.network.model import Network
    from secureinfra.terraform.model.block import Block

__all__ = ["add_bars", "is_open"]

# PostgreSQL, MySQL, SQL Server, Oracle, Redis, MongoDB, Cassandra, Redshift, NFS, Memcached.
_DATA_PORTS = (5432, 3306, 1433, 1521, 6379, 27017, 9042, 5439, 2049, 11211)
_ANYWHERE = ("0.0.0.0/0", "::/0")


def is_open(rule: Rule) -> bool:
    """Whether a rule names every address."""
    return rule.peer in _ANYWHERE


def add_bars(facts: VpcFacts, network: Network, vpc: Vpc, tiers: dict[str, Tier]) -> None:
    """Put the security groups of a VPC into its tiers."""
    groups = [
        group for group in network.groups.by_key.values() if group.block is not None and _is_of(group, network, vpc)
    ]
    bars = {group.key: _bar(group, network) for group in groups}
    _name_apart(bars)
    for group in groups:
        bar, users = bars[group.key], _users(group, network)
        tier = _tier_of_users(facts, bar, users, tiers) or _tier_of_rules(facts, bar, group)
        if tier is None:
            facts.unplaced.append(bar)
        else:
            tier.bars.append(bar)
        _expose(bar, group, network, users)
    facts.groups = len(groups)
    facts.unplaced.sort(key=lambda bar: (bar.label, bar.key))
    _order(facts, groups)


def _is_of(group: Group, network: Network, vpc: Vpc) -> bool:
    block = group.block
    if block is None or block.section == "data" or block.type == "aws_default_security_group":
        return False
    return network.layout.vpc_named(block, "vpc_id") is vpc


def _users(group: Group, network: Network) -> list[Interface]:
    return [held for held in network.interfaces.all() if group.key in held.groups]


def _bar(group: Group, network: Network) -> Bar:
    assert group.block is not None  # noqa: S101 - those of the configuration only
    blocks = {held.key: held.block for held in _users(group, network) if held.block is not None}
    endpoints = [block for block in blocks.values() if block.type == "aws_vpc_endpoint"]
    services = tuple(sorted({service_label(service_of(block) or label_of(block)) for block in endpoints}))
    about = _about(group.block, list(blocks.values()), len(endpoints))
    bar = Bar(
        group.key, label_of(group.block), about, where_of(group.block), services=services, users=tuple(sorted(blocks))
    )
    if any(_has_web_acl(block, network) for block in blocks.values()):
        bar.tags.append("web ACL")
    return bar


def _about(group: Block, users: list[Block], endpoints: int) -> str:
    if users and endpoints == len(users):
        return "interface endpoints"
    return about_users(users) or text(group.get("description"), "security group")


def _has_web_acl(block: Block, network: Network) -> bool:
    found = network.configuration.of_type("aws_wafv2_web_acl_association")
    return any(block in network.configuration.targets(held, "resource_arn", block.type) for held in found)


def _name_apart(bars: dict[str, Bar]) -> None:
    """Give groups of one label their addresses as labels."""
    labels = [bar.label for bar in bars.values()]
    for bar in bars.values():
        if labels.count(bar.label) > 1:
            bar.label = bar.key.replace("aws_security_group.", "")


def _tier_of_users(facts: VpcFacts, bar: Bar, users: list[Interface], tiers: dict[str, Tier]) -> Tier | None:
    sure = {id(tiers[held.subnet.key]) for held in users if held.sure and held.subnet.key in tiers}
    found = [tier for tier in facts.tiers if id(tier) in sure]
    if not found:
        return None
    bar.sure = True
    names = sorted({held.key for held in users})
    bar.why = f"used by {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    bar.tags += [f"also {tier.kind}" for tier in found[1:]]
    return found[0]


def _tier_of_rules(facts: VpcFacts, bar: Bar, group: Group) -> Tier | None:
    inwards, outwards = group.rules["ingress"], group.rules["egress"]
    if not facts.tiers or not (inwards or outwards):
        return None
    if any(is_open(rule) for rule in inwards):
        kind, bar.why = "public", "placed by its rules: open to the internet"
    elif inwards and not outwards and all(_is_data(rule) for rule in inwards):
        kind, bar.why = "isolated", "placed by its rules: receives on a database's port and sends nothing"
    else:
        kind, bar.why = "private", "placed by its rules"
    order = {"public": ("public", "private", "isolated"), "isolated": ("isolated", "private", "public")}
    for wanted in (*order.get(kind, ("private", "isolated", "public")), "unknown", "firewall"):
        for tier in facts.tiers:
            if tier.kind == wanted:
                return tier
    return None


def _is_data(rule: Rule) -> bool:
    try:
        return number(rule.first) in _DATA_PORTS and number(rule.last) in _DATA_PORTS
    except TypeError:
        return False


def _expose(bar: Bar, group: Group, network: Network, users: list[Interface]) -> None:
    """Say whether the internet reaches it: proved on what uses it, else by its rules alone."""
    rules = [rule for rule in group.rules["ingress"] if is_open(rule)]
    if not rules:
        return
    bar.open_to = tuple(sorted(set(map(ports_text, rules)), key=port_order))
    answers = [routed(network, End("the internet", None, THE_INTERNET), End(held.key, held)).verdict for held in users]
    if REACHABLE in answers:
        bar.exposed = "reachable"
    elif answers and set(answers) == {NOT_REACHABLE}:
        bar.exposed = "no route"
    else:
        bar.exposed = "open"
    bar.why += f"; open to the internet on {some(bar.open_to)}"


def _order(facts: VpcFacts, groups: list[Group]) -> None:
    """Callers above those they call; endpoints last."""
    calls = {
        group.key: {rule.group for other in groups for rule in other.rules["ingress"] if other is group and rule.group}
        for group in groups
    }

    def depth(key: str, seen: tuple[str, ...] = ()) -> int:
        if len(seen) >= 20 or key in seen:
            return len(seen)
        return max((depth(caller, (*seen, key)) for caller in calls.get(key, ()) if caller != key), default=len(seen))

    for tier in facts.tiers:
        tier.bars.sort(key=lambda bar: (bool(bar.services), depth(bar.key), bar.label, bar.key))
