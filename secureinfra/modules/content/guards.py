"""Validations of variables, moved from the preconditions of resources to the variables themselves."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from secureinfra.config.config import Precondition
from secureinfra.modules.content.placeholders import blocks
from secureinfra.modules.content.source import ITEM, NAME, Validation, Variable, item_of
from secureinfra.terraform.expressions import evaluate

# References to anything but variables; a condition without them is about variables only.
_BEYOND = re.compile(r"\b(?:data|local|self|module|each|count|aws_[a-z0-9_]+)\.")
_VARIABLE = re.compile(r"\bvar\.(\w+)")
_ITEM = re.compile(rf"\b{ITEM}(\w+)")
_SHORTEST, _LONGEST = 2, len(NAME)


def name_variable(default: str) -> Variable:
    """The variable that everything in a module is named after."""
    condition = f'can(regex("^[a-z](?:[a-z0-9-]{{0,{_LONGEST - 2}}}[a-z0-9])$", var.name))'
    message = (
        f"name must be {_SHORTEST} to {_LONGEST} lower-case letters, digits and '-', a letter first: AWS limits the names "
        "that are made from it."
    )
    description = f"Prefix of all names in the module: {_SHORTEST} to {_LONGEST} lower-case letters, digits and '-'."
    return Variable("name", "string", description, default, default, "", (Validation(condition, message),))


def guarded(
    document: Mapping[str, Any],
    variables: Sequence[Variable],
    demands: Sequence[Precondition] = (),
    conditions: Mapping[str, Precondition] = {},
) -> tuple[dict[str, Any], tuple[Variable, ...]]:
    """The document without preconditions on variables only, and the variables with these as validations.

    Args:
        document: Terraform JSON.
        variables: its variables.
        demands: further conditions on them.
        conditions: the conditions of the preconditions, by message.
    """
    found: dict[str, dict[str, Validation]] = {variable.name: {} for variable in variables}
    bare = copy.deepcopy(dict(document))
    for demand in demands:
        if isinstance(demand.value, str):
            known = demand.value.removeprefix("${").removesuffix("}")
            _move(demand.expression.replace("{value}", known), demand, found)
    for _, _, block in blocks(bare):
        lifecycle = block.get("lifecycle", {})
        kept = [
            one
            for one in lifecycle.get("precondition", ())
            if not _move(one["condition"], conditions.get(one["error_message"], one["error_message"]), found)
        ]
        _keep(block, lifecycle, kept)
    return bare, tuple(_with(variable, found[variable.name].values()) for variable in variables)


def _move(condition: str, asked: Precondition | str, found: dict[str, dict[str, Validation]]) -> bool:
    """Whether a condition is about variables only; then it is added to the first of them."""
    moved = _of_variables(condition.removeprefix("${").removesuffix("}"), found)
    if moved is None:
        return False
    name, condition = moved
    message = asked if isinstance(asked, str) else asked.of_variable(name)
    found[name].setdefault(condition, Validation(condition, f"{message.rstrip('.')}."))
    return True


def _keep(block: dict[str, Any], lifecycle: dict[str, Any], kept: list[Any]) -> None:
    if "precondition" in lifecycle and not kept:
        del lifecycle["precondition"]
        if not lifecycle:
            del block["lifecycle"]
    elif kept:
        lifecycle["precondition"] = kept


def _of_variables(condition: str, known: Mapping[str, Any]) -> tuple[str, str] | None:
    """A condition on variables only, with the first of them; for lists it applies to each item."""
    items = list(dict.fromkeys(_ITEM.findall(condition)))
    names = [*items, *dict.fromkeys(_VARIABLE.findall(condition))]
    if _BEYOND.search(condition) or not names or names[0] not in known or len(items) > 1:
        return None
    for item in items:
        name = item_of(item)
        condition = f"alltrue([for {name} in var.{item} : {_ITEM.sub(name, condition)}])"
    return names[0], condition


def _with(variable: Variable, validations: Any) -> Variable:
    together = (*variable.validations, *validations)
    return replace(variable, validations=tuple(_steadied(variable, together)))


def _steadied(variable: Variable, validations: Sequence[Validation]) -> Iterator[Validation]:
    """Validations made safe to evaluate for values that an earlier validation rejects."""
    if variable.type == "number":
        yield from validations
        return
    odd = ("", "x", "x/y", "10.0.0.0")
    for validation in validations:
        sure = all(isinstance(outcome(validation, variable, value), bool) for value in odd)
        # With an unusable value the condition itself would fail, which hides what is wrong.
        yield validation if sure else replace(validation, condition=f"try({validation.condition}, false)")


def outcome(validation: Validation, variable: Variable, value: Any, others: Mapping[str, Any] = {}) -> Any:
    """The result of a condition for a value: true or false, or something else if it fails or is unknown."""
    given = [value] if variable.type == "list(string)" and not isinstance(value, list) else value
    return evaluate(f"${{{validation.condition}}}", {"var": {**others, variable.name: given}})
