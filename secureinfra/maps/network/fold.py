"""A map stays legible when there is much: groups that are alike become one, and distant networks are counted."""

from __future__ import annotations

from dataclasses import replace

from secureinfra.maps.network.facts import INTERNET, Bar, Outside, Permission, Tier, VpcFacts
from secureinfra.maps.network.names import port_order

__all__ = ["folded"]

_BARS, _AT_MOST, _OUTSIDES = 12, 24, 4


def folded(facts: VpcFacts) -> VpcFacts:
    """The facts of a VPC with less in them; nothing is lost without a number in its place."""
    facts = _with_few_outsides(facts)
    for tier in facts.tiers:
        if len(tier.bars) > _BARS:
            facts = _with_alike_joined(facts, tier)
    for tier in facts.tiers:
        if len(tier.bars) > _AT_MOST:
            facts = _with_inner_counted(facts, tier)
    return facts


def _with_few_outsides(facts: VpcFacts) -> VpcFacts:
    others = [key for key in facts.outsides if key != INTERNET]
    if len(others) <= _OUTSIDES:
        return facts
    one = Outside("others", f"{len(others)} networks", "named in the tooltips")
    kept = {key: outside for key, outside in facts.outsides.items() if key == INTERNET}
    names = dict.fromkeys(others, one.key)
    return replace(
        facts,
        outsides={**kept, one.key: one},
        inwards=_renamed(facts.inwards, names),
        outwards=_renamed(facts.outwards, names),
    )


def _renamed(permissions: list[Permission], names: dict[str, str]) -> list[Permission]:
    """Permissions between fewer ends, joined where they are now the same."""
    found: dict[tuple[str, str], Permission] = {}
    for held in permissions:
        key = names.get(held.source, held.source), names.get(held.target, held.target)
        before = found.get(key)
        ports = tuple(sorted({*held.ports, *(before.ports if before else ())}, key=port_order))
        rules = tuple(dict.fromkeys([*(before.rules if before else ()), *held.rules]))
        one_sided = held.one_sided and (before is None or before.one_sided)
        found[key] = Permission(*key, ports, rules, one_sided)
    return list(found.values())


def _with_alike_joined(facts: VpcFacts, tier: Tier) -> VpcFacts:
    """Groups of a tier that have the same callers, targets and ports, as one."""
    alike: dict[object, list[Bar]] = {}
    for bar in tier.bars:
        alike.setdefault(_relations(facts, bar), []).append(bar)
    names: dict[str, str] = {}
    bars: list[Bar] = []
    for held in alike.values():
        if len(held) == 1:
            bars += held
            continue
        first = held[0]
        listed = ", ".join(bar.label for bar in held)
        bars.append(
            replace(
                first, label=f"{first.label} and {len(held) - 1} like it", about=listed, why=f"{first.why}; {listed}"
            )
        )
        names.update({bar.key: first.key for bar in held})
    bars.sort(key=tier.bars.index if not names else lambda bar: [one.key for one in tier.bars].index(bar.key))
    tiers = [replace(held, bars=bars) if held is tier else held for held in facts.tiers]
    return _joined(facts, tiers, names)


def _relations(facts: VpcFacts, bar: Bar) -> object:
    called = frozenset((held.source, held.ports) for held in (*facts.between, *facts.inwards) if held.target == bar.key)
    calls = frozenset((held.target, held.ports) for held in (*facts.between, *facts.outwards) if held.source == bar.key)
    return called, calls, bar.sure, bar.exposed, tuple(bar.tags), bar.services


def _with_inner_counted(facts: VpcFacts, tier: Tier) -> VpcFacts:
    """A tier without the groups that only their own tier reaches, which are counted."""
    own = {bar.key for bar in tier.bars}
    crossing = {
        key
        for held in (*facts.between, *facts.inwards, *facts.outwards)
        for key in (held.source, held.target)
        if not (held.source in own and held.target in own)
    }
    kept = [bar for bar in tier.bars if bar.exposed or bar.key in crossing]
    rest = [bar for bar in tier.bars if bar not in kept]
    if len(rest) < 2:
        return facts
    first = rest[0]
    one = replace(
        first, label=f"{len(rest)} more inside this tier", about=", ".join(bar.label for bar in rest), tags=[]
    )
    tiers = [replace(held, bars=[*kept, one]) if held is tier else held for held in facts.tiers]
    return _joined(facts, tiers, {bar.key: first.key for bar in rest})


def _joined(facts: VpcFacts, tiers: list[Tier], names: dict[str, str]) -> VpcFacts:
    return replace(
        facts,
        tiers=tiers,
        between=_renamed(facts.between, names),
        inwards=_renamed(facts.inwards, names),
        outwards=_renamed(facts.outwards, names),
    )
