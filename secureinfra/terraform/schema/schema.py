"""The AWS provider's schema, of both majors, held against Terraform JSON.

The schema of 5.100 was written by Terraform itself. That of 6.62 was read off the provider's generated bindings, which
know less: nothing of the provider block, nothing of what is deprecated, no bounds on the number of blocks but none, one
or some, and no difference between a block and an argument that holds objects. What it cannot know it lets pass;
`terraform validate` with the real provider checks more.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from secureinfra.errors import ConfigurationError
from secureinfra.suggest import did_you_mean, nearest
from secureinfra.terraform.schema.json_schema import ANYTHING, block_schema

VERSIONS = ("5.100.0", "6.62.0")

_META = ("//", "depends_on", "count", "for_each", "provider", "lifecycle", "provisioner", "connection")
_PROVIDER_META = ("//", "alias", "version")


class _Dynamic(list[Any]):
    """Blocks of which some come from `dynamic` ones, so that their number is not known.

    Args:
        written: those that are written as they are.
        contents: one for each `dynamic` block.
    """

    def __init__(self, written: Sequence[Any], contents: Sequence[Any]) -> None:
        super().__init__([*written, *contents])
        self.certain = len(written)


@dataclass(frozen=True)
class SchemaProblem:
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

    def __init__(self, version: str, lines: Sequence[str]) -> None:
        self.version = version
        # A stack uses some forty of three thousand types: each line is read when its type is asked for.
        self._lines: dict[str, dict[str, str]] = {"resource": {}, "data": {}, "provider": {}}
        for line in lines:
            _, section, _, type, _ = line.split('"', 4)
            self._lines[section][type] = line
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    def types(self, section: str = "resource") -> tuple[str, ...]:
        """All resource or data source types.

        Args:
            section: `resource` or `data`.
        """
        return tuple(self._lines[section])

    def arguments(self, type: str, section: str = "resource") -> tuple[str, ...]:
        """The arguments and nested blocks of a type, computed ones included.

        Raises:
            ConfigurationError: the provider does not know the type.
        """
        block = self.block(section, type)
        return (*block.get("a", {}), *block.get("b", {}))

    def required(self, type: str, section: str = "resource") -> tuple[str, ...]:
        """The arguments and nested blocks without which the provider refuses a type.

        Raises:
            ConfigurationError: the provider does not know the type.
        """
        return tuple(block_schema(self.block(section, type), exact=False)["required"])

    def problems(self, document: Mapping[str, Any]) -> list[SchemaProblem]:
        """What the provider would not take of a Terraform JSON document: resources, data sources, AWS providers.

        Raises:
            ConfigurationError: the document does not have the form of Terraform JSON.
        """
        return list(self._problems(document))

    def _problems(self, document: Mapping[str, Any]) -> Iterator[SchemaProblem]:
        for section in ("resource", "data"):
            for type, blocks in _labelled(document.get(section, {}), section):
                if type.startswith("aws_"):
                    address = f"data.{type}" if section == "data" else type
                    for name, block in _labelled(blocks, address):
                        yield from self._block_problems(section, type, f"{address}.{name}", block)
        for name, block in _labelled(document.get("provider", {}), "provider"):
            if name == "aws" and self._lines["provider"]:
                yield from self._block_problems("provider", "aws", "provider.aws", block)

    def _block_problems(
        self,
        section: str,
        type: str,
        address: str,
        block: Any,
        number_of: Callable[[str], int | None] = lambda name: None,
    ) -> Iterator[SchemaProblem]:
        if type not in self._lines[section]:
            yield SchemaProblem(address, "", self._unknown_type(type, section))
            return
        validator = self._validator(section, type)
        for instance in block if isinstance(block, list) else [block]:
            for error in validator.iter_errors(_without_dynamic(instance)):
                if not _may_be_met(error, number_of):
                    yield self._worded(address, error)

    def block_problems(
        self,
        section: str,
        type: str,
        address: str,
        block: Mapping[str, Any],
        number_of: Callable[[str], int | None] = lambda name: None,
    ) -> list[SchemaProblem]:
        """What the provider would not take of one block.

        Args:
            section: `resource` or `data`.
            type: its type.
            address: how the problems call it.
            block: the block in Terraform's JSON syntax.
            number_of: how many nested blocks of a name there are, `dynamic` ones included; `None` where that is not known.
        """
        return list(self._block_problems(section, type, address, block, number_of))

    def block(self, section: str, type: str) -> Mapping[str, Any]:
        """A type in the compact form: `a` holds arguments with their types and flags, `b` nested blocks.

        Args:
            section: `resource`, `data` or `provider`.
            type: the type.

        Raises:
            ConfigurationError: the provider does not know the type.
        """
        if type not in self._lines[section]:
            raise ConfigurationError(f"{type} {self._unknown_type(type, section)}")
        block: Mapping[str, Any] = json.loads(self._lines[section][type])[2]
        return block

    def _validator(self, section: str, type: str) -> Draft202012Validator:
        key = (section, type)
        if key not in self._validators:
            meta = _PROVIDER_META if section == "provider" else _META
            # Only Terraform's own schema tells blocks from arguments and knows what the provider sets itself.
            schema = block_schema(self.block(section, type), exact=bool(self._lines["provider"]))
            schema["properties"].update(dict.fromkeys(meta, ANYTHING))
            self._validators[key] = Draft202012Validator(schema)
        return self._validators[key]

    def _unknown_type(self, type: str, section: str) -> str:
        hint = did_you_mean(type, self._lines[section])
        return f"is not a {section} of the AWS provider {self.version}. {hint}".rstrip()

    def _worded(self, address: str, error: ValidationError) -> SchemaProblem:
        path = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "additionalProperties":
            schema: Any = error.schema
            instance: Any = error.instance
            known = schema["properties"]
            extra = [name for name in instance if name not in known]
            hints = [_suggest(name, known) for name in extra]
            return SchemaProblem(
                address, path, f"has no argument {', '.join(hints)} in the AWS provider {self.version}."
            )
        if error.validator == "required":
            return SchemaProblem(address, path, f"lacks an argument: {error.message} (AWS provider {self.version}).")
        given = json.dumps(error.instance, default=str)
        shown = given if len(given) <= 80 else f"{given[:77]}..."
        return SchemaProblem(
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
    packed = resources.files("secureinfra.terraform.schema").joinpath(f"aws-{version}.jsonl.gz").read_bytes()
    return ProviderSchema(version, gzip.decompress(packed).decode().splitlines())


def _labelled(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Labels and what they hold: Terraform JSON has an object wherever a label stands, or a list of them."""
    for part in value if isinstance(value, list) else [value]:
        if not isinstance(part, Mapping):
            given = json.dumps(part, default=str)[:80]
            raise ConfigurationError(f"{where}: {given} is not Terraform JSON. Write an object or a list of objects.")
        yield from ((label, held) for label, held in part.items() if label != "//")


