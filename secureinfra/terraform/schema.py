"""The AWS provider's schema, of both majors, held against Terraform JSON.

The schema of 5.100 was written by Terraform itself. That of 6.62 was read off the provider's generated bindings, which
know less: no computed flags, one block where the provider may allow more, and `dynamic` where a type was lost. What it
cannot know it lets pass; `terraform validate` with the real provider is the stronger judge.
"""

from __future__ import annotations

import difflib
import functools
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from secureinfra.errors import ConfigurationError

VERSIONS = ("5.100.0", "6.62.0")

_TOKEN = {"type": "string", "pattern": r"[$%]\{"}
_ANYTHING: dict[str, Any] = {}
_META = ("//", "depends_on", "count", "for_each", "provider", "lifecycle", "provisioner", "connection", "dynamic")
_PROVIDER_META = ("//", "alias", "version", "dynamic")
# Terraform turns numbers and booleans into strings, and strings that look like them back.
_SCALARS: dict[str, dict[str, Any]] = {
    "string": {"type": ["string", "number", "boolean", "null"]},
    "number": {"anyOf": [{"type": ["number", "null"]}, {"type": "string", "pattern": r"^-?[0-9.]+$"}, _TOKEN]},
    "bool": {"anyOf": [{"type": ["boolean", "null"]}, {"enum": ["true", "false"]}, _TOKEN]},
    "dynamic": _ANYTHING,
}


@dataclass(frozen=True)
class Problem:
    """One way in which a block is not what the provider takes.

    Args:
        address: the block, e.g. `aws_s3_bucket.uploads` or `provider.aws`.
        path: the argument within it, parts divided by dots; empty for the block itself.
        text: what is wrong and what to write.
    """

    address: str
    path: str
    text: str

    def __str__(self) -> str:
        where = f"{self.address}: {self.path}" if self.path else self.address
        return f"{where} {self.text}"


