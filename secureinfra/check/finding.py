"""One answer of one control about one resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from secureinfra.controls.control import UNRATED, Control

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block

Status = Literal["passed", "failed", "waived", "unknown", "not applicable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a control says about a resource, with all that a report needs.

    Args:
        control: the control.
        status: the answer.
        block: the resource; `None` for the configuration as a whole.
        configuration: name of the stack, folder or plan.
        at: where within the resource, e.g. `rule[0].action`.
        found: what is there; for `unknown` what is not known, for `not applicable` why not.
        expected: what should be there.
        waiver: reason, owner and end of the waiver that excuses it, in words.
    """

    control: Control
    status: Status
    block: Block | None
    configuration: str = ""
    at: str = ""
    found: str = ""
    expected: str = ""
    waiver: str = ""

    @property
    def address(self) -> str:
        """The address of the resource; empty for the configuration as a whole."""
        return self.block.address if self.block else ""

    @property
    def file(self) -> str:
        """Where the resource is written; empty where nobody knows."""
        return self.block.file if self.block else ""

    @property
    def line(self) -> int | None:
        """On which line, counted from 1. The file is read again for the first one, so only what is shown is asked."""
        return self.block.line_of(self.at) if self.block else None

    @property
    def construct_path(self) -> str:
        """The construct that made the resource; empty for Terraform that people wrote."""
        return self.block.construct_path if self.block else ""

    @property
    def severity(self) -> str:
        """As the control's sources rate it; `medium` where none does."""
        return self.control.severity or UNRATED

    @property
    def fingerprint(self) -> str:
        """What makes it the same finding in a later run: control, resource and place, not lines or wording."""
        return "|".join((self.control.id, self.configuration, self.address, self.at))
