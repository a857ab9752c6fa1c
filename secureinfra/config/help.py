"""What `help()`, `?` and an interpreter's completion show of a configuration: its fields with types, defaults and meaning."""

from __future__ import annotations

import functools
import inspect
import operator
import textwrap
import types
import typing
from typing import TYPE_CHECKING, Any

from secureinfra.config.docstrings import fields_of

if TYPE_CHECKING:
    from pydantic import BaseModel

_UNIONS = (typing.Union, types.UnionType)


def signature_of(cls: type[BaseModel]) -> inspect.Signature:
    """The fields as keyword arguments; `waivers`, which every configuration has, comes last."""
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.is_required() else field.get_default(call_default_factory=True),
            annotation=_without_rules(field.annotation),
        )
        for name, field in cls.model_fields.items()
    ]
    return inspect.Signature(sorted(parameters, key=lambda parameter: parameter.name == "waivers"))


def documentation_of(cls: type[BaseModel]) -> str:
    """The class's own docstring, followed by each field with its docstring."""
    said = fields_of(cls)
    lines = [inspect.cleandoc(vars(cls).get("__doc__") or ""), "", "Fields:"]
    for name, parameter in signature_of(cls).parameters.items():
        default = "" if parameter.default is inspect.Parameter.empty else f" = {parameter.default!r}"
        lines.append(f"    {name}: {type_text(parameter.annotation)}{default}")
        if name in said:
            lines += textwrap.wrap(said[name], 100, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return "\n".join(lines).lstrip("\n")


def _without_rules(annotation: Any) -> Any:
    """A type without the rules that `Annotated` holds, which would fill the screen."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _without_rules(arguments[0])
    if origin is None or origin is typing.Literal:
        return annotation
    plain = tuple(_without_rules(argument) for argument in arguments)
    return functools.reduce(operator.or_, plain) if origin in _UNIONS else origin[plain]


def type_text(annotation: Any) -> str:
    """A type as one writes it, with short names."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in _UNIONS:
        return " | ".join(map(type_text, arguments))
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(type_text, arguments))}]"
    if annotation is type(None):
        return "None"
    return "..." if annotation is ... else getattr(annotation, "__name__", str(annotation))
