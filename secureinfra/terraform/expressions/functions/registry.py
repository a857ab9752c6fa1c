"""How a function is declared: what it takes, and how much of it must be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from secureinfra.terraform.expressions.conversion import alike, make_set, to_bool, to_number, to_text, to_whole
from secureinfra.terraform.expressions.values import RefusedError, is_lazy
from secureinfra.terraform.unknown import Unknown

Reach: TypeAlias = Literal["whole", "shape", "any"]
"""What must be known of the arguments: all of it; the lists and maps but not their elements; nothing."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how an argument is converted, and whether it may be null."""

    convert: Callable[[Any], Any]
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language."""

    body: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    reach: Reach
    wants_environment: bool


FUNCTIONS: Final[dict[str, Function]] = {}
_Body = TypeVar("_Body", bound=Callable[..., Any])


def function(
    *parameters: Parameter,
    name: str = "",
    variadic: Parameter | None = None,
    reach: Reach = "whole",
    wants_environment: bool = False,
) -> Callable[[_Body], _Body]:
    """Declare a Python function as one of the language; its name there is its own unless given."""

    def declare(body: _Body) -> _Body:
        own = name or body.__name__.rstrip("_")
        FUNCTIONS[own] = Function(body, parameters, variadic, reach, wants_environment)
        return body

    return declare


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise RefusedError("a list is required")


def _text_or_unknown(value: Any) -> Any:
    return value if value is None or type(value) is Unknown or is_lazy(value) else to_text(value)


def _texts(value: Any) -> list[Any]:
    return [_text_or_unknown(held) for held in _list(value)]


def _bools(value: Any) -> list[Any]:
    return [held if held is None or type(held) is Unknown or is_lazy(held) else to_bool(held) for held in _list(value)]


def _map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise RefusedError("a map is required")


def _same(value: Any) -> Any:
    return value


TEXT: Final = Parameter(to_text)
NUMBER: Final = Parameter(to_number)
WHOLE: Final = Parameter(to_whole)
BOOL: Final = Parameter(to_bool)
ANY: Final = Parameter(_same)
NULLABLE: Final = Parameter(_same, nullable=True)
LIST: Final = Parameter(_list)
ALIKE: Final = Parameter(lambda value: alike(_list(value)))
SET: Final = Parameter(lambda value: make_set(_list(value)))
TEXTS: Final = Parameter(_texts)
BOOLS: Final = Parameter(_bools)
MAP: Final = Parameter(_map)
