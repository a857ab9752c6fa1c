"""What arguments other than a policy allow, each open and closed."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.proofs.theorems.outside_access import NO_OUTSIDE_ACCESS
from tests.proofs.configurations import configuration, verdicts

FUNCTION = {"function_name": "f"}
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


def verdict(subject: str, **resources: Any) -> str:
    return verdicts(NO_OUTSIDE_ACCESS, configuration(**resources))[subject].verdict


def of_function(**permission: Any) -> str:
    held = {"function_name": "${aws_lambda_function.f.function_name}", "action": "lambda:InvokeFunction", **permission}
    return verdict("aws_lambda_function.f", aws_lambda_function__f=FUNCTION, aws_lambda_permission__p=held)


def test_permissions_of_functions() -> None:
    assert of_function(principal="*") == "BROKEN"
    assert of_function(principal="*", principal_org_id="o-a1b2c3d4e5") == "PROVED"
    assert of_function(principal="sns.amazonaws.com") == "PROVED"
    assert of_function(principal="${var.p}") == "UNKNOWN"


@pytest.mark.parametrize(("type", "expected"), [("NONE", "BROKEN"), ("AWS_IAM", "PROVED"), ("${var.t}", "UNKNOWN")])
def test_urls_of_functions(type: str, expected: str) -> None:
    url = {"function_name": "${aws_lambda_function.f.function_name}", "authorization_type": type}
    assert verdict("aws_lambda_function.f", aws_lambda_function__f=FUNCTION, aws_lambda_function_url__u=url) == expected


def of_acl(acl: dict[str, Any], **settings: Any) -> str:
    held = {"bucket": "${aws_s3_bucket.b.id}", **acl}
    return verdict("aws_s3_bucket.b", aws_s3_bucket__b={}, aws_s3_bucket_acl__a=held, **settings)


@pytest.mark.parametrize(
    ("acl", "expected"), [("public-read", "BROKEN"), ("private", "PROVED"), ("${var.acl}", "UNKNOWN")]
)
def test_canned_acls(acl: str, expected: str) -> None:
    assert of_acl({"acl": acl}) == expected


def test_grants_of_acls() -> None:
    grant = {"grantee": [{"type": "Group", "uri": ALL_USERS}], "permission": "READ"}
    assert of_acl({"access_control_policy": [{"grant": [grant]}]}) == "BROKEN"


def test_acls_that_are_off_or_ignored_allow_nothing() -> None:
    off = {"bucket": "${aws_s3_bucket.b.id}", "rule": [{"object_ownership": "BucketOwnerEnforced"}]}
    assert of_acl({"acl": "public-read"}, aws_s3_bucket_ownership_controls__o=off) == "PROVED"
    ignored = {"bucket": "${aws_s3_bucket.b.id}", "ignore_public_acls": True}
    assert of_acl({"acl": "public-read"}, aws_s3_bucket_public_access_block__p=ignored) == "PROVED"
    unsure = {**ignored, "ignore_public_acls": "${var.i}"}
    assert of_acl({"acl": "public-read"}, aws_s3_bucket_public_access_block__p=unsure) == "UNKNOWN"


@pytest.mark.parametrize(
    ("block", "body", "expected"),
    [
        ("aws_ami_launch_permission", {"image_id": "ami-1", "group": "all"}, "BROKEN"),
        ("aws_ami_launch_permission", {"image_id": "ami-1", "account_id": "444455556666"}, "PROVED"),
        ("aws_db_snapshot", {"shared_accounts": ["all"]}, "BROKEN"),
        ("aws_db_snapshot", {"shared_accounts": ["444455556666"]}, "PROVED"),
        ("aws_ssm_document", {"permissions": {"type": "Share", "account_ids": "All"}}, "BROKEN"),
        ("aws_ssm_document", {"name": "d"}, "PROVED"),
        ("aws_cloudwatch_event_permission", {"principal": "*", "statement_id": "s"}, "BROKEN"),
        (
            "aws_cloudwatch_event_permission",
            {
                "principal": "*",
                "condition": [{"type": "StringEquals", "key": "aws:PrincipalOrgID", "value": "o-a1b2c3d4e5"}],
            },
            "PROVED",
        ),
        ("aws_vpc_endpoint_service", {"allowed_principals": ["*"]}, "BROKEN"),
        ("aws_cognito_identity_pool", {"allow_unauthenticated_identities": True}, "BROKEN"),
        (
            "aws_kms_grant",
            {"key_id": "k", "grantee_principal": "arn:aws:iam::444455556666:role/r", "operations": ["Decrypt"]},
            "PROVED",
        ),
    ],
)
def test_shares(block: str, body: dict[str, Any], expected: str) -> None:
    assert verdict(f"{block}.x", **{f"{block}__x": body}) == expected
