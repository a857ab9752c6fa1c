"""Tests of policies: read back, each mock meets all policies of its type or breaks every one, as Terraform's expressions say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from secureinfra.controls.registry import every, find
from secureinfra.terraform.expressions.evaluator import evaluate
from secureinfra.terraform.read.hcl import document
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from secureinfra.tfpolicy.export import files_of, policies_of
from secureinfra.tfpolicy.mocks import mocks_of
from secureinfra.tfpolicy.policy import Policy

POLICIES = policies_of(every())
FILES = {name: text for name, text in files_of(POLICIES).items() if name.endswith(".policytest.hcl")}


def of_type(type: str) -> list[Policy]:
    return [one for one in POLICIES if one.type == type]


def mocks(text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What our own reader finds in a file of tests."""
    for type, named in document(text, "x.policytest.hcl").body["resource"].items():
        for name, body in named.items():
            yield type, name, body


def met(policy: Policy, attrs: dict[str, Any]) -> bool:
    expressions = ["${" + one.expression.replace("core::", "") + "}" for one in policy.conditions]
    return all(evaluate(one, {"attrs": attrs}) for one in expressions)


@pytest.mark.parametrize("name", FILES)
def test_each_mock_meets_all_policies_of_its_type_or_breaks_every_one(name: str) -> None:
    found = list(mocks(FILES[name]))
    assert found
    for type, label, body in found:
        # `tfpolicy test` refuses a mock without arguments.
        assert body["attrs"], (type, label)
        answers = {met(policy, body["attrs"]) for policy in of_type(type)}
        assert answers == {not body.get("expect_failure", False)}, (type, label)


def test_every_type_has_a_mock_that_passes_and_one_that_fails() -> None:
    without = []
    for type in dict.fromkeys(one.type for one in POLICIES):
        found = {mock.breaks for mock in mocks_of(of_type(type))}
        without += [] if found == {True, False} else [type]
    assert without == []


def test_each_file_tests_the_policies_beside_it_alone() -> None:
    for name, text in FILES.items():
        target = name.replace("policytest", "policy")
        assert f'policytest {{\n  targets = ["{target}"]\n}}' in text
        types = {type for type, _, _ in mocks(text)}
        assert types == {one.type for one in POLICIES if f"{one.type.split('_')[1]}.policy.hcl" == target}


def test_mocks_have_what_the_provider_knows() -> None:
    """`tfpolicy test` stops where a mock has an argument that is not in the schema."""

    def fits(value: dict[str, Any], older: Any, newer: Any) -> None:
        for name, held in value.items():
            if name in older.get("a", {}):
                assert name in newer["a"]
                continue
            # The schema of the newer version does not tell a list of at most one block from a block.
            nesting, *_, inner = older["b"][name]
            if nesting == "single":
                assert isinstance(held, dict)
                fits(held, inner, newer["b"][name][-1])
            else:
                assert isinstance(held, list)
                for one in held:
                    fits(one, inner, newer["b"][name][-1])

    for text in FILES.values():
        for type, _, body in mocks(text):
            older, newer = (provider_schema(version).block("resource", type) for version in VERSIONS)
            fits(body["attrs"], older, newer)


def test_an_argument_that_is_not_written_is_null() -> None:
    (policy,) = (one for one in POLICIES if one.control is find("dax-cluster-encrypted"))
    found = {mock.name: json.dumps(mock.attrs) for mock in mocks_of([policy])}
    assert found == {
        "passes": '{"server_side_encryption": [{"enabled": true}]}',
        "fails": '{"server_side_encryption": [{"enabled": false}]}',
        "writes_nothing": '{"server_side_encryption": [{"enabled": null}]}',
    }


def test_where_some_policies_would_fail_and_some_not_there_is_no_mock() -> None:
    mixed = [type for type in dict.fromkeys(one.type for one in POLICIES) if len(list(mocks_of(of_type(type)))) == 2]
    assert mixed
    for type in mixed:
        assert {mock.name for mock in mocks_of(of_type(type))} == {"passes", "fails"}
