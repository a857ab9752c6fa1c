"""An example of a blueprint's settings: the `Example:` in its docstring, read without running it."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from typing import Any

import secureinfra
from secureinfra.config.config import Config, refused
from secureinfra.errors import ConfigError


def example_of(blueprint: type, config: type[Config]) -> Config:
    """A configuration that the blueprint accepts: the one in its docstring, or its defaults.

    Args:
        blueprint: its class.
        config: the class of its settings.

    Raises:
        ConfigError: a setting is required, and the docstring shows no usable example.
    """
    shown = _shown(blueprint, config)
    example = shown if shown is not None else config()
    if refused(example):
        lacking = "has no Example: with" if shown is None else "shows in its Example: a"
        raise ConfigError(
            f"blueprint {blueprint.__name__} {lacking} {config.__name__}(...) that it accepts: a new project would start with "
            f"settings that are refused. Add one to its docstring, e.g. 'Example:' and "
            f'`{blueprint.__name__}(stack, "id", {config.__name__}(...))`. It says: {example!r}'
        )
    return example


def _shown(blueprint: type, config: type[Config]) -> Config | None:
    text = inspect.cleandoc(vars(blueprint).get("__doc__") or "").partition("\nExample:")[2]
    for code in re.findall(r"`([^`]+)`", text):
        try:
            tree = ast.parse(inspect.cleandoc(code).replace("\n", " "))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == config.__name__:
                found: Config = _value(node, vars(sys.modules[blueprint.__module__]))
                return found
    return None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of an expression of literals and configurations; nothing else is looked up or called."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords):
            cls = names.get(name) or getattr(secureinfra, name, None)
            if isinstance(cls, type) and (issubclass(cls, Config) or cls is secureinfra.Waiver):
                return cls(**{keyword.arg: _value(keyword.value, names) for keyword in keywords if keyword.arg})
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(_value(item, names) for item in items)
        case ast.Dict(keys=keys, values=values):
            return {_value(key, names): _value(value, names) for key, value in zip(keys, values, strict=True) if key}
        case ast.Constant(value=value):
            return value
    raise ConfigError(
        f"the example `{ast.unparse(node)}` contains more than values and configurations. Use literals only."
    )
