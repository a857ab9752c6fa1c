"""The JSON Schema of a settings file, for editors: fields, types, rules and docstrings of a blueprint's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from secureinfra.config.docstrings import arguments_of, fields_of, paragraphs_of
from secureinfra.config.rule import Rule
from secureinfra.engine import AwsProviderConfig, S3StateConfig
from secureinfra.stacks.settings import SettingsFile

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from secureinfra.blueprints import Blueprint
    from secureinfra.config.config import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_REFERENCE = r"\$\{"
_PLACEHOLDER = r"\{[a-z]+\}"


def schema_of(blueprint: Blueprint) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the settings files of a blueprint, fleets included.

    What the schema rejects, a build rejects too. What it accepts may still be refused: combinations of values and controls
    are checked when the stack is built.

    Raises:
        ConfigError: the blueprint cannot be loaded.
    """
    config = blueprint.config_type()
    known = _definitions(_Generate, "", config, SettingsFile)
    known |= _definitions(_WithPlaceholders, "stack.", AwsProviderConfig, S3StateConfig)
    file = known.pop(SettingsFile.__name__)
    parts = {
        "settings": config.__name__,
        "provider": f"stack.{AwsProviderConfig.__name__}",
        "backend": f"stack.{S3StateConfig.__name__}",
    }
    # In a fleet, a target may set what the file leaves out.
    alone = {part: known[name].pop("required", []) for part, name in parts.items()}
    fields, target = file["properties"], known["Target"]["properties"]
    for part, name in parts.items():
        _describe(fields, part, name)
        if part in target:
            _describe(target, part, name)
    fields["blueprint"] = {"const": blueprint.name, "description": fields["blueprint"]["description"]}
    for definition in (file, known["Target"], known["Pipeline"], known[parts["provider"]], known[parts["backend"]]):
        del definition["properties"]["waivers"]
    needed = [part for part in ("provider", "settings") if alone[part]]
    one_stack = {"required": needed, "properties": {part: {"required": names} for part, names in alone.items()}}
    return {
        "$schema": DIALECT,
        "$id": f"urn:secureinfra:schema:{blueprint.name}",
        "title": f"Settings of {blueprint.name}",
        "description": " ".join(paragraphs_of(blueprint.load())),
        **{key: value for key, value in file.items() if key not in ("title", "description")},
        "if": {"required": ["targets"], "properties": {"targets": {"minItems": 1}}},
        "else": one_stack,
        "$defs": known,
    }


def _definitions(generate: type[GenerateJsonSchema], prefix: str, *models: type[Config]) -> dict[str, Any]:
    asked = [(model, "validation") for model in models]
    template = f"#/$defs/{prefix}{{model}}"
    _, found = models_json_schema(asked, schema_generator=generate, ref_template=template)  # type: ignore[arg-type]
    return {f"{prefix}{name}": definition for name, definition in found["$defs"].items()}


def _describe(properties: dict[str, Any], part: str, definition: str) -> None:
    properties[part] = {"$ref": f"#/$defs/{definition}", "description": properties[part]["description"]}


class _Generate(GenerateJsonSchema):
    """Adds to pydantic's schema: docstrings of fields, this library's rules, and Terraform references."""

    accepted: tuple[str, ...] = (_REFERENCE,)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        cls: Any = schema["cls"]
        return _documented(super().model_schema(schema), fields_of(cls))

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        documented = _documented(super().dataclass_schema(schema), arguments_of(schema["cls"]))
        return {**documented, "description": " ".join(paragraphs_of(schema["cls"])), "additionalProperties": False}

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_wrap_schema(schema)
        if found.get("type") == "string":
            return found
        return {"anyOf": [found, {"type": "string", "pattern": "|".join(self.accepted)}]}

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_after_schema(schema)
        rule = getattr(schema["function"]["function"], "__self__", None)
        return _both(found, self._demanded(rule)) if isinstance(rule, Rule) else found

    def _demanded(self, rule: Rule) -> JsonSchemaValue:
        """A rule's schema for known values; Terraform references pass."""
        known = rule.json_schema
        if "pattern" in known:
            return {"pattern": "|".join((known["pattern"], *self.accepted)), "patternErrorMessage": rule.message}
        if "enum" in known:
            return {"anyOf": [known, {"type": "string", "pattern": "|".join(self.accepted)}]}
        return known


class _WithPlaceholders(_Generate):
    """For values that a fleet fills in: any text may contain placeholders such as `{account}`."""

    accepted = (_REFERENCE, _PLACEHOLDER)


def _documented(schema: JsonSchemaValue, texts: Mapping[str, str]) -> JsonSchemaValue:
    """A class's schema with its fields' docstrings, and without titles, which only repeat their names."""
    for name, field in schema.get("properties", {}).items():
        field.pop("title", None)
        if text := texts.get(name):
            field["description"] = text
    return schema


def _both(schema: JsonSchemaValue, demanded: JsonSchemaValue) -> JsonSchemaValue:
    if set(schema) & set(demanded):
        return {"allOf": [schema, demanded]}
    return {**schema, **demanded}
