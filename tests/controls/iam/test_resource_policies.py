"""Resource policies: who may use a resource."""

from typing import Any

import pytest

from secureinfra.controls.iam.policies import NO_NOT_ACTION
from secureinfra.controls.iam.resource_policies import NO_USERS, NOT_PUBLIC
from secureinfra.controls.registry import types_of
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from tests.controls.judge import failure, findings, status
from tests.controls.policies import policy

ROLE = "arn:aws:iam::111122223333:role/reader"
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}


def vault(principal: Any, condition: Any = None, **parts: Any) -> dict[str, Any]:
    statement = {"Action": "backup:StartCopyJob", "Resource": "*", "Principal": principal, **parts}
    if condition is not None:
        statement["Condition"] = condition
    return {"v": {"policy": policy(statement)}}


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [ROLE, "*"]}])
@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (None, "failed"),
        (ORGANIZATION, "passed"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}, "passed"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "passed"),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}, "failed"),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, "failed"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "failed"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "failed"),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "failed"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, "failed"),
        ({"ArnLike": {"aws:PrincipalArn": [ROLE, "*"]}}, "failed"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}, "passed"),
        ({"StringLike": {"aws:SourceAccount": "1*"}}, "failed"),
        ({"StringEquals": {"aws:PrincipalAccount": "$${aws:PrincipalAccount}"}}, "failed"),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, "failed"),
        ({"IpAddress": {"aws:SourceIp": "${var.x}/0"}}, "unknown"),
        ({"StringEquals": {"aws:PrincipalOrgID": "${var.x}"}}, "unknown"),
        ({"StringEquals": {"aws:PrincipalOrgID": "${data.aws_organizations_organization.o.id}"}}, "passed"),
    ],
)
def test_not_public(principal: Any, condition: Any, answer: str) -> None:
    held = vault(principal, condition)
    data: dict[str, Any] = {"aws_organizations_organization": {"o": {}}}
    assert status(NOT_PUBLIC, data=data, variable={"x": {}}, aws_backup_vault_policy=held) == answer


def test_not_public_says_where() -> None:
    assert failure(NOT_PUBLIC, aws_backup_vault_policy=vault("*")) == (
        "aws_backup_vault_policy.v policy.Statement[0]: Allow for Principal '*': "
        "arn:aws:iam::987654321098:role/example could backup:StartCopyJob from 203.0.113.7 -> "
        "principals by ARN, or a condition such as aws:PrincipalOrgID"
    )
    assert status(NOT_PUBLIC, aws_backup_vault_policy=vault({"AWS": ROLE})) == "passed"
    assert status(NOT_PUBLIC, aws_backup_vault_policy=vault("*", Effect="Deny")) == "passed"
    for unknown in (vault("${var.x}"), vault({"AWS": "${var.x}"}), {"v": {"policy": "${var.x}"}}):
        assert status(NOT_PUBLIC, variable={"x": {}}, aws_backup_vault_policy=unknown) == "unknown"
    everybody_but = {"v": {"policy": policy({"Action": "*", "Resource": "*", "NotPrincipal": {"AWS": ROLE}})}}
    assert "Allow for NotPrincipal" in failure(NOT_PUBLIC, aws_backup_vault_policy=everybody_but)


@pytest.mark.parametrize(
    ("deny", "answer"),
    [
        ({"Condition": OUTSIDE}, "passed"),
        ({"Action": "backup:*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, "passed"),
        # Strangers have endpoints of their own, addresses, and ARNs.
        ({"Condition": {"Null": {"aws:SourceVpce": "true"}}}, "failed"),
        ({"Condition": {"Null": {"aws:SourceIp": "true"}}}, "failed"),
        ({"Condition": {"StringNotLike": {"aws:PrincipalArn": "*"}}}, "failed"),
        ({"Principal": {"Service": "*"}, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, "failed"),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}}}, "passed"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "failed"),
        ({"Condition": {**OUTSIDE, "Bool": {"aws:SecureTransport": "false"}}}, "failed"),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, "failed"),
        ({"Action": "backup:DeleteBackupVault", "Condition": OUTSIDE}, "failed"),
        ({"Resource": "arn:aws:backup:*:*:other", "Condition": OUTSIDE}, "failed"),
        ({"Principal": {"AWS": ROLE}, "Condition": OUTSIDE}, "failed"),
        ({"Effect": "Allow", "Condition": OUTSIDE}, "failed"),
    ],
)
def test_not_public_where_a_deny_takes_it_back(deny: dict[str, Any], answer: str) -> None:
    """The way AWS's documentation limits an API or a bucket to a network: everybody is allowed, others are denied."""
    allow = {"Action": "backup:StartCopyJob", "Resource": "*", "Principal": "*"}
    held = {"v": {"policy": policy(allow, {**allow, "Effect": "Deny", **deny})}}
    assert status(NOT_PUBLIC, aws_backup_vault_policy=held) == answer


def test_not_public_mount_target() -> None:
    mounted = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
    statement = {"Action": "elasticfilesystem:ClientMount", "Principal": {"AWS": "*"}}
    held = {"f": {"policy": policy({**statement, "Condition": mounted})}}
    assert status(NOT_PUBLIC, aws_efs_file_system_policy=held) == "passed"
    assert status(NOT_PUBLIC, aws_efs_file_system_policy={"f": {"policy": policy(statement)}}) == "failed"


