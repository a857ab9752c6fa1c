"""Functions that convert types, and those of sensitivity."""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.expressions.conversion import alike, make_set, to_bool, to_number, to_text
from secureinfra.terraform.expressions.functions.registry import MAP, NULLABLE, TEXT, function
from secureinfra.terraform.expressions.nodes import Environment
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError
from secureinfra.terraform.unknown import Unknown


@function(NULLABLE)
def tostring(value: Any) -> Any:
    """A string."""
    return None if value is None else to_text(value)


@function(NULLABLE)
def tonumber(value: Any) -> Any:
    """A number."""
    return None if value is None else to_number(value)


@function(NULLABLE)
def tobool(value: Any) -> Any:
    """A bool."""
    return None if value is None else to_bool(value)


@function(NULLABLE, reach="shape")
def tolist(value: Any) -> Any:
    """A list, its elements of one type."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise RefusedError("no list")
    return alike(value)


@function(NULLABLE)
def toset(value: Any) -> Any:
    """A set."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise RefusedError("no list")
    return make_set(value)


@function(NULLABLE, reach="shape")
def tomap(value: Any) -> Any:
    """A map, its values of one type."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise RefusedError("no map")
    return dict(zip(value, alike(value.values()), strict=True))


@function(NULLABLE, reach="any")
def sensitive(value: Any) -> Any:
    """The value itself."""
    return value


@function(NULLABLE, reach="any")
def nonsensitive(value: Any) -> Any:
    """The value itself."""
    return value


@function(NULLABLE, reach="any")
def ephemeralasnull(value: Any) -> Any:
    """The value itself: ephemeral ones are not known before Terraform runs."""
    return value


@function(TEXT)
def basename(path: str) -> str:
    """The last part of a path."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function(TEXT)
def dirname(path: str) -> str:
    """All but the last part of a path."""
    import posixpath  # noqa: PLC0415 - few expressions speak of paths

    folder = path.rpartition("/")[0] + ("/" if "/" in path else "")
    return posixpath.normpath(folder).replace("//", "/") if folder else "."


@function(TEXT, MAP, reach="any", wants_environment=True)
def templatestring(env: Environment, template: Any, variables: Any) -> str:
    """A template with the variables that a map names."""
    if type(template) is Unknown or type(variables) is Unknown:
        raise NotKnownError
    value = env.evaluate(template, variables)
    if type(value) is Unknown:
        # Its text speaks of the template's own variables, which mean nothing where the template is used.
        raise NotKnownError
    return to_text(value)
