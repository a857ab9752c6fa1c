"""One answer of one control about one resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from secureinfra.controls.control import UNRATED, Control

Status = Literal["passed", "failed", "waived", "unknown", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """What a control says about a resource, with all that a report needs.

    Args:
        control: the control.
        status: the answer.
        address: the resource; empty for the configuration as a whole.
        configuration: name of the stack, folder or plan.
        file: where it is written; empty where nobody knows.
        line: on which line, counted from 1.
        construct_path: the construct that made it; empty for Terraform that people wrote.
        at: where within the resource.
        found: what is there; for `unknown` what is not known, for `not applicable` why not.
        expected: what should be there.
        waiver: reason, owner and end of the waiver that excuses it, in words.
    """

    control: Control
    status: Status
    address: str
    configuration: str = ""
    file: str = ""
    line: int | None = None
    construct_path: str = ""
    at: str = ""
    found: str = ""
    expected: str = ""
    waiver: str = ""

    @property
    def severity(self) -> str:
        """As the control's sources rate it; `medium` where none does."""
        return self.control.severity or UNRATED

    @property
    def fingerprint(self) -> str:
        """What makes it the same finding in a later run: control, resource and place, not lines or wording."""
        return "|".join((self.control.id, self.configuration, self.address, self.at))