def _without_dynamic(value: Any) -> Any:
    """The block with one nested block in place of each `dynamic` one."""
    if isinstance(value, list):
        return [_without_dynamic(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    plain = {name: _without_dynamic(held) for name, held in value.items()}
    for part in _listed(value.get("dynamic", ())):
        for name, held in part.items() if isinstance(part, Mapping) else ():
            contents = [
                one.get("content", {}) for one in _listed(held) if isinstance(one, Mapping) and "for_each" in one
            ]
            if contents:
                plain.pop("dynamic", None)
                before = plain.get(name, ())
                certain = before[: before.certain] if isinstance(before, _Dynamic) else _listed(before)
                others = before[before.certain :] if isinstance(before, _Dynamic) else []
                plain[name] = _Dynamic(certain, [*others, *map(_without_dynamic, contents)])
    return plain


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _may_be_met(error: ValidationError, number_of: Callable[[str], int | None]) -> bool:
    """Whether a bound on the number of blocks may be met after all, because `dynamic` ones make fewer or more of them."""
    if not isinstance(error.instance, _Dynamic) or error.validator not in ("minItems", "maxItems"):
        return False
    bound: Any = error.validator_value
    if error.validator == "maxItems" and error.instance.certain > bound:
        return False
    path = list(error.absolute_path)
    number = number_of(str(path[0])) if len(path) == 1 else None
    if number is None:
        return True
    return bool(number >= bound if error.validator == "minItems" else number <= bound)


def _suggest(name: str, known: Mapping[str, Any]) -> str:
    near = nearest(name, known)
    return f"{name!r} (did you mean {near!r}?)" if near else repr(name)


def _expected(error: ValidationError) -> str:
    if error.validator in ("minItems", "maxItems"):
        bound = "at least" if error.validator == "minItems" else "at most"
        return f"write {bound} {error.validator_value}"
    schema: Any = error.schema
    return f"write {schema['title']}" if "title" in schema else error.message
