"""The packaged provider schemas: what they refuse, and what they must let pass."""

import gzip
import importlib.resources
import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.schema import build_schema
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from tests.referees.runner import Terraform

REFUSED: dict[str, dict[str, Any]] = {
    "aws_s3_bucket": {
        "set_by_the_provider": {"arn": "x"},
        "unknown_dynamic": {"dynamic": {"nonsense": {"for_each": [1], "content": {}}}},
    },
    "aws_s3_bucket_versioning": {
        "reference_for_a_block": {"bucket": "x", "versioning_configuration": "${local.x}"},
        "too_many_blocks": {"bucket": "x", "versioning_configuration": [{"status": "Enabled"}, {"status": "Enabled"}]},
        "null_for_a_required_block": {"bucket": "x", "versioning_configuration": None},
    },
    "aws_sns_topic_policy": {"null_for_a_required_argument": {"arn": None, "policy": "{}"}},
    "aws_kms_key": {
        "escaped_reference": {"is_enabled": "$${x}"},
        "no_number": {"deletion_window_in_days": "thirty"},
    },
}
LET_PASS: dict[str, dict[str, Any]] = {
    "aws_s3_bucket": {"nulls": {"bucket": None, "arn": None, "tags": {"x": None}}},
    "aws_kms_key": {"number_as_string": {"deletion_window_in_days": "30", "is_enabled": "true", "description": 7}},
    "aws_s3_bucket_server_side_encryption_configuration": {
        "dynamic_for_a_required_block": {
            "bucket": "x",
            "dynamic": {"rule": {"for_each": [1], "content": {"bucket_key_enabled": True}}},
        }
    },
    "aws_s3_bucket_lifecycle_configuration": {
        "dynamic_in_a_block": {
            "bucket": "x",
            "rule": [
                {
                    "id": "a",
                    "status": "Enabled",
                    "filter": {},
                    "expiration": None,
                    "dynamic": [
                        {"transition": [{"for_each": [1], "content": {"days": 1, "storage_class": "GLACIER"}}]}
                    ],
                }
            ],
        }
    },
}
COMPLETE = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "provider": {"aws": [{"region": "eu-central-1"}]},
    "locals": {"x": "x"},
}


def problems(version: str, type: str, block: dict[str, Any], section: str = "resource") -> str:
    document = {section: {type: {"x": block}}}
    return "\n".join(str(problem) for problem in provider_schema(version).problems(document))


@pytest.mark.parametrize("version", VERSIONS)
def test_unknown_argument_has_a_suggestion(version: str) -> None:
    said = problems(version, "aws_s3_bucket", {"buckt": "x"})
    assert "aws_s3_bucket.x has no argument 'buckt' (did you mean 'bucket'?)" in said


@pytest.mark.parametrize("version", VERSIONS)
def test_unknown_type_has_a_suggestion(version: str) -> None:
    assert "Did you mean 'aws_s3_bucket'?" in problems(version, "aws_s3_bukket", {})


@pytest.mark.parametrize("version", VERSIONS)
def test_missing_argument(version: str) -> None:
    assert "'policy' is a required property" in problems(version, "aws_sns_topic_policy", {"arn": "x"})


@pytest.mark.parametrize("version", VERSIONS)
def test_missing_block(version: str) -> None:
    said = problems(version, "aws_s3_bucket_server_side_encryption_configuration", {"bucket": "x"})
    assert "'rule' is a required property" in said


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("type", "block"),
    [
        ("aws_s3_bucket", {"bucket": ["x"]}),
        ("aws_s3_bucket", {"force_destroy": "maybe"}),
        ("aws_kms_key", {"deletion_window_in_days": "thirty"}),
        ("aws_s3_bucket", {"tags": "x"}),
        ("aws_subnet", {"vpc_id": {"id": "x"}}),
        ("aws_network_acl", {"vpc_id": "x", "subnet_ids": "subnet-1"}),
        ("aws_s3_bucket_versioning", {"bucket": "x", "versioning_configuration": "Enabled"}),
    ],
)
def test_wrong_type(version: str, type: str, block: dict[str, Any]) -> None:
    assert "is not what the AWS provider" in problems(version, type, block)


@pytest.mark.parametrize("version", VERSIONS)
def test_nested_unknown_argument_names_its_path(version: str) -> None:
    block = {"bucket": "x", "versioning_configuration": {"state": "Enabled", "status": "Enabled"}}
    assert "versioning_configuration has no argument 'state'" in problems(version, "aws_s3_bucket_versioning", block)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "block",
    [
        {"bucket": "${var.name}", "force_destroy": "${var.force}", "tags": "${var.tags}"},
        {"bucket": 7, "force_destroy": "true"},
        {"depends_on": ["aws_kms_key.k"], "lifecycle": {"prevent_destroy": True}, "provider": "aws.edge", "count": 2},
        {"//": {"metadata": {}}, "for_each": "${var.names}"},
    ],
)
def test_lets_pass(version: str, block: dict[str, Any]) -> None:
    assert problems(version, "aws_s3_bucket", block) == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_block_as_object_and_as_list(version: str) -> None:
    one = {"bucket": "x", "versioning_configuration": {"status": "Enabled"}}
    several = {"bucket": "x", "versioning_configuration": [{"status": "Enabled"}]}
    assert (
        problems(version, "aws_s3_bucket_versioning", one)
        == problems(version, "aws_s3_bucket_versioning", several)
        == ""
    )


