"""Names in policies that AWS does not have, in every kind of policy."""

import json
from typing import Any

import pytest

from secureinfra.controls.iam import names
from tests.controls.judge import failure, status
from tests.controls.policies import identity, policy, trust

X: dict[str, Any] = {"x": {}}


def answer(text: str) -> str:
    return status(names.NAMES_EXIST, variable=X, aws_iam_policy={"p": {"policy": text}})


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", "passed"),
        ("S3:getobject", "passed"),
        ("s3:Get*", "passed"),
        ("*", "passed"),
        ("brandnewservice:Do", "passed"),
        ("s3:GetObjects", "failed"),
        ("s3:Gett*", "failed"),
        ("s3:FooBar", "failed"),
        ("dynamdb:GetItem", "failed"),
        ("${var.x}", "unknown"),
    ],
)
def test_actions(action: str, expected: str) -> None:
    assert answer(identity(["s3:PutObject", action])) == expected
    assert answer(policy({"Effect": "Deny", "NotAction": action, "Resource": "*"})) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:SourceArn", "passed"),
        ("AWS:sourcearn", "passed"),
        ("aws:PrincipalTag/team", "passed"),
        ("kms:EncryptionContext:aws:s3:arn", "passed"),
        ("token.actions.githubusercontent.com:sub", "passed"),
        ("aws:SouceArn", "failed"),
        ("aws:PrincipleArn", "failed"),
        ("aws:RequstTag/team", "failed"),
        ("s3:prefx", "failed"),
    ],
)
def test_condition_keys(key: str, expected: str) -> None:
    assert answer(identity("s3:ListBucket", Condition={"StringEquals": {key: "x"}})) == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", "passed"),
        ("arn:aws:s3:::bucket/*", "passed"),
        ("arn:aws:dynamodb:*:*:table/x", "passed"),
        ("arn:aws:sqs:eu-west-1:111122223333:queue", "passed"),
        ("${var.x}", "passed"),
        ("arn:aws:dynamodb:*:*:tabel/x", "failed"),
        ("arn:aws:iam::111122223333:rol/x", "failed"),
        ("arn:aws:dynamdb:*:*:table/x", "failed"),
    ],
)
def test_resources(resource: str, expected: str) -> None:
    assert answer(identity("s3:GetObject", resource)) == expected


def test_the_nearest_name_is_expected() -> None:
    said = failure(names.NAMES_EXIST, aws_iam_policy={"p": {"policy": identity("s3:GetObjects")}})
    assert said == "aws_iam_policy.p policy.Statement[0]: action s3:GetObjects -> s3:GetObject"
    said = failure(
        names.NAMES_EXIST,
        aws_iam_policy={"p": {"policy": identity("s3:Foo", Condition={"Bool": {"aws:SecurTransport": "true"}})}},
    )
    assert "condition key aws:SecurTransport -> aws:SecureTransport" in said
    assert "action s3:Foo -> a name of the Service Authorization Reference" in said


def test_every_kind_of_policy() -> None:
    wrong = json.dumps({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sns:Publich", "Resource": "*"}})
    for type in ("aws_sns_topic_policy", "aws_kms_key", "aws_efs_file_system_policy", "aws_s3_bucket_policy"):
        assert "sns:Publish" in failure(names.NAMES_EXIST, **{type: {"p": {"policy": wrong}}})
    assert "sts:AssumeRole" in failure(
        names.NAMES_EXIST, aws_iam_role=trust({"AWS": "111122223333"}, action="sts:AsumeRole")
    )
    document = {"aws_iam_policy_document": {"d": {"statement": {"actions": ["s3:GetObjects"], "resources": ["*"]}}}}
    assert "statement[0]: action s3:GetObjects" in failure(names.NAMES_EXIST, data=document)
    assert status(names.NAMES_EXIST, aws_kms_key={"k": {}}) == "not applicable"
