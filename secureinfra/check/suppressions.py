"""What comments tell other scanners to ignore: candidates for waivers, which excuse nothing here."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.controls.search import by_id
from secureinfra.terraform.model.configuration import Configuration

_NAMED = 5


@dataclass(frozen=True)
class Candidate:
    """A finding that another scanner is told to ignore.

    Args:
        finding: the failed or unknown finding.
        tool: `checkov`, `trivy` or `tfsec`.
        id: of its check, as it is written.
        reason: what stands behind it.
        place: file and line of the comment, or the address of the resource.
    """

    finding: Finding
    tool: str
    id: str
    reason: str
    place: str


def candidates(configuration: Configuration, findings: Sequence[Finding]) -> Iterator[Candidate]:
    """The findings of a configuration that comments tell other scanners to ignore.

    Args:
        configuration: the configuration.
        findings: its findings, waivers applied.
    """
    written = {block.address: (block, block.ignored) for block in configuration.blocks if "//" in block.raw}
    open_ones: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status in ("failed", "unknown") and finding.address in written:
            open_ones.setdefault(finding.address, []).append(finding)
    for address, held in open_ones.items():
        block, ignored = written[address]
        for one in ignored:
            place = f"{block.file}:{one['line']}" if one["line"] else address
            meant = _meant(one)
            for finding in held:
                if meant is None or finding.control.id in meant:
                    yield Candidate(finding, one["tool"], one["id"], one["reason"], place)


def note_on(found: Iterable[Candidate]) -> Iterator[str]:
    """One note on all candidates, if there are any."""
    places = dict.fromkeys((one.place, one.tool, one.id) for one in found)
    if not places:
        return
    counted = Counter(tool for _, tool, _ in places)
    tools = ", ".join(f"{count} of {tool}" for tool, count in sorted(counted.items()))
    named = ", ".join(f"{place} {id}" for place, _, id in list(places)[:_NAMED])
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    yield (
        f"Comments for other scanners excuse nothing here ({tools}): {named}{more}. "
        "`secureinfra waivers import PATH` writes them as waivers to complete."
    )


def _meant(ignored: Mapping[str, Any]) -> set[str] | None:
    """The ids of the controls that a comment is about; `None` for all of them."""
    id = str(ignored["id"])
    if id == "*":
        return None
    if "*" in id:
        from secureinfra.controls.search import names_of  # noqa: PLC0415 - few comments have a pattern

        return {hit.control.id for name in fnmatch.filter(names_of(), id.casefold()) for hit in by_id(name)}
    return {hit.control.id for hit in by_id(id)}
