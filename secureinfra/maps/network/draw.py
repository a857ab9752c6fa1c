"""The network map of a configuration, as a picture or as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.maps.network.facts import Bar, NetworkFacts, VpcFacts
from secureinfra.maps.network.fold import folded
from secureinfra.maps.network.narrow import draw_narrow
from secureinfra.maps.network.reading import network_facts
from secureinfra.maps.network.sentences import NAME, sentences
from secureinfra.maps.network.wide import draw_wide
from secureinfra.maps.svg import Picture
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["facts_of", "picture_of", "together"]


def facts_of(
    configurations: Sequence[Configuration],
    *,
    name: str = "",
    vpcs: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
) -> NetworkFacts:
    """What a network map shows.

    Args:
        configurations: what was read; the VPCs of all are shown.
        name: what the map calls it; by default the name of the folder or file.
        vpcs: labels or addresses of the VPCs to show; all by default.
        groups: labels or addresses of the groups to show with what they reach and are reached from; all by default.

    Raises:
        ConfigError: a VPC or group of that name is not there.
    """
    facts = together([network_facts(configuration) for configuration in configurations])
    facts.name = name or facts.name
    if vpcs:
        facts.vpcs = _chosen(facts.vpcs, vpcs)
    if groups:
        wanted = {bar.key for bar in _groups_named([bar for vpc in facts.vpcs for bar in vpc.bars.values()], groups)}
        facts.vpcs = [held for vpc in facts.vpcs if (held := _around(vpc, wanted)).bars]
    facts.vpcs = [folded(vpc) for vpc in facts.vpcs]
    return facts


def together(found: list[NetworkFacts]) -> NetworkFacts:
    """The facts of several configurations, of which those without a VPC add nothing but their numbers."""
    shown = [facts for facts in found if facts.vpcs] or found[:1]
    left_out: dict[str, int] = {}
    for facts in found:
        for name, number in facts.left_out.items():
            left_out[name] = left_out.get(name, 0) + number
    regions = {facts.region for facts in shown}
    return NetworkFacts(
        ", ".join(PurePath(facts.name).name for facts in shown),
        regions.pop() if len(regions) == 1 else "",
        [vpc for facts in shown for vpc in facts.vpcs],
        left_out,
        sum(facts.resources for facts in found),
    )


def picture_of(facts: NetworkFacts) -> Picture:
    """The picture of some facts, in both compositions."""
    title = f"{NAME} of {facts.name}" if facts.name else NAME
    return Picture(title, sentences(facts), draw_wide(facts), draw_narrow(facts))


def _chosen(vpcs: list[VpcFacts], names: tuple[str, ...]) -> list[VpcFacts]:
    known = [name for vpc in vpcs for name in (vpc.label, vpc.key)]
    for name in names:
        if name not in known:
            raise ConfigError(
                f"there is no VPC {name!r} in this configuration. {did_you_mean(name, known, _listed(known))}"
            )
    return [vpc for vpc in vpcs if vpc.label in names or vpc.key in names]


def _groups_named(bars: list[Bar], names: tuple[str, ...]) -> list[Bar]:
    known = [name for bar in bars for name in (bar.label, bar.key)]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, _listed(known))
            raise ConfigError(f"there is no security group {name!r} with rules or users in this configuration. {hint}")
    return [bar for bar in bars if bar.label in names or bar.key in names]


def _listed(known: list[str]) -> str:
    return f"There are: {', '.join(known[:6])}." if known else "There are none."


def _around(vpc: VpcFacts, wanted: set[str]) -> VpcFacts:
    """A VPC with some groups, and those at the other end of their rules."""
    every = (*vpc.between, *vpc.inwards, *vpc.outwards)
    near = {key for held in every if wanted & {held.source, held.target} for key in (held.source, held.target)}
    kept = (wanted | near) & set(vpc.bars)
    return replace(
        vpc,
        tiers=[replace(tier, bars=[bar for bar in tier.bars if bar.key in kept]) for tier in vpc.tiers],
        between=[held for held in vpc.between if wanted & {held.source, held.target}],
        inwards=[held for held in vpc.inwards if held.target in wanted],
        outwards=[held for held in vpc.outwards if held.source in wanted],
        unplaced=[],
    )
