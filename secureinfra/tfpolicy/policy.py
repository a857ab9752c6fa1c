"""A control on one resource type, as conditions of Terraform's policy language."""

from __future__ import annotations

from dataclasses import dataclass

from secureinfra.controls.control import Control
from secureinfra.tfpolicy.condition import Condition


@dataclass(frozen=True)
class Policy:
    """A control on one resource type.

    Args:
        control: the control.
        type: the resource type.
        conditions: what must hold.
    """

    control: Control
    type: str
    conditions: tuple[Condition, ...]