class ProviderSchema:
    """The resources, data sources and provider settings of one version of the provider."""

    def __init__(self, version: str, data: Mapping[str, Any]) -> None:
        self.version = version
        self._data = data
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    def types(self, section: str = "resource") -> tuple[str, ...]:
        """All resource or data source types.

        Args:
            section: `resource` or `data`.
        """
        return tuple(self._data[section])

    def arguments(self, type: str, section: str = "resource") -> tuple[str, ...]:
        """The arguments and nested blocks of a type, computed ones included.

        Raises:
            ConfigurationError: the provider does not know the type.
        """
        block = self._data[section].get(type)
        if block is None:
            raise ConfigurationError(f"{type} {self._unknown_type(type, section)}")
        return (*block.get("a", {}), *block.get("b", {}))

    def problems(self, document: Mapping[str, Any]) -> list[Problem]:
        """What the provider would not take of a Terraform JSON document: resources, data sources, AWS providers."""
        return list(self._problems(document))

    def _problems(self, document: Mapping[str, Any]) -> Iterator[Problem]:
        for section in ("resource", "data"):
            prefix = "data." if section == "data" else ""
            for type, blocks in document.get(section, {}).items():
                if not type.startswith("aws_"):
                    continue
                for name, block in blocks.items():
                    yield from self._block_problems(section, type, f"{prefix}{type}.{name}", block)
        providers = document.get("provider", {}).get("aws", [])
        for block in providers if isinstance(providers, list) else [providers]:
            if self._data["provider"]:
                yield from self._block_problems("provider", "aws", "provider.aws", block)

    def _block_problems(self, section: str, type: str, address: str, block: Any) -> Iterator[Problem]:
        if type not in self._data[section]:
            yield Problem(address, "", self._unknown_type(type, section))
            return
        validator = self._validator(section, type)
        for instance in block if isinstance(block, list) else [block]:
            for error in validator.iter_errors(instance):
                yield self._worded(address, error)

    def _validator(self, section: str, type: str) -> Draft202012Validator:
        key = (section, type)
        if key not in self._validators:
            meta = _PROVIDER_META if section == "provider" else _META
            schema = _block_schema(self._data[section][type])
            schema["properties"].update(dict.fromkeys(meta, _ANYTHING))
            self._validators[key] = Draft202012Validator(schema)
        return self._validators[key]

    def _unknown_type(self, type: str, section: str) -> str:
        near = difflib.get_close_matches(type, self._data[section], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"is no {section} of the AWS provider {self.version}.{hint}"

    def _worded(self, address: str, error: ValidationError) -> Problem:
        path = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "additionalProperties":
            schema: Any = error.schema
            instance: Any = error.instance
            known = schema["properties"]
            extra = [name for name in instance if name not in known]
            hints = [_suggest(name, known) for name in extra]
            return Problem(address, path, f"has no argument {', '.join(hints)} in the AWS provider {self.version}.")
        if error.validator == "required":
            return Problem(address, path, f"lacks an argument: {error.message} (AWS provider {self.version}).")
        given = json.dumps(error.instance, default=str)
        shown = given if len(given) <= 80 else f"{given[:77]}..."
        return Problem(
            address, path, f"= {shown} is not what the AWS provider {self.version} takes there: {_expected(error)}."
        )


@functools.cache
def provider_schema(version: str) -> ProviderSchema:
    """The schema of one version, read on first use.

    Args:
        version: one of `VERSIONS`.

    Raises:
        ConfigurationError: that version is not packaged.
    """
    if version not in VERSIONS:
        raise ConfigurationError(
            f"no schema of AWS provider {version!r} is packaged: use one of {', '.join(VERSIONS)}."
        )
    packed = resources.files("secureinfra.terraform").joinpath("schemas", f"aws-{version}.json.gz").read_bytes()
    return ProviderSchema(version, json.loads(gzip.decompress(packed)))


def _block_schema(block: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, (type, flags) in block.get("a", {}).items():
        properties[name] = _type_schema(type)
        if "r" in flags:
            required.append(name)
    for name, (nesting, least, most, inner) in block.get("b", {}).items():
        properties[name] = _nested_schema(nesting, least, most, inner)
        if least:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _nested_schema(nesting: str, least: int, most: int, inner: Mapping[str, Any]) -> dict[str, Any]:
    one = _block_schema(inner)
    one["properties"]["//"] = _ANYTHING
    if nesting == "map":
        return {"type": "object", "additionalProperties": one}
    # `dynamic` blocks stand in for nested ones, so a lower bound is left to Terraform when there is any.
    several: dict[str, Any] = {"type": "array", "items": one, "minItems": least}
    if most:
        several["maxItems"] = most
    return {"if": {"type": "array"}, "then": several, "else": {"if": {"type": "string"}, "then": _TOKEN, "else": one}}


def _type_schema(type: Any) -> dict[str, Any]:
    if isinstance(type, str):
        return _SCALARS[type]
    if isinstance(type, Mapping):
        inner = {"a": type["a"]}
        return _nested_schema("list" if type["nested"] != "map" else "map", 0, 0, inner)
    kind, inner = type
    if kind in ("list", "set"):
        return _or_token({"type": ["array", "null"], "items": _type_schema(inner)})
    if kind == "map":
        return _or_token({"type": ["object", "null"], "additionalProperties": _type_schema(inner)})
    if kind == "object":
        properties = {name: _type_schema(member) for name, member in inner.items()}
        return _or_token({"type": ["object", "null"], "properties": properties, "additionalProperties": False})
    return _ANYTHING


def _or_token(schema: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"type": "string"}, "then": _TOKEN, "else": schema}


def _suggest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name!r} (did you mean {near[0]!r}?)" if near else repr(name)


def _expected(error: ValidationError) -> str:
    if error.validator == "type":
        given: Any = error.validator_value
        kinds = given if isinstance(given, list) else [given]
        return f"write {' or '.join(kind for kind in kinds if kind != 'null')}"
    if error.validator in ("minItems", "maxItems"):
        bound = "at least" if error.validator == "minItems" else "at most"
        return f"write {bound} {error.validator_value}"
    if error.validator == "pattern":
        return "write the type that the provider's documentation names, or a reference"
    return error.message
