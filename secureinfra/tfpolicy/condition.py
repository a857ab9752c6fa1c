"""What a check asks, as conditions of Terraform's policy language, for checks that ask about single arguments.

developer.hashicorp.com/terraform/policy/reference/policy/resource-policy: `attrs` holds the planned arguments. Functions have the
prefix `core::`. `core::try` gives its last argument where something is missing, and null where null is written, so null is asked for
first. A condition on a value that is not known yet waits until it is. It stands on one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from secureinfra.controls.shared.arguments import AllHold, Argument, Bound, OneOf, is_false, is_set, is_true
from secureinfra.controls.shared.keys import CustomerKey, is_customer_key
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema

_EACH = "item"
_KEYS = ("arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000", "alias/aws/sqs")


@dataclass(frozen=True)
class Condition:
    """One condition on a resource.

    Args:
        expression: true where the resource passes.
        expected: what should be written.
        path: the argument, as the check has it.
        holds: whether a value passes; it gets `None` where nothing is written.
        values: some of which pass and some do not.
    """

    expression: str
    expected: str
    path: str
    holds: Callable[[Any], bool] = field(compare=False)
    values: tuple[Any, ...] = field(compare=False)


@dataclass(frozen=True)
class _Place:
    """Where an argument is.

    Args:
        list: the list of blocks whose every member is asked; empty for the resource itself.
        value: the argument, of a member or of the resource.
        type: its type, as the schema has it.
        computed: whether the provider fills it in where nothing is written.
    """

    list: str
    value: str
    type: str
    computed: bool


def conditions_of(check: object, type: str) -> tuple[Condition, ...]:
    """The conditions that hold exactly where a check has no failure; empty where it cannot be written so.

    Args:
        check: the check of a control.
        type: the resource type.
    """
    if isinstance(check, AllHold):
        parts = [conditions_of(one, type) for one in check.checks]
        return tuple(one for part in parts for one in part) if all(parts) else ()
    if isinstance(check, CustomerKey):
        expected = f"{check.path.rpartition('.')[2]} = the ARN of a customer managed key"
        holds = partial(is_customer_key, configuration=Configuration.of({}))
        return _condition(check.path, type, expected, _is_customer_key, holds, of_author=True)
    if isinstance(check, Argument):
        return _condition(
            check.path,
            type,
            check.expected,
            lambda raw, kind: _passes(check.test, raw, kind),
            lambda value: bool(check.test(check.absent if value is None else value)),
            of_author=check.test is is_set,
            values=_values(check.test),
        )
    return ()


def _condition(
    path: str,
    type: str,
    expected: str,
    passes: Callable[[str, str], str | None],
    holds: Callable[[Any], bool],
    *,
    of_author: bool,
    values: tuple[Any, ...] = _KEYS,
) -> tuple[Condition, ...]:
    place = _place(path, type)
    # What AWS chooses where nothing is written, such as a key of its own, would look like a choice of the author's.
    if place is None or (place.computed and of_author):
        return ()
    raw = f"core::try({place.value}, null)"
    known = passes(raw, place.type)
    if known is None:
        return ()
    one = f"{raw} == null ? {str(holds(None)).lower()} : {known}"
    if place.list:
        one = f"core::length([for {_EACH} in core::try({place.list}, []) : {_EACH} if !({one})]) == 0"
    return (Condition(one, expected, path, holds, (True, False) if place.type == "bool" else values),)


def _values(test: object) -> tuple[Any, ...]:
    """Values on both sides of a test."""
    if test in (is_true, is_false):
        return ("true", "false")
    if isinstance(test, OneOf):
        return (*(_text(one) for one in test.choices if one is not None), "other")
    if isinstance(test, Bound):
        return tuple(bound + by for bound in (test.least, test.most) if bound is not None for by in (0, -1, 1))
    return ("written", "")


def _text(value: Any) -> str:
    # Terraform turns numbers and booleans into strings.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _passes(test: object, raw: str, type: str) -> str | None:
    """A test of a value that is not null."""
    if test in (is_true, is_false) and type in ("bool", "string"):
        literal = "true" if test is is_true else "false"
        return f"{raw} == {literal if type == 'bool' else json.dumps(literal)}"
    if isinstance(test, OneOf):
        return _one_of(test, raw, type)
    if isinstance(test, Bound) and type == "number":
        bounds = ((">=", test.least), ("<=", test.most))
        return " && ".join(f"{raw} {operator} {bound:g}" for operator, bound in bounds if bound is not None)
    if test is is_set and type == "string":
        return f'{raw} != ""'
    return None


def _one_of(test: OneOf, raw: str, type: str) -> str | None:
    if type == "bool":
        passing = [value for value in (True, False) if test(value)]
        return " || ".join(f"{raw} == {str(value).lower()}" for value in passing) or "false"
    if type != "string":
        return None
    texts = {_text(one) for one in test.choices if one is not None}
    return f"{'!' if test.negated else ''}core::contains({json.dumps(sorted(texts))}, {raw})"


def _is_customer_key(raw: str, type: str) -> str | None:
    if type != "string":
        return None
    return (
        f'{raw} != "" && !core::startswith({raw}, "alias/aws/") && core::length(core::split(":alias/aws/", {raw})) == 1'
    )


def _place(path: str, type: str) -> _Place | None:
    """Where a path leads; `None` where one version of the provider has it otherwise, or no index or single list reaches it.

    The schema of the newer version does not tell a list of at most one block from a block, so that of the older one does.
    """
    older, newer = (_followed(path, provider_schema(version).block("resource", type)) for version in VERSIONS)
    if older is None or newer is None:
        return None
    older = replace(older, computed=older.computed or newer.computed)
    newer = replace(newer, computed=older.computed)
    alike = replace(older, list=older.list.replace("[0]", ""), value=older.value.replace("[0]", ""))
    return older if newer in (older, alike) else None


def _followed(path: str, block: Mapping[str, Any]) -> _Place | None:
    *around, name = path.split(".")
    way, listed = "attrs", ""
    for part in around:
        nested = part.removesuffix("[]")
        nesting, _, _, inner = block.get("b", {}).get(nested, (None, None, None, {}))
        if nesting not in ("list", "set", "single") or listed:
            return None
        if part.endswith("[]"):
            listed, way = f"{way}.{nested}", _EACH
        elif nesting == "set":
            return None
        else:
            way = f"{way}.{nested}[0]" if nesting == "list" else f"{way}.{nested}"
        block = inner
    kind, flags = block.get("a", {}).get(name, (None, ""))
    return _Place(listed, f"{way}.{name}", kind, "c" in flags) if isinstance(kind, str) else None
