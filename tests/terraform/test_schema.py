"""The packaged provider schemas: what they refuse, and what they must let pass."""

from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.schema import VERSIONS, provider_schema


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


def test_provider_block() -> None:
    said = provider_schema("5.100.0").problems({"provider": {"aws": [{"regoin": "eu-central-1"}]}})
    assert "did you mean 'region'?" in str(said[0])


def test_refuses_version_that_is_not_packaged() -> None:
    with pytest.raises(ConfigurationError, match=r"use one of 5\.100\.0, 6\.62\.0"):
        provider_schema("4.0.0")
