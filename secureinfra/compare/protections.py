"""Which controls a resource passed before and no longer passes."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.check.finding import Finding
from secureinfra.check.run import run
from secureinfra.compare.change import Change
from secureinfra.compare.pairs import Pairs
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration


def protection_changes(
    old: Configuration, new: Configuration, pairs: Pairs, packs: tuple[str, ...]
) -> Iterator[Change]:
    """Controls that were passed and are failed or unknown now, for resources that are in both configurations.

    A waiver excuses nothing here: it is in the new configuration for its readers to see.

    Args:
        old: the old configuration.
        new: the new configuration.
        pairs: their resources.
        packs: names of packs.
    """
    answers = list(run(old, packs))
    passed = {(one.control.id, one.address) for one in answers if one.status == "passed"}
    not_passed = {(one.control.id, one.address) for one in answers if one.status in ("failed", "unknown")}
    before = passed - not_passed
    names = {after.address: old_block.address for old_block, after in pairs.kept}
    told = set[tuple[str, str]]()
    for finding in run(new, packs):
        key = finding.control.id, names.get(finding.address, finding.address)
        if finding.block is None or key not in before or key in told:
            continue
        if finding.status in ("failed", "waived", "unknown"):
            told.add(key)
            yield _change(finding, finding.block, certain=finding.status != "unknown")


def _change(finding: Finding, block: Block, *, certain: bool) -> Change:
    found = f"{finding.control.title}: passed before, now {finding.found}"
    return Change("protection", certain, block, found, finding.at, finding.control.id)
