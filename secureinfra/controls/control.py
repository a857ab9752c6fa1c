"""What a control is: a decision, its reason, the frameworks that require it, and the check that verifies it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls import catalogue, constructs
from secureinfra.errors import ConfigError

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Check, ConfigurationCheck

# What the loaded modules define; `secureinfra.controls.registry` loads them and looks them up.
DEFINED: dict[str, Control] = {}
CHECKS: dict[str, list[tuple[Control, Check]]] = {}
CONFIGURATION_CHECKS: list[tuple[Control, ConfigurationCheck]] = []

CONFIGURATION = "configuration"
"""Stands in place of a type for the configuration as a whole."""

SEVERITIES = ("low", "medium", "high", "critical")
# A control that no source rates counts as this for a threshold.
UNRATED = "medium"


@dataclass(frozen=True)
class Control:
    """One decision that the output must show, with its reason and its sources.

    Args:
        id: the noun of the Terraform type and the decision, in kebab case; ids are contract.
        title: the decision, as a fact about the output, with its subject.
        why: what happens if it is not met; it ends an error's sentence, so it starts in lower case.
        row: key of the catalogue's row with the frameworks and scanners that require it; empty if none does.
        waivable: false for the few that cannot be waived.
        fix: what to write in Terraform, as a sentence.
        setting: how a construct of this library meets it, as a sentence, if `constructs.txt` does not say it.
    """

    id: str
    title: str
    why: str
    row: str = ""
    waivable: bool = True
    fix: str = ""
    setting: str = ""

    def __post_init__(self) -> None:
        if self.id in DEFINED:
            raise ConfigError(f"control {self.id!r} is defined twice: ids are contract. Choose another id.")
        DEFINED[self.id] = self

    @property
    def python(self) -> str:
        """How constructs of this library meet it, as a sentence; empty if none does."""
        return self.setting or constructs.sentence(self.id)

    @property
    def severity(self) -> str:
        """`low`, `medium`, `high` or `critical` as the sources rate it; empty if none does."""
        return catalogue.rows()[self.row]["severity"] if self.row else ""

    @property
    def optional(self) -> bool:
        """Whether the catalogue calls it an option: this library offers it but leaves it off, because of its cost or side effects."""
        return self.row != "" and catalogue.rows()[self.row]["stance"] == "opt"

    def source(self, column: str) -> tuple[str, ...]:
        """Its ids in one framework or scanner, e.g. `source("fsbp_id")`; columns as in the catalogue."""
        return catalogue.cell(self.row, column) if self.row else ()

    def keeps(self, test: Callable[[Any], bool] = bool, expression: str = "{value}") -> Keeps:
        """Tie a config field to this control: the value meets the control while `test` holds.

        Args:
            test: true for a value that meets the control; by default, that the value is true.
            expression: the same test as a Terraform expression, for a value that is unknown at synthesis.
        """
        return Keeps(self, test, expression)

    def check(self, *types: str) -> Callable[[Check], Check]:
        """Decorate the function that checks this control on one resource.

        Args:
            types: the resource types that it checks; `data.aws_...` for a data source.
        """

        def register(function: Check) -> Check:
            for type in types:
                CHECKS.setdefault(type, []).append((self, function))
            return function

        return register

    def check_configuration(self, function: ConfigurationCheck) -> ConfigurationCheck:
        """Decorate the function that checks this control on a configuration as a whole."""
        CONFIGURATION_CHECKS.append((self, function))
        return function


@dataclass(frozen=True)
class Keeps:
    """Field metadata: the control that the field's default meets, and the test for it."""

    control: Control
    test: Callable[[Any], bool]
    expression: str
