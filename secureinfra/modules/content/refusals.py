"""Finds, for each validation of each variable, a value that it rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.modules.content.guards import outcome
from secureinfra.modules.content.source import Variable

_UNLIKELY = (
    "",
    "-",
    "x",
    "no such value!",
    "X" * 300,
    "x" * 3000,
    "10.0.0.0/8",
    "10.0.0.0/29",
    "10.0.0.5/16",
    "0.0.0.0/0",
    "2001:db8::/32",
    "*.example.com",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::111122223333:user/somebody",
)


@dataclass(frozen=True)
class Refusal:
    """A value that a validation rejects.

    Args:
        variable: the variable.
        value: the rejected value.
        refused: the variables with a failing validation, including this one.
        message: message of the validation.
        number: position of the validation in the variable, from 1.
    """

    variable: str
    value: Any
    refused: tuple[str, ...]
    message: str
    number: int


def refusals_of(variables: tuple[Variable, ...]) -> tuple[list[Refusal], list[str]]:
    """A rejected value for each validation, and the messages of those for which none was found."""
    given = {variable.name: variable.value for variable in variables}
    found: list[Refusal] = []
    without: list[str] = []
    for variable in variables:
        for number, validation in enumerate(variable.validations, 1):
            for value in _candidates(variable):
                if outcome(validation, variable, value, given) is False:
                    refused = _refused(variables, {**given, variable.name: value})
                    if refused is not None and variable.name in refused:
                        found.append(Refusal(variable.name, value, refused, validation.message, number))
                        break
            else:
                without.append(f"{variable.name}: {validation.message}")
    return found, without


def _refused(variables: tuple[Variable, ...], values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The variables that are rejected; `None` if a condition would fail to evaluate, which no test can expect."""
    refused = []
    for variable in variables:
        outcomes = [outcome(validation, variable, values[variable.name], values) for validation in variable.validations]
        if not all(isinstance(answer, bool) for answer in outcomes):
            return None
        if not all(outcomes):
            refused.append(variable.name)
    return tuple(refused)


def _candidates(variable: Variable) -> Iterator[Any]:
    if variable.type == "number":
        yield from _numbers(variable)
    elif variable.type == "string":
        yield from _texts(variable.value)
    elif variable.type == "list(string)":
        yield []
        for text in _texts((variable.value or [""])[0]):
            yield [text]


def _numbers(variable: Variable) -> Iterator[float]:
    yield from (0, -1, 1)
    for validation in variable.validations:
        for number in re.findall(r"\d+", validation.condition):
            yield from (int(number) - 1, int(number) + 1)
    yield from (10**9, float(variable.value or 0) + 0.5)


def _texts(value: Any) -> Iterator[str]:
    text = str(value or "x")
    yield from (f"{text}!", text.upper() + "_", text * 40, text[:1])
    yield from _UNLIKELY
