"""Services and a customer key: each under the condition that keeps it to this account's resources."""

import json
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.errors import ConfigError
from secureinfra.policy.grammar import problems
from secureinfra.testing import synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
SERVICES = ("logs", "cloudtrail", "sns", "cloudwatch", "s3", "config", "budgets", "events", "delivery.logs")
QUEUE = "arn:aws:sqs:eu-central-1:111122223333:in"


def statements(service: str, *source_arns: str) -> list[dict[str, Any]]:
    """What letting a service use a key adds to the key's policy."""
    stack = test_stack()
    SecureKey(stack, "data").allow_service(service, source_arns)
    (key,) = synthesize(stack)["resource"]["aws_kms_key"].values()
    document = json.loads(key["policy"])
    assert problems(document) == []
    return [statement for statement in document["Statement"] if "Service" in statement["Principal"]]


@pytest.mark.parametrize("service", SERVICES)
def test_every_statement_names_one_service_of_this_account(service: str) -> None:
    for statement in statements(service):
        (principal,) = statement["Principal"]["Service"]
        assert principal.startswith(f"{service}.")
        assert ACCOUNT in str(statement["Condition"])
        assert "kms:*" not in statement["Action"]


@pytest.mark.parametrize(
    ("service", "operator", "condition_key"),
    [
        ("logs", "ArnLike", "kms:EncryptionContext:aws:logs:arn"),
        ("cloudtrail", "StringLike", "kms:EncryptionContext:aws:cloudtrail:arn"),
        ("cloudtrail", "ArnLike", "aws:SourceArn"),
        ("sns", "StringEquals", "aws:SourceAccount"),
        ("cloudwatch", "StringEquals", "aws:SourceAccount"),
        ("s3", "ArnLike", "aws:SourceArn"),
        ("config", "StringEquals", "aws:SourceAccount"),
        ("budgets", "StringEquals", "aws:SourceAccount"),
        ("events", "ArnLike", "aws:SourceArn"),
        ("delivery.logs", "StringEquals", "aws:SourceAccount"),
    ],
)
def test_service_is_scoped(service: str, operator: str, condition_key: str) -> None:
    sid = "Allow" + "".join(part.capitalize() for part in service.split("."))
    (statement,) = [statement for statement in statements(service) if statement["Sid"] == sid]
    assert condition_key in statement["Condition"][operator]


@pytest.mark.parametrize("service", SERVICES)
def test_named_sources_take_the_place_of_all(service: str) -> None:
    for statement in statements(service, QUEUE):
        assert [QUEUE] in statement["Condition"]["ArnLike"].values()


def test_log_groups_are_told_by_the_context_of_their_encryption() -> None:
    (statement,) = statements("logs")
    assert set(statement["Condition"]) == {"ArnLike"}
    assert set(statement["Condition"]["ArnLike"]) == {"kms:EncryptionContext:aws:logs:arn"}


def test_trails_encrypt_for_trails_and_under_a_bucket_key() -> None:
    files, bucket, read = statements("cloudtrail")
    assert files["Action"] == bucket["Action"] == ["kms:GenerateDataKey*"]
    assert set(files["Condition"]["StringLike"]) == {"kms:EncryptionContext:aws:cloudtrail:arn"}
    assert set(bucket["Condition"]["StringLike"]) == {"kms:EncryptionContext:aws:s3:arn"}
    assert read["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert "StringLike" not in read["Condition"]


def test_refuses_unknown_service_and_names_those_known() -> None:
    known = ", ".join(SERVICES)
    with pytest.raises(ConfigError, match=rf"test/data: allow_service\('ses'\) is unknown: .* Use one of {known}"):
        statements("ses")


def test_refuses_source_that_is_no_arn() -> None:
    with pytest.raises(ConfigError, match=r"test/data: allow_service\('sns'\) source 'pages' is not an ARN"):
        statements("sns", "pages")


def test_token_is_passed_through() -> None:
    (statement,) = statements("sns", "${var.topic}")
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": ["${var.topic}"]}
