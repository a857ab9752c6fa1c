"""The settings of a configuration that may vary: those that the library passes through without deciding structure by them."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from secureinfra.config import rules as values
from secureinfra.config.config import Config
from secureinfra.config.docstrings import fields_of
from secureinfra.config.rule import Choice, Range, Rule
from secureinfra.controls import Keeps

_IDENTIFIERS = (
    values.ARN,
    values.ACCOUNT_ID,
    values.ORGANIZATION_ID,
    values.VPC_ID,
    values.VPC_ENDPOINT_ID,
    values.IPV4_CIDR,
    values.IPV6_CIDR,
    values.ANY_CIDR,
)
_NAMES = re.compile(r"(.*_)?(name|name_prefix|alias|description|cidr|id|ids|arn|arns|account|email|title)")


@dataclass(frozen=True)
class Setting:
    """One field of a configuration, or of a nested one.

    Args:
        path: its path, as field names.
        type: type of the variable.
        description: its docstring.
        value: its value; `None` if not set.
        rules: the rules of its type, for the value or each of its items.
        whole: whether it is a whole number.
    """

    path: tuple[str, ...]
    type: str
    description: str
    value: Any
    rules: tuple[Rule | Keeps, ...]
    whole: bool = False

    @property
    def name(self) -> str:
        """Its name in settings files and options: `trust.account_id`."""
        return ".".join(self.path)

    @property
    def varies(self) -> bool:
        """Whether it is a variable by default: names, networks, identifiers, numbers and tags."""
        if self.type == "map(string)":
            return self.path == ("tags",)
        if self.value is None or self.value == ():
            return False
        return self.type == "number" or self._identifies

    @property
    def _identifies(self) -> bool:
        return any(rule in _IDENTIFIERS for rule in self.rules) or _NAMES.fullmatch(self.path[-1]) is not None

    @property
    def pinned(self) -> bool:
        """Whether a control allows one value only, so that a variable would be pointless."""
        if self.type != "number" or self.value is None:
            return False
        tests = [rule.test for rule in self.rules]
        return not any(
            value != self.value and all(test(value) for test in tests) for value in _neighbours(self.value, self.rules)
        )

    @property
    def example(self) -> str | int | None:
        """A value that its rules accept."""
        if self.type == "number":
            return next((value for value in (1, 7, 30, 90, 365, 443, 3600) if self._accepts(value)), None)
        shown = (rule.example for rule in self.rules if isinstance(rule, Rule) and isinstance(rule.example, str))
        return next((text for text in (*shown, "example") if self._accepts(text)), None)

    def _accepts(self, value: str | int) -> bool:
        return all(rule.test(value) for rule in self.rules)


def settings_of(config: Config, path: tuple[str, ...] = ()) -> Iterator[Setting]:
    """The settings of a configuration that may vary, those of its parts included.

    Args:
        config: a valid one.
        path: its path, as field names.
    """
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        if isinstance(value, Config):
            yield from settings_of(value, (*path, name))
            continue
        annotation = _annotation(field)
        kind = _variable_type(annotation, value)
        if kind and name != "waivers":
            rules = tuple(_rules(annotation, items=kind.startswith("list")))
            description = fields_of(type(config)).get(name, "")
            yield Setting((*path, name), kind, description, value, rules, whole=kind == "number")


def may_vary(field: FieldInfo) -> bool:
    """Whether a field accepts values that only Terraform knows."""
    return _accepts(_annotation(field), "${var.x}")


def _annotation(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def with_value(config: Config, path: tuple[str, ...], value: Any) -> Config:
    """A configuration with one setting set.

    Raises:
        ConfigError: it refuses the value.
    """
    first, *rest = path
    given = {name: getattr(config, name) for name in config.model_fields_set}
    inner = with_value(getattr(config, first), tuple(rest), value) if rest else value
    return type(config).of({**given, first: inner})


def _variable_type(annotation: Any, value: Any) -> str | None:
    members = set(_plain_types(annotation))
    if any(typing.get_origin(member) in (dict, Mapping, typing.get_origin(Mapping[str, str])) for member in members):
        (mapping,) = (member for member in members if typing.get_args(member))
        return "map(string)" if typing.get_args(mapping) == (str, str) else None
    if isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
        return "list(string)" if _accepts(annotation, ("${each_x}",)) else None
    if not _accepts(annotation, "${var.x}"):
        return None
    return "number" if int in members else "string"


def _accepts(annotation: Any, value: Any) -> bool:
    try:
        return bool(TypeAdapter(annotation).validate_python(value) == value)
    except ValidationError:
        return False


def _plain_types(annotation: Any) -> Iterator[Any]:
    """The types that an annotation allows, without wrappers such as `Annotated`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _plain_types(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _plain_types(member)
    else:
        yield annotation


def _rules(annotation: Any, *, items: bool = False) -> Iterator[Rule | Keeps]:
    """The rules of an annotation, for a value or the items of a list."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        if not items:
            yield from (item for item in arguments[1:] if isinstance(item, Rule | Keeps))
        yield from _rules(arguments[0], items=items)
    elif origin in (typing.Union, types.UnionType):
        for member in arguments:
            yield from _rules(member, items=items)
    elif items and origin is tuple:
        yield from _rules(arguments[0])


def _neighbours(value: Any, rules: tuple[Rule | Keeps, ...]) -> Iterator[int]:
    """Numbers that a rule is likely to accept too."""
    yield from (value + 1, value - 1, value * 2, value // 2)
    for rule in rules:
        if isinstance(rule, Range):
            yield from (rule.low, rule.high)
        elif isinstance(rule, Choice):
            yield from (choice for choice in rule.values if isinstance(choice, int))
