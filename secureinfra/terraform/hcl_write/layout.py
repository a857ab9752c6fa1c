"""Lines of HCL as `terraform fmt` lays them out: indentation, and equals signs that stand below each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

WIDTH: Final = 100
"""So many columns a list or an object may take on one line."""

Lines: TypeAlias = list[str]
"""Lines of code, indented from the first one on as if that stood at the margin."""

# `terraform fmt` takes the first such sign of a line for that of the argument, even one of an object within a name.
_EQUALS: Final = re.compile(r"""(?:^\(|(?<!\$)\$\{|(?<!%)%\{)[^}"]*?(?<![=!<>])=(?![=>])""")


class Assignment(NamedTuple):
    """A name and what it is set to."""

    name: str
    value: Lines

    @property
    def aligned(self) -> bool:
        """Whether its equals sign stands below those of its neighbors."""
        return len(self.value) == 1 and not misleads(self.name)

    @property
    def apart(self) -> bool:
        """Whether an empty line parts it from its neighbors: lists need none."""
        return len(self.value) > 1 and self.value[0] != "["


def misleads(name: str) -> bool:
    """Whether an equals sign is in the name of a member: what its value opens is better closed on the same line."""
    return bool(_EQUALS.search(name))


def indented(lines: Iterable[str]) -> Lines:
    """The lines one step further in."""
    return [f"  {line}" if line else "" for line in lines]


def assigned(assignments: Iterable[Assignment]) -> Lines:
    """The lines of some assignments: runs of those on one line are aligned."""
    lines: Lines = []
    run: list[Assignment] = []
    for assignment in assignments:
        if assignment.aligned:
            run.append(assignment)
            continue
        lines += _aligned(run)
        run = []
        first, *rest = assignment.value
        lines += [f"{assignment.name} = {first}", *rest]
    return lines + _aligned(run)


def paragraphs(assignments: Iterable[Assignment]) -> list[Lines]:
    """The assignments with each that is an object of several lines apart from the others."""
    found: list[list[Assignment]] = []
    for assignment in assignments:
        if not found or assignment.apart or found[-1][-1].apart:
            found.append([])
        found[-1].append(assignment)
    return [assigned(run) for run in found]


def spread(parts: Iterable[Lines]) -> Lines:
    """The parts with an empty line between them; parts without lines are left out."""
    lines: Lines = []
    for part in filter(None, parts):
        lines += ["", *part] if lines else part
    return lines


def block(header: str, body: Lines) -> Lines:
    """A block with its braces."""
    return [f"{header} {{", *indented(body), "}"] if body else [f"{header} {{}}"]


def _aligned(run: list[Assignment]) -> Lines:
    width = max((len(name) for name, _ in run), default=0)
    return [f"{name:<{width}} = {value[0]}" for name, value in run]
