"""The JSON Schema of settings files: what it accepts is built, what it refuses is refused."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from secureinfra.blueprints import blueprints, find
from secureinfra.config.config import Config
from secureinfra.errors import ConfigError
from secureinfra.files.yaml import parse
from secureinfra.stacks.json_schema import schema_of
from secureinfra.stacks.synth import document_of
from tests.stacks.files import FLEET, STACK, project

OWN = [name for name, one in blueprints().items() if one.path.startswith("secureinfra_blueprints.")]


def problems(text: str, name: str = "data-lake") -> list[str]:
    # As an editor sees a file: dates are text.
    held = json.loads(json.dumps(parse(text, "settings.yaml").values, default=str))
    return [error.json_path for error in Draft202012Validator(schema_of(find(name))).iter_errors(held)]


def built(text: str) -> list[dict[str, Any]]:
    return [document_of(stack) for stack in project(text).stacks]


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("name", OWN)
def test_it_is_a_schema(name: str) -> None:
    schema = schema_of(find(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["blueprint"]["const"] == name
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("name", OWN)
def test_every_field_is_described(name: str) -> None:
    schema = schema_of(find(name))
    for title, definition in {"file": schema, **schema["$defs"]}.items():
        for field, described in definition.get("properties", {}).items():
            assert described.get("description"), f"{title}.{field}"


GOOD = [
    STACK,
    FLEET,
    changed(STACK, "settings:", "settings:\n  trail_retention_days: ${var.days}"),
    changed(STACK, '"111122223333"', '"${var.account}"'),
    changed(
        STACK,
        "settings:",
        "settings:\n  raw: {classification: confidential, transitions: [{storage_class: GLACIER, days: 90}]}\n"
        "  waivers: [{control: kms-key-rotated, reason: r, owner: o, until: 2099-12-31}]",
    ),
]
BAD = [
    (changed(STACK, "data-lake", "data-pond"), "$.blueprint"),
    (changed(STACK, "name: lake", "name: Lake"), "$.name"),
    (changed(STACK, "name: lake\n", ""), "$"),
    (changed(STACK, "name: lake", "nam: lake"), "$"),
    (changed(STACK, "  region: eu-central-1\n", ""), "$.provider"),
    (changed(STACK, "region: eu-central-1", "region: Frankfurt"), "$.provider.region"),
    (changed(STACK, "environment: sandbox", "environment: prod"), "$.provider.environment"),
    (changed(STACK, "mfa: true", "mfa: [1]"), "$.settings.people"),
    (changed(STACK, '"111122223333"', "111122223333"), "$.settings.people"),
    (changed(STACK, "settings:", "settings:\n  trail_retention_days: 5"), "$.settings.trail_retention_days"),
    (changed(STACK, "settings:", "settings:\n  trail_days: 500"), "$.settings"),
    (changed(STACK, "settings:", "settings:\n  raw: {classification: Secret}"), "$.settings.raw.classification"),
    (changed(STACK, "settings:", "settings:\n  waivers: [{contrl: x}]"), "$.settings.waivers[0]"),
    (STACK.partition("settings:")[0], "$"),
    (
        changed(FLEET, "trail_retention_days: 500", "trail_retention_days: 5"),
        "$.targets[1].settings.trail_retention_days",
    ),
    (changed(FLEET, '    account: "333333333333"\n', ""), "$.targets[2]"),
    (changed(FLEET, "bucket: acme-state-{account}", "bucket: Acme"), "$.backend.bucket"),
    (changed(FLEET, "role/plan", "user/plan"), "$.pipeline"),
]


@pytest.mark.parametrize("text", GOOD)
def test_good_files(text: str) -> None:
    assert problems(text) == []
    assert all(document["resource"] for document in built(text))


@pytest.mark.parametrize(("text", "place"), BAD)
def test_bad_files(text: str, place: str) -> None:
    assert place in problems(text)
    with pytest.raises(ConfigError):
        built(text)


def test_rules_of_every_kind_are_written_down() -> None:
    from typing import Annotated

    from secureinfra.config.rule import between, matches, one_of
    from secureinfra.config.rules import Number, Text
    from secureinfra.stacks.json_schema import _Generate

    class Ruled(Config):
        """Rules."""

        text: Annotated[str, matches(r'a"\d+\.b', "is not a word")]
        number: Annotated[Number, between(-1, 9, "parts")]
        choice: Annotated[Number, one_of(1, 5, 7)]
        word: Annotated[Text, one_of("a", "b")]

    held: dict[str, Any] = Ruled.model_json_schema(schema_generator=_Generate)
    validator = Draft202012Validator(held)
    good: dict[str, Any] = {"text": 'a"12.b', "number": 9, "choice": 5, "word": "b"}
    assert validator.is_valid(good)
    assert validator.is_valid(dict.fromkeys(good, "${var.x}"))
    for name, value in {"text": 'a"12xb', "number": 10, "choice": 6, "word": "c"}.items():
        assert not validator.is_valid({**good, name: value}), name
        assert type(Ruled(**{**good, name: value})) is not Ruled