def test_not_public_domain() -> None:
    text = policy({"Action": "es:*", "Resource": "*", "Principal": {"AWS": "*"}})
    vpc = {"vpc_options": {"subnet_ids": ["subnet-1"]}}
    assert status(NOT_PUBLIC, aws_opensearch_domain={"d": {"access_policies": text}}) == "failed"
    assert status(NOT_PUBLIC, aws_opensearch_domain={"d": {"access_policies": text, **vpc}}) == "passed"
    assert status(NOT_PUBLIC, aws_opensearch_domain={"d": {}}) == "not applicable"
    for name in ("${aws_opensearch_domain.d.domain_name}", "logs"):
        apart = {"p": {"domain_name": name, "access_policies": text}}
        domain = {"d": {"domain_name": "logs"}}
        assert status(NOT_PUBLIC, aws_opensearch_domain=domain, aws_opensearch_domain_policy=apart) == "failed"
        domain["d"].update(vpc)  # type: ignore[arg-type]
        assert status(NOT_PUBLIC, aws_opensearch_domain=domain, aws_opensearch_domain_policy=apart) == "passed"


def test_not_public_api() -> None:
    text = policy({"Action": "execute-api:Invoke", "Resource": "*", "Principal": "*"})
    private = {"endpoint_configuration": {"types": ["PRIVATE"]}}
    assert status(NOT_PUBLIC, aws_api_gateway_rest_api={"a": {"policy": text}}) == "passed"
    assert status(NOT_PUBLIC, aws_api_gateway_rest_api={"a": {"policy": text, **private}}) == "failed"
    apart = {"p": {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "policy": text}}
    assert (
        status(NOT_PUBLIC, aws_api_gateway_rest_api={"a": private}, aws_api_gateway_rest_api_policy=apart) == "failed"
    )
    elsewhere = {"p": {"rest_api_id": "abc123", "policy": text}}
    assert status(NOT_PUBLIC, aws_api_gateway_rest_api_policy=elsewhere) == "unknown"


def test_not_public_document() -> None:
    statement = {
        "actions": ["events:PutEvents"],
        "resources": ["*"],
        "principals": [{"type": "*", "identifiers": ["*"]}],
    }
    data = {"aws_iam_policy_document": {"d": {"statement": [statement]}}}
    assert "data.aws_iam_policy_document.d statement[0]" in failure(NOT_PUBLIC, data=data)
    bus = {"b": {"policy": "${data.aws_iam_policy_document.d.json}"}}
    answers = {f.address: f.status for f in findings(NOT_PUBLIC, data=data, aws_cloudwatch_event_bus_policy=bus)}
    assert answers == {
        "data.aws_iam_policy_document.d": "not applicable",
        "aws_cloudwatch_event_bus_policy.b": "failed",
    }
    endpoint = {"e": {"policy": "${data.aws_iam_policy_document.d.json}"}}
    assert status(NOT_PUBLIC, data=data, aws_vpc_endpoint=endpoint) == "not applicable"
    identity = {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}}}
    assert status(NOT_PUBLIC, data=identity) == "not applicable"


def test_no_not_action() -> None:
    held = {"p": {"policy": policy({"NotAction": "sns:DeleteTopic", "Resource": "*", "Principal": {"AWS": ROLE}})}}
    assert "NotAction ['sns:DeleteTopic'] with Allow" in failure(NO_NOT_ACTION, aws_sns_topic_policy=held)
    named = {"p": {"policy": policy({"Action": "sns:Publish", "Resource": "*", "Principal": {"AWS": ROLE}})}}
    assert status(NO_NOT_ACTION, aws_sns_topic_policy=named) == "passed"
    assert status(NO_NOT_ACTION, aws_backup_vault_policy=vault({"AWS": ROLE}, Effect="Deny")) == "passed"
    assert status(NO_NOT_ACTION, variable={"x": {}}, aws_sqs_queue={"q": {"policy": "${var.x}"}}) == "unknown"


USER = "arn:aws:iam::111122223333:user/ci"


@pytest.mark.parametrize("user", [USER, [ROLE, USER], "${aws_iam_user.u.arn}", "AIDACKCEVSQ6C2EXAMPLE"])
def test_no_users(user: Any) -> None:
    assert "Allow for " in failure(NO_USERS, aws_backup_vault_policy=vault({"AWS": user}), aws_iam_user={"u": {}})
    assert status(NO_USERS, aws_backup_vault_policy=vault({"AWS": user}, Effect="Deny")) == "passed"


def test_no_users_in_other_policies() -> None:
    bucket = {"b": {"policy": policy({"Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": USER}})}}
    assert status(NO_USERS, aws_s3_bucket_policy=bucket) == "failed"
    role = {"r": {"assume_role_policy": policy({"Action": "sts:AssumeRole", "Principal": {"AWS": USER}})}}
    assert status(NO_USERS, aws_iam_role=role) == "failed"
    assert status(NO_USERS, aws_backup_vault_policy=vault({"AWS": ROLE})) == "passed"
    assert status(NO_USERS, variable={"x": {}}, aws_backup_vault_policy=vault({"AWS": "${var.x}"})) == "unknown"
    assert status(NO_USERS, aws_sqs_queue={"q": {}}) == "not applicable"


def test_no_users_is_no_matter_of_origin_access_identities() -> None:
    cloudfront = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC"
    bucket = {"b": {"policy": policy({"Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": cloudfront}})}}
    assert status(NO_USERS, aws_s3_bucket_policy=bucket) == "passed"


def test_types_are_the_provider_s() -> None:
    known = {name for version in VERSIONS for name in provider_schema(version).types()}
    for control in (NOT_PUBLIC, NO_USERS):
        assert set(types_of(control)) - {"data.aws_iam_policy_document"} <= known
