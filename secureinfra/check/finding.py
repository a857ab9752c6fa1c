"""One answer of one control for one resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from secureinfra.controls.control import UNRATED, Control
from secureinfra.controls.registry import find

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

READABLE = "configuration-readable"
"""The id of the control that nothing passes which cannot be read."""

Status = Literal["passed", "failed", "waived", "unknown", "not applicable"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a report says of a resource, without the configuration that it is a part of.

    Args:
        address: its address.
        file: its file; empty if unknown.
        line: the line that the finding is about, counted from 1.
        construct_path: the construct that created it.
        content: a digest of the part of it that the finding is about, as `identity` takes it.
    """

    address: str = ""
    file: str = ""
    line: int | None = None
    construct_path: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of a control for a resource, with everything that a report needs.

    Args:
        control: the control.
        status: the answer.
        block: the resource; `None` for the configuration as a whole.
        configuration: name of the stack, folder or plan.
        at: where within the resource, e.g. `rule[0].action`.
        found: what is there; for `unknown` what is unknown, for `not applicable` why not.
        expected: what should be there; for `unknown` how to make it known.
        waiver: reason, owner and end of the waiver that excuses it, in words.
        known: whether a baseline holds it, so that it fails nothing.
        seen: the same of the resource where the finding comes from another process, or from what could not be read.
    """

    control: Control
    status: Status
    block: Block | None
    configuration: str = ""
    at: str = ""
    found: str = ""
    expected: str = ""
    waiver: str = ""
    known: bool = False
    seen: Seen | None = None

    def __reduce__(self) -> tuple[Callable[..., Finding], tuple[Any, ...]]:
        # Another process has the control itself: there is one of each id.
        named = (getattr(self, field.name) for field in fields(self) if field.name != "control")
        return _of_another_process, (self.control.id, *named)

    @property
    def _held(self) -> Block | Seen | None:
        return self.seen or self.block

    @property
    def address(self) -> str:
        """The address of the resource; empty for the configuration as a whole."""
        return self._held.address if self._held else ""

    @property
    def file(self) -> str:
        """The file of the resource; empty if unknown."""
        return self._held.file if self._held else ""

    @property
    def line(self) -> int | None:
        """The line, counted from 1. The file is read again for the first one, so only findings that are shown have it read."""
        if self.seen is not None:
            return self.seen.line
        return self.block.line_of(self.at) if self.block else None

    @property
    def construct_path(self) -> str:
        """The construct that created the resource; empty for hand-written Terraform."""
        return self._held.construct_path if self._held else ""

    @property
    def severity(self) -> str:
        """As `severity_of` its control."""
        return severity_of(self.control)

    def detached(self, content: str) -> Finding:
        """The same without its configuration, as another process can have it.

        Args:
            content: as for `Seen`.
        """
        line = self.line if self.status in ("failed", "unknown", "waived") else None
        return replace(self, block=None, seen=Seen(self.address, self.file, line, self.construct_path, content))


def _of_another_process(id: str, *held: Any) -> Finding:
    return Finding(find(id), *held)


def severity_of(control: Control) -> str:
    """The severity by a control's sources; `medium` if none rates it, and `critical` for what could not be read at all."""
    return control.severity or ("critical" if control.id == READABLE else UNRATED)
