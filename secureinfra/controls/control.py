"""What a control is: a decision, why it was made, who else demands it, and the check that proves it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls import catalogue, index
from secureinfra.errors import ConfigError

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Check, ConfigurationCheck

_ALL: dict[str, Control] = {}
_CHECKS: dict[str, list[tuple[Control, Check]]] = {}
_CONFIGURATION_CHECKS: list[tuple[Control, ConfigurationCheck]] = []
_ASKING: dict[str, set[str]] = {}

SEVERITIES = ("low", "medium", "high", "critical")
# Where no source rates a control, it counts as this when a threshold is asked for.
UNRATED = "medium"


@dataclass(frozen=True)
class Control:
    """One decision that the output must show, with its reason and its sources.

    Args:
        id: the noun of the Terraform type and the decision, in kebab case; ids are contract.
        title: the decision, as a fact about the output.
        why: what happens where it is not met; it ends an error's sentence, so it starts in lower case.
        row: key of the catalogue's row with the frameworks and scanners that demand it too; empty where none does.
        waivable: false for the few that no reason excuses.
        mend: what to write in Terraform, as a sentence.
        python: the construct of this library that meets it, and how: `SecureBucket does` or `SecureVpc(..., VpcConfig(nat="per_zone"))`.
    """

    id: str
    title: str
    why: str
    row: str = ""
    waivable: bool = True
    mend: str = ""
    python: str = ""

    def __post_init__(self) -> None:
        if self.id in _ALL:
            raise ConfigError(f"control {self.id!r} is defined twice: ids are contract. Choose another id.")
        _ALL[self.id] = self

    @property
    def severity(self) -> str:
        """`low`, `medium`, `high` or `critical` as the sources rate it; empty where none does."""
        return catalogue.rows()[self.row]["severity"] if self.row else ""

    @property
    def optional(self) -> bool:
        """Whether the catalogue calls it an option: this library offers it and leaves it off, for its price or side effects."""
        return self.row != "" and catalogue.rows()[self.row]["stance"] == "opt"

    def source(self, column: str) -> tuple[str, ...]:
        """Ids under which one framework or scanner knows it, e.g. `source("fsbp_id")`; columns as in the catalogue."""
        return catalogue.cell(self.row, column) if self.row else ()

    def keeps(self, test: Callable[[Any], bool] = bool, expression: str = "{value}") -> Keeps:
        """Tie a config field to this control: the value keeps it while `test` holds.

        Args:
            test: true for a value that meets the control; by default, that the value is true.
            expression: the same test in Terraform's language, for a value that is not known at synthesis.
        """
        return Keeps(self, test, expression)

    def check(self, *types: str) -> Callable[[Check], Check]:
        """Decorate the function that proves this control on one resource.

        Args:
            types: the resource types it is asked about; `data.aws_...` for a data source.
        """

        module = _caller()

        def register(function: Check) -> Check:
            for type in types:
                _CHECKS.setdefault(type, []).append((self, function))
                _ASKING.setdefault(type, set()).add(module)
            return function

        return register

    def check_configuration(self, function: ConfigurationCheck) -> ConfigurationCheck:
        """Decorate the function that proves this control on a configuration as a whole."""
        _CONFIGURATION_CHECKS.append((self, function))
        _ASKING.setdefault(index.CONFIGURATION, set()).add(_caller())
        return function


@dataclass(frozen=True)
class Keeps:
    """Field metadata: the control that the field's default satisfies, and the test that says so."""

    control: Control
    test: Callable[[Any], bool]
    expression: str


def find(id: str) -> Control:
    """The control with that id.

    Raises:
        ConfigError: there is none; the error names the nearest.
    """
    if id not in _ALL:
        _load_all()
    if id in _ALL:
        return _ALL[id]
    near = difflib.get_close_matches(id, _ALL, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ConfigError(f"there is no control {id!r}: a waiver or a lookup must name one by its id.{hint}")


def every() -> tuple[Control, ...]:
    """All controls, in the order of their ids."""
    _load_all()
    return tuple(_ALL[id] for id in sorted(_ALL))


def checks_of(type: str) -> tuple[tuple[Control, Check], ...]:
    """The controls that are asked about a type, each with its check.

    Args:
        type: `aws_s3_bucket`, or `data.aws_iam_policy_document` for a data source.
    """
    index.load(type)
    return tuple(sorted(_CHECKS.get(type, ()), key=lambda asked: asked[0].id))


def types_of(control: Control) -> tuple[str, ...]:
    """The types that a control is asked about; `configuration` where it is asked about a configuration as a whole."""
    _load_all()
    types = sorted(type for type, checks in _CHECKS.items() if any(asked is control for asked, _ in checks))
    whole = any(asked is control for asked, _ in _CONFIGURATION_CHECKS)
    return (*types, index.CONFIGURATION) if whole else tuple(types)


def checks_of_configurations() -> tuple[tuple[Control, ConfigurationCheck], ...]:
    """The controls that are asked about a configuration as a whole, each with its check."""
    index.load(index.CONFIGURATION)
    return tuple(sorted(_CONFIGURATION_CHECKS, key=lambda asked: asked[0].id))


def asking_modules() -> dict[str, list[str]]:
    """The modules that ask about each type, of those that are loaded; what the index is made from."""
    return {type: sorted(modules) for type, modules in _ASKING.items()}


def _caller() -> str:
    """The module in whose code a check is being registered."""
    name: str = sys._getframe(2).f_globals["__name__"]
    return name.rpartition(".")[2]


def _load_all() -> None:
    # A construct loads the controls of its own service only; who judges needs all of them.
    from secureinfra.controls import services  # noqa: PLC0415

    services()
