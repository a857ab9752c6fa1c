"""Stacks that are written for one major version of the provider: they fit its schema, and use nothing it deprecates.

Provider 6 is not run here: what is written for it alone is held against its schema.
"""

from __future__ import annotations

import importlib
from typing import Any, Literal

import pytest

from secureinfra.blueprints import blueprints
from secureinfra.check.proofs.report import prove
from secureinfra.check.report import judge
from secureinfra.config.config import Config
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import state_of
from secureinfra.facts.deprecation import deprecated_in
from secureinfra.facts.provider import provider_version
from secureinfra.modules.build.build import configured
from secureinfra.modules.entries.catalogue import entries, find
from secureinfra.stacks.new.example import example_of
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from secureinfra.testing import addresses, synthesize, test_stack
from tests.modules.cases import SETTINGS
from tests.referees.stacks import WHOLE, document_of

Major = Literal[5, 6]
# What 6 deprecates and is written nevertheless, since the provider would make what exists anew.
KEPT = {
    "aws_dynamodb_table.global_secondary_index.hash_key: use key_schema": "an index is deleted and created",
    "aws_dynamodb_table.global_secondary_index.range_key: use key_schema": "an index is deleted and created",
}
# What only a module has takes no provider; blueprints contain those constructs.
ELSEWHERE = [name for name, entry in entries().items() if not entry.load().__name__.endswith("Module")]


def written_for(name: str, major: Major) -> dict[str, Any]:
    stack = test_stack(name.replace("_", "-"))
    state_of(stack).provider_major = major
    importlib.import_module(f"tests.referees.{name}").build(stack)
    return synthesize(stack)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("major", [5, 6])
def test_whole_stacks(name: str, major: Major) -> None:
    document = written_for(name, major)
    assert document["terraform"]["required_providers"]["aws"]["version"] == provider_version(major)
    assert set(deprecated_in(document, major)) <= set(KEPT)
    assert addresses(document) == addresses(document_of(name))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_construct_in_another_region(name: str) -> None:
    # The example's certificate is of this region; what serves CloudFront is in us-east-1.
    region = "eu-central-1" if name in ("container-service", "web-application") else "us-east-1"
    entry = find(name)
    kind, cls = entry.config_type(), entry.load()
    stack = test_stack("elsewhere")
    aws = AwsProvider(stack, "aws", AwsProviderConfig(region="eu-west-1", provider_major=6))
    config: list[Config] = []
    if kind is not None:
        held = example_of(cls, kind) if name in blueprints() else SETTINGS.get(name, {})
        given, _ = configured(kind, held, entry, (), None)
        config = [given] if given else []
    cls(stack, "main", *config, provider=aws.in_region(region))
    document = synthesize(stack)
    assert len(document["provider"]["aws"]) == 1
    assert list(deprecated_in(document, 6)) == []
    schema = provider_schema(VERSIONS[-1])
    for section in ("resource", "data"):
        for type, blocks in document.get(section, {}).items():
            expected = region if "region" in schema.arguments(type, section) else None
            assert {block.get("region") for block in blocks.values()} == {expected}, type
            assert not any("provider" in block for block in blocks.values()), type
    assert "data.aws_region" not in str(document)


def test_what_is_kept_is_written() -> None:
    assert set(KEPT) <= set(deprecated_in(written_for("everything_storage", 6), 6))


def of_blueprint(name: str, major: Major | None) -> dict[str, Any]:
    entry = find(name)
    cls, kind = entry.load(), entry.config_type()
    assert kind is not None
    settings = example_of(cls, kind)
    stack = test_stack(name)
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=major))
    cls(stack, "main", settings)
    return synthesize(stack)


@pytest.mark.parametrize("name", blueprints())
def test_blueprint_keeps_its_addresses_and_answers(name: str) -> None:
    both, six = of_blueprint(name, None), of_blueprint(name, 6)
    assert addresses(six) == addresses(both)
    answers: list[object] = []
    for document in (both, six):
        findings = judge([Configuration.of(document, name)]).findings
        answers.append({(finding.control.id, finding.address, finding.status) for finding in findings})
        answers.append(prove([Configuration.of(document, name)]).totals)
    assert answers[:2] == answers[2:]