@pytest.mark.parametrize(
    ("type", "block", "argument"),
    [
        ("aws_eip", {"vpc": True}, "vpc"),
        ("aws_flow_log", {"log_group_name": "x"}, "log_group_name"),
    ],
)
def test_gone_in_provider_6(type: str, block: dict[str, Any], argument: str) -> None:
    assert problems("5.100.0", type, block) == ""
    assert f"has no argument '{argument}'" in problems("6.62.0", type, block)


def test_gone_in_provider_5() -> None:
    # Provider 6 takes a region for each resource; whoever emits one leaves the range that both accept.
    assert problems("6.62.0", "aws_s3_bucket", {"region": "eu-central-1"}) == ""
    assert "region" in problems("5.100.0", "aws_s3_bucket", {"region": "eu-central-1"})


def test_names_what_is_required() -> None:
    for version in VERSIONS:
        schema = provider_schema(version)
        assert set(schema.required("aws_sns_topic_policy")) == {"arn", "policy"}
        assert set(schema.required("aws_s3_bucket_versioning")) == {"bucket", "versioning_configuration"}
        assert "is_enabled" in schema.arguments("aws_kms_key")
        with pytest.raises(ConfigurationError, match="Did you mean 'aws_vpc'"):
            schema.required("aws_vpcc")


def refused(version: str, section: str, blocks: dict[str, dict[str, Any]]) -> set[str]:
    return {problem.address.rpartition(".")[2] for problem in provider_schema(version).problems({section: blocks})}


def test_refuses_what_terraform_refuses(terraform: Callable[..., Terraform]) -> None:
    names = {name for blocks in REFUSED.values() for name in blocks}
    document = {**COMPLETE, "resource": REFUSED}
    assert refused("5.100.0", "resource", REFUSED) == names
    said = terraform(document).run("validate", accept=(1,))
    assert {name for name in names if f".{name}" in said} == names


def test_lets_pass_what_terraform_lets_pass(terraform: Callable[..., Terraform]) -> None:
    for version in VERSIONS:
        passing = {**LET_PASS, "aws_s3_bucket": {}} if version == "6.62.0" else LET_PASS  # it knows no computed ones
        assert refused(version, "resource", passing) == set()
    terraform({**COMPLETE, "resource": LET_PASS}).validate()


def test_dynamic_blocks_are_not_counted() -> None:
    block = {"name": "x", "dynamic": {"attribute": {"for_each": [1, 2], "content": {"name": "id", "type": "S"}}}}
    assert problems("5.100.0", "aws_dynamodb_table", block) == ""
    assert "did you mean 'type'?" in problems(
        "5.100.0",
        "aws_dynamodb_table",
        {"name": "x", "dynamic": {"attribute": {"for_each": [1], "content": {"name": "id", "typ": "S"}}}},
    )


def test_tags_may_be_named_dynamic() -> None:
    assert problems("5.100.0", "aws_s3_bucket", {"tags": {"dynamic": "yes"}}) == ""


def test_objects_may_be_lists_at_every_label() -> None:
    wrong = {"buckt": "x"}
    forms: list[dict[str, Any]] = [
        {"resource": [{"aws_s3_bucket": {"x": wrong}}]},
        {"resource": {"aws_s3_bucket": [{"x": wrong}]}},
        {"resource": {"aws_s3_bucket": {"x": [wrong]}}},
        {"provider": [{"aws": {"buckt": "x"}}]},
        {"provider": {"aws": [{"buckt": "x"}]}},
    ]
    for form in forms:
        (problem,) = provider_schema("5.100.0").problems(form)
        assert "has no argument 'buckt'" in str(problem)


@pytest.mark.parametrize("document", [{"resource": "x"}, {"resource": {"aws_vpc": "x"}}, {"data": 7}])
def test_refuses_what_is_no_terraform_json(document: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="Write an object or a list of objects"):
        provider_schema("5.100.0").problems(document)


def test_packaged_as_the_script_writes_it() -> None:
    for version in VERSIONS:
        path = importlib.resources.files("secureinfra.terraform.schema").joinpath(f"aws-{version}.jsonl.gz")
        compact: dict[str, dict[str, Any]] = {"resource": {}, "data": {}, "provider": {}}
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            section, type, block = json.loads(line)
            compact[section][type] = block
        assert gzip.decompress(build_schema.packed(compact)) == gzip.decompress(path.read_bytes())


def test_script_reads_what_terraform_says() -> None:
    attributes = {"arn": {"type": "string", "computed": True}, "name": {"type": "string", "required": True}}
    rule = {"nesting_mode": "list", "min_items": 1, "block": {"attributes": {"on": {"type": "bool", "optional": True}}}}
    said = {
        "provider": {"block": {"attributes": {"region": {"type": "string", "optional": True}}}},
        "resource_schemas": {"aws_x": {"block": {"attributes": attributes, "block_types": {"rule": rule}}}},
        "data_source_schemas": {},
    }
    assert build_schema.from_terraform({"provider_schemas": {"aws": said}}) == {
        "provider": {"aws": {"a": {"region": ["string", "o"]}}},
        "resource": {
            "aws_x": {
                "a": {"arn": ["string", "c"], "name": ["string", "r"]},
                "b": {"rule": ["list", 1, 0, {"a": {"on": ["bool", "o"]}}]},
            }
        },
        "data": {},
    }


def test_provider_block() -> None:
    said = provider_schema("5.100.0").problems({"provider": {"aws": [{"regoin": "eu-central-1"}]}})
    assert "did you mean 'region'?" in str(said[0])


def test_refuses_version_that_is_not_packaged() -> None:
    with pytest.raises(ConfigurationError, match=r"use one of 5\.100\.0, 6\.62\.0"):
        provider_schema("4.0.0")
