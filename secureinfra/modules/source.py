"""What a module is written from: Terraform JSON with variables in it, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NAME: Final = "modulenamexxxxxxxxxx"
"""Stands in the document for the module's name. It is as long as the longest name, so that what fits with it always fits."""

TAGS: Final = "modulevariable:"
"""Begins the key of an object that stands for all entries of a variable, whose name follows."""

ITEM: Final = "each_"
"""Begins the name by which a list's item stands for all items of a variable, whose name follows: `${each_role_arns}`."""

REQUIRED: Final = object()
"""The default of a variable that has none."""


def item_of(variable: str) -> str:
    """How an expression calls one item of a list: `arn` for `role_arns`."""
    return variable.rpartition("_")[2].removesuffix("s") or "item"


@dataclass(frozen=True)
class Validation:
    """What a value must be, in Terraform's language, and what is wrong otherwise."""

    condition: str
    message: str


@dataclass(frozen=True)
class Variable:
    """An input of a module.

    Args:
        name: its name.
        type: `string`, `number`, `bool`, `list(string)` or `map(string)`.
        description: what follows from it, in one sentence.
        default: its default; `REQUIRED` where there is none.
        example: a value for tests and examples, where there is no default.
        setting: which setting of the construct it is, e.g. `trust.account_id`; empty for the module's name.
        validations: what a value must be, as far as the document does not demand it already.
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
        """Whether a caller must give it."""
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
    """Everything that a module is written from.

    Args:
        name: the module's default name, also how its page calls it.
        origin: the class it was made from, as `secureinfra.SecureVpc`.
        summary: what it guarantees, in one sentence.
        details: what it creates, in paragraphs.
        document: Terraform JSON, in which `NAME`, `TAGS` and `ITEM` stand for variables.
        variables: its inputs, without the name.
        outputs: its outputs.
        settings: what the structure was fixed by, as plain values.
        yours: what is left to whoever uses it, one sentence each.
        demands: what Terraform must judge besides what stands in the document, as preconditions have it.
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
    demands: tuple[Validation, ...] = ()
