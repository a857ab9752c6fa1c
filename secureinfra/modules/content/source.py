"""The source of a module: Terraform JSON with variables, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from secureinfra.config.config import Precondition

NAME: Final = "modulenamexxxxxxxxxx"
"""Placeholder for the module's name. It is as long as the longest name, so that length limits hold for every name."""

TAGS: Final = "modulevariable:"
"""Prefix of an object key that stands for all entries of a variable, followed by its name."""

ITEM: Final = "each_"
"""Prefix of a list item that stands for all items of a variable, followed by its name: `${each_role_arns}`."""

REQUIRED: Final = object()
"""Marks a variable without a default."""


def item_of(variable: str) -> str:
    """The name of one list item in an expression: `arn` for `role_arns`."""
    return variable.rpartition("_")[2].removesuffix("s") or "item"


@dataclass(frozen=True)
class Validation:
    """A condition on a value, in Terraform's language, and its error message."""

    condition: str
    message: str


@dataclass(frozen=True)
class Variable:
    """An input of a module.

    Args:
        name: its name.
        type: `string`, `number`, `bool`, `list(string)` or `map(string)`.
        description: its effect, in one sentence.
        default: its default; `REQUIRED` if there is none.
        example: a value for tests and examples, if there is no default.
        setting: the setting of the construct that it sets, e.g. `trust.account_id`; empty for the module's name.
        validations: conditions on the value that are not in the document already.
    """

    name: str
    type: str
    description: str
    default: Any = REQUIRED
    example: Any = None
    setting: str = ""
    validations: tuple[Validation, ...] = ()

    @property
    def required(self) -> bool:
        """Whether a caller must set it."""
        return self.default is REQUIRED

    @property
    def value(self) -> Any:
        """The default, or the example."""
        return self.example if self.required else self.default


@dataclass(frozen=True)
class Output:
    """An output of a module: name, description and value, a template or a list of them."""

    name: str
    description: str
    value: Any


@dataclass(frozen=True)
class Source:
    """The source of a module.

    Args:
        name: the module's default name, also used in its README.
        origin: the class it was made from, as `secureinfra.SecureVpc`.
        summary: what it guarantees, in one sentence.
        details: what it creates, in paragraphs.
        document: Terraform JSON, in which `NAME`, `TAGS` and `ITEM` stand for variables.
        variables: its inputs, without the name.
        outputs: its outputs.
        settings: the settings that decided the structure, as plain values.
        yours: what is left to its users, one sentence each.
        demands: conditions that Terraform checks in addition to those in the document.
        conditions: the preconditions in the document, by message.
        provider_major: of the AWS provider that it is for; `None` for both.
    """

    name: str
    origin: str
    summary: str
    details: tuple[str, ...]
    document: Mapping[str, Any]
    variables: tuple[Variable, ...] = ()
    outputs: tuple[Output, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    yours: tuple[str, ...] = ()
    demands: tuple[Precondition, ...] = ()
    conditions: Mapping[str, Precondition] = field(default_factory=dict)
    provider_major: Literal[5, 6] | None = None
