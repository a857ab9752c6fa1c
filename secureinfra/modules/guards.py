"""What Terraform must judge of variables: taken from the resources that demand it to the variables themselves."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from secureinfra.controls import find
from secureinfra.errors import ConfigError
from secureinfra.modules.placeholders import blocks
from secureinfra.modules.source import ITEM, NAME, Validation, Variable, item_of
from secureinfra.terraform.expressions import evaluate

# What only resources know; a condition with none of these is about variables alone.
_BEYOND = re.compile(r"\b(?:data|local|self|module|each|count|aws_[a-z0-9_]+)\.")
_VARIABLE = re.compile(r"\bvar\.(\w+)")
_ITEM = re.compile(rf"\b{ITEM}(\w+)")
_SPEAKER = re.compile(rf"^{NAME}[\w/-]*: (?:[A-Z]\w+ (?P<field>[a-z]\w*) )?")
_CONTROL = re.compile(r"^breaks (?P<id>[a-z0-9-]+)\.?$")
_SHORTEST, _LONGEST = 2, len(NAME)


def name_variable(default: str) -> Variable:
    """The variable that everything in a module is named after."""
    condition = f'can(regex("^[a-z](?:[a-z0-9-]{{0,{_LONGEST - 2}}}[a-z0-9])$", var.name))'
    message = (
        f"name must be {_SHORTEST} to {_LONGEST} lower-case letters, digits and '-', a letter first: AWS limits the names "
        "that are made from it."
    )
    description = (
        f"What everything in the module is named after: {_SHORTEST} to {_LONGEST} lower-case letters, digits and '-'."
    )
    return Variable("name", "string", description, default, default, "", (Validation(condition, message),))


def guarded(
    document: Mapping[str, Any], variables: Sequence[Variable], demands: Sequence[Validation] = ()
) -> tuple[dict[str, Any], tuple[Variable, ...]]:
    """The document without the preconditions that speak of variables alone, and the variables with these as validations.

    Args:
        document: Terraform JSON.
        variables: its variables.
        demands: what else must be true of them.
    """
    found: dict[str, dict[str, Validation]] = {variable.name: {} for variable in variables}
    bare = copy.deepcopy(dict(document))
    for demand in demands:
        _moved({"condition": demand.condition, "error_message": demand.message}, found)
    for _, _, block in blocks(bare):
        lifecycle = block.get("lifecycle", {})
        kept = [one for one in lifecycle.get("precondition", ()) if not _moved(one, found)]
        _keep(block, lifecycle, kept)
    return bare, tuple(_with(variable, found[variable.name].values()) for variable in variables)


def _moved(precondition: Mapping[str, str], found: dict[str, dict[str, Validation]]) -> bool:
    """Whether a precondition speaks of variables alone; then it is noted with the first of them."""
    moved = _validation(precondition, found)
    if moved is None:
        return False
    name, validation = moved
    found[name].setdefault(validation.condition, validation)
    return True


def _keep(block: dict[str, Any], lifecycle: dict[str, Any], kept: list[Any]) -> None:
    if "precondition" in lifecycle and not kept:
        del lifecycle["precondition"]
        if not lifecycle:
            del block["lifecycle"]
    elif kept:
        lifecycle["precondition"] = kept


def _validation(precondition: Mapping[str, str], known: Mapping[str, Any]) -> tuple[str, Validation] | None:
    condition = precondition["condition"].removeprefix("${").removesuffix("}")
    items = list(dict.fromkeys(_ITEM.findall(condition)))
    names = [*items, *dict.fromkeys(_VARIABLE.findall(condition))]
    if _BEYOND.search(condition) or not names or names[0] not in known or len(items) > 1:
        return None
    for item in items:
        name = item_of(item)
        condition = f"alltrue([for {name} in var.{item} : {_ITEM.sub(name, condition)}])"
    return names[0], Validation(condition, _message(precondition["error_message"], names[0]))


def _message(text: str, name: str) -> str:
    """A message in the words of the module: the variable's name instead of the construct's path and field."""
    spoken = _SPEAKER.match(text)
    if spoken is None:
        return text
    rest = text[spoken.end() :]
    if not spoken["field"]:
        return rest
    broken = _CONTROL.match(rest)
    if broken:
        try:
            control = find(broken["id"])
        except ConfigError:
            return f"{name} {rest}"
        return f"{name} must keep the control {control.id}: {control.why}."
    return f"{name} {rest}"


def _with(variable: Variable, validations: Any) -> Variable:
    together = (*variable.validations, *validations)
    return replace(variable, validations=tuple(_steadied(variable, together)))


def _steadied(variable: Variable, validations: Sequence[Validation]) -> Iterator[Validation]:
    """The validations, each of which answers even for a value that an earlier one refuses."""
    if variable.type == "number":
        yield from validations
        return
    odd = ("", "x", "x/y", "10.0.0.0")
    for validation in validations:
        sure = all(isinstance(outcome(validation, variable, value), bool) for value in odd)
        # With a value of no use the condition itself would be an error, which hides what is wrong.
        yield validation if sure else replace(validation, condition=f"try({validation.condition}, false)")


def outcome(validation: Validation, variable: Variable, value: Any, others: Mapping[str, Any] = {}) -> Any:
    """What a condition says of a value: true or false, or something else where it is an error or nobody knows."""
    given = [value] if variable.type == "list(string)" and not isinstance(value, list) else value
    return evaluate(f"${{{validation.condition}}}", {"var": {**others, variable.name: given}})
