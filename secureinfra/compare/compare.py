"""Compares two configurations, or two sets of stacks by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from secureinfra.compare.access import access_changes
from secureinfra.compare.change import KINDS, Change, Comparison
from secureinfra.compare.pairs import pairs_of
from secureinfra.compare.protections import protection_changes
from secureinfra.compare.resources import resource_changes
from secureinfra.terraform.model.configuration import Configuration


def compare(old: Configuration, new: Configuration, packs: Sequence[str] = ("all",)) -> Comparison:
    """What differs between two configurations and matters.

    Values that only Terraform or AWS know are never taken to be the same: what depends on them is told as not certain.

    Args:
        old: the configuration as it was.
        new: the configuration as it will be.
        packs: names of packs whose controls must still be passed.

    Raises:
        ConfigError: there is no such pack.
    """
    pairs = pairs_of(old, new)
    changes, totals = resource_changes(pairs, new)
    changes += protection_changes(old, new, pairs, tuple(packs))
    changes += access_changes(old, new, pairs)
    order = list(KINDS)
    ranked = sorted(changes, key=lambda one: (order.index(one.kind), not one.certain))
    return Comparison(new.name, tuple(ranked), totals, tuple(_notes(old, new)))


def compare_all(
    old: Sequence[Configuration], new: Sequence[Configuration], packs: Sequence[str] = ("all",)
) -> list[Comparison]:
    """Compare stacks by their names; one stack on each side is compared whatever it is called.

    Args:
        old: the stacks as they were.
        new: the stacks as they will be.
        packs: as for `compare`.

    Raises:
        ConfigError: there is no such pack.
    """
    if len(old) == len(new) == 1:
        return [compare(old[0], new[0], packs)]
    before = {one.name: one for one in old}
    nothing = Configuration(())
    found = [compare(before.pop(one.name, nothing), one, packs) for one in new]
    gone = (compare(one, Configuration((), name=one.name), packs) for one in before.values())
    return [*found, *gone]


def _notes(old: Configuration, new: Configuration) -> Iterator[str]:
    for when, one in (("before", old), ("now", new)):
        yield from (f"{when}: {what}" for what in one.unread)


def in_words(totals: dict[str, int]) -> str:
    """How many resources there are, by what happens to them: `5 resources: 1 added, 4 unchanged`."""
    words = {"changed": "changed in place", "forgotten": "left in AWS and out of the state", "moved": "moved"}
    there = sum(count for name, count in totals.items() if name not in ("destroyed", "forgotten", "moved"))
    parts = [f"{count:,} {words.get(name, name)}" for name, count in totals.items() if count]
    return f"{there:,} {'resource' if there == 1 else 'resources'}: {', '.join(parts) or 'none'}"


def certain_and_open(comparisons: Sequence[Comparison], kinds: Sequence[str]) -> tuple[list[Change], list[Change]]:
    """The changes of some kinds that are certain, and those that depend on what is not known."""
    found = [change for one in comparisons for change in one.changes if change.kind in kinds]
    return [one for one in found if one.certain], [one for one in found if not one.certain]
