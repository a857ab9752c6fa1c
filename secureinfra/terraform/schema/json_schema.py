"""The provider's compact schema as JSON Schema, with Terraform's leniency about types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# `$${` and `%%{` are Terraform's way to write the characters themselves.
_TOKEN = {"type": "string", "pattern": r"(?<![$%])[$%]\{"}
ANYTHING: dict[str, Any] = {}
# Terraform turns numbers and booleans into strings, and strings that look like them back.
_SCALARS: dict[str, dict[str, Any]] = {
    "string": {"title": "a string", "type": ["string", "number", "boolean"]},
    "number": {
        "title": "a number",
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9.]+$"}, _TOKEN],
    },
    "bool": {"title": "true or false", "anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}, _TOKEN]},
    "dynamic": ANYTHING,
}
_COMPUTED = {"title": "nothing, since the provider sets it", "type": "null"}


def block_schema(block: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    """A block of the provider's schema as JSON Schema.

    Args:
        block: the compact form: `a` for arguments with their types and flags, `b` for nested blocks.
        exact: whether the form tells blocks from arguments that hold objects.
    """
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, (type, flags) in block.get("a", {}).items():
        if "r" in flags:
            required.append(name)
            properties[name] = _type_schema(type, exact=exact)
        elif "o" in flags:
            properties[name] = _or_null(_type_schema(type, exact=exact))
        else:
            properties[name] = _COMPUTED
    for name, (nesting, least, most, inner) in block.get("b", {}).items():
        properties[name] = _nested_schema(nesting, least, most, inner, exact=exact)
        if least:
            required.append(name)
    return {
        "title": "an object",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _nested_schema(nesting: str, least: int, most: int, inner: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    one = block_schema(inner, exact=exact)
    one["properties"]["//"] = ANYTHING
    if nesting == "map":
        return {"title": "an object", "type": "object", "additionalProperties": one}
    several: dict[str, Any] = {"type": "array", "items": one, "minItems": least}
    if most:
        several["maxItems"] = most
    single = one if exact else {"if": {"type": "string"}, "then": _TOKEN, "else": one}
    written = {"if": {"type": "array"}, "then": several, "else": single}
    return written if least else _or_null(written)


def _type_schema(type: Any, *, exact: bool) -> dict[str, Any]:
    if isinstance(type, str):
        return _SCALARS[type]
    if isinstance(type, Mapping):
        return _nested_schema("list" if type["nested"] != "map" else "map", 0, 0, {"a": type["a"]}, exact=exact)
    kind, inner = type
    if kind in ("list", "set"):
        return _or_token({"title": "a list", "type": "array", "items": _type_schema(inner, exact=exact)})
    if kind == "map":
        values = _or_null(_type_schema(inner, exact=exact))
        return _or_token({"title": "an object", "type": "object", "additionalProperties": values})
    members = {name: _or_null(_type_schema(member, exact=exact)) for name, member in inner.items()}
    return _or_token({"title": "an object", "type": "object", "properties": members, "additionalProperties": False})


def _or_token(schema: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"type": "string"}, "then": {**_TOKEN, "title": schema["title"]}, "else": schema}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    # Terraform takes a null for something that was not written.
    return {"if": {"type": "null"}, "else": schema}
