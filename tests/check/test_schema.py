"""The provider's schema as a finding: misspelled, missing, mistyped arguments, and what is gone in 6."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.report import judge
from secureinfra.terraform.model.configuration import Configuration


def failures(resources: dict[str, Any], *majors: str) -> list[str]:
    found = judge([Configuration.of({"resource": resources})], ["cis-v5"], providers=majors)
    return [one.found for one in found.of_status("failed") if one.control.id.startswith("provider-schema")]


@pytest.mark.parametrize(
    ("resources", "majors", "said"),
    [
        ({"aws_kms_key": {"k": {"enable_key_rotatoin": True}}}, "5", "did you mean 'enable_key_rotation'?"),
        ({"aws_kms_key": {"k": {"enable_key_rotation": "often"}}}, "5", "write true or false"),
        ({"aws_kms_alias": {"a": {}}}, "6", "'target_key_id' is a required property"),
        ({"aws_kms_kye": {"k": {}}}, "5", "Did you mean 'aws_kms_key'?"),
        ({"aws_eip": {"e": {"vpc": True}}}, "6", "has no argument 'vpc'"),
        (
            {"aws_s3_bucket_versioning": {"v": {"bucket": "b", "versioning_configuration": {"stats": 1}}}},
            "5",
            "'stats'",
        ),
    ],
)
def test_what_the_provider_does_not_take(resources: dict[str, Any], majors: str, said: str) -> None:
    assert any(said in text for text in failures(resources, *majors))


def test_what_it_takes_passes() -> None:
    resources = {"aws_kms_key": {"k": {"enable_key_rotation": "${var.on}"}}, "null_resource": {"n": {"x": 1}}}
    assert failures(resources, "5", "6") == []
    assert failures({"aws_eip": {"e": {"vpc": True}}}, "5") == [], "deprecated in 5, gone in 6"


def test_findings_name_the_version_that_refuses() -> None:
    found = judge([Configuration.of({"resource": {"aws_eip": {"e": {"vpc": True}}}})], ["cis-v5"], providers=["5", "6"])
    answers = {one.control.id: one.status for one in found.findings if one.control.id.startswith("provider-schema")}
    assert answers == {"provider-schema-5": "passed", "provider-schema-6": "failed"}


def test_it_is_asked_on_request_only() -> None:
    assert failures({"aws_kms_kye": {"k": {}}}) == []


def test_instances_are_asked_once_and_problems_have_lines(tmp_path: Path) -> None:
    document = {"resource": {"aws_kms_key": {"k": {"count": 3, "enable_key_rotatoin": True}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(document, indent=1))
    found = judge(Configuration.load(tmp_path), ["cis-v5"], providers=["5"])
    (one,) = [one for one in found.of_status("failed") if one.control.id == "provider-schema-5"]
    assert one.line == 4


def dynamic(*for_each: Any) -> list[dict[str, Any]]:
    content = {"http_tokens": "required"}
    return [{"metadata_options": [{"for_each": one, "content": content}]} for one in for_each]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ({"dynamic": dynamic("${var.n != 0 ? [1] : []}", "${var.n == 0 ? [1] : []}")}, False),
        ({"dynamic": dynamic("${var.x}", "${var.x}")}, False),
        ({"dynamic": dynamic([1], [2])}, True),
        ({"dynamic": dynamic([]), "metadata_options": [{}]}, False),
        ({"dynamic": dynamic("${var.x}"), "metadata_options": [{}, {}]}, True),
    ],
)
def test_dynamic_blocks_are_counted_as_they_turn_out(written: dict[str, Any], wrong: bool) -> None:
    document = {"variable": {"n": {"default": 2}, "x": {}}, "resource": {"aws_launch_template": {"t": written}}}
    found = judge([Configuration.of(document)], ["cis-v5"], providers=["5"])
    answers = [one for one in found.findings if one.control.id == "provider-schema-5"]
    assert [one.status for one in answers] == ["failed" if wrong else "passed"]
    assert not wrong or "write at most 1" in answers[0].found
