"""Function calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from secureinfra.terraform.expressions.functions import FUNCTIONS, Function
from secureinfra.terraform.expressions.nodes import Environment, Node
from secureinfra.terraform.expressions.values import (
    NotKnownError,
    RefusedError,
    is_lazy,
    is_too_large,
    references_of,
)
from secureinfra.terraform.unknown import Unknown


class Call(Node):
    """`name(a, b...)`."""

    __slots__ = ("arguments", "expanded", "name")

    def __init__(self, name: str, arguments: list[Node], *, expanded: bool) -> None:
        self.name = name.removeprefix("core::")
        self.arguments = arguments
        self.expanded = expanded

    def value(self, env: Environment) -> Any:
        """What the function returns; unknown for a function that is not known or reads files, time or chance."""
        if self.name in ("try", "can"):
            return self._attempt(env)
        values: list[Any] = []
        try:
            values = self._values(env)
            if any(map(is_too_large, values)):
                values = []
                raise NotKnownError
            function = FUNCTIONS.get(self.name)
            if function is None:
                raise NotKnownError
            return _invoke(function, values, env)
        except NotKnownError as error:
            return env.unknown(self, [*references_of(env.parts_of(values)), *error.references])

    def _values(self, env: Environment) -> list[Any]:
        values = [argument.value(env) for argument in self.arguments]
        if not self.expanded:
            return values
        last = values.pop()
        if type(last) is Unknown or is_lazy(last):
            raise NotKnownError(*env.parts_of(values, last))
        if not isinstance(last, list):
            raise RefusedError("only a list can be expanded to arguments")
        return values + last

    def _attempt(self, env: Environment) -> Any:
        strict = env.strict()
        if self.name == "can":
            if len(self.arguments) != 1:
                raise RefusedError("can takes one argument")
            try:
                value = self.arguments[0].value(strict)
            except RefusedError:
                return False
            parts = env.parts_of(value)
            return env.unknown(self, references_of(parts)) if parts else True
        for place, argument in enumerate(self.arguments):
            try:
                value = argument.value(strict)
            except RefusedError:
                continue
            if type(value) is Unknown and value.doubt == "counted" and place + 1 < len(self.arguments):
                return Unknown(value.text, value.references, "tried")
            return value
        raise RefusedError("no argument of try can be evaluated")

    def children(self) -> Iterable[Node]:
        """The arguments."""
        return self.arguments


def _invoke(function: Function, values: list[Any], env: Environment) -> Any:
    parameters = function.parameters
    if len(values) < len(parameters) or (function.variadic is None and len(values) > len(parameters)):
        raise RefusedError("wrong number of arguments")
    arguments: list[Any] = []
    for place, value in enumerate(values):
        parameter = parameters[place] if place < len(parameters) else function.variadic
        if parameter is None or (value is None and not parameter.nullable):
            raise RefusedError("an argument is null")
        if type(value) is Unknown or is_lazy(value):
            if function.reach != "any":
                raise NotKnownError
            arguments.append(next(iter(env.parts_of(value))))
            continue
        if function.reach == "whole" and isinstance(value, list | dict) and env.parts_of(value):
            raise NotKnownError
        arguments.append(value if value is None else parameter.convert(value))
    return function.body(env, *arguments) if function.wants_environment else function.body(*arguments)
