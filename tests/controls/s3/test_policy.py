"""Controls on whom S3 policies let in, each with inputs that meet it, that break it, and that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls.s3 import policy as s3_policy
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, findings, status
from tests.controls.s3_blocks import OBJECTS, B, bucket, of, policy, statement

X: Any = {"x": {}}
P = "aws_s3_bucket_policy"


def held(*statements: dict[str, Any]) -> dict[str, Any]:
    """A bucket with a policy of these statements."""
    return {"aws_s3_bucket": bucket(), P: of(policy=policy(*statements))}


def limited(operator: str, key: str, *values: str) -> dict[str, Any]:
    """A bucket with a policy that lets everybody in under a condition."""
    return held(statement(Condition={operator: {key: list(values)}}))


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::111122223333:root", "*"]}])
def test_policy_not_public(principal: Any) -> None:
    assert failure(s3_policy.POLICY_NOT_PUBLIC, **held(statement(Principal=principal))) == (
        f"{P}.x policy.Statement[0]: Allow for Principal '*': an anonymous caller could s3:GetObject "
        "arn:aws:s3:::${aws_s3_bucket.b.bucket}/example from 203.0.113.7 -> "
        "principals by ARN, or a condition with fixed values"
    )
    assert status(s3_policy.POLICY_NOT_PUBLIC, **held(statement(Principal=principal, Effect="Deny"))) == "passed"
    assert status(s3_policy.POLICY_NOT_PUBLIC, aws_s3_bucket=bucket()) == "not applicable"


def test_policy_not_public_names_its_principals() -> None:
    named = statement(Principal={"AWS": "arn:aws:iam::111122223333:root"})
    service = statement(Principal={"Service": "cloudfront.amazonaws.com"})
    all_but = {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": OBJECTS}
    assert status(s3_policy.POLICY_NOT_PUBLIC, **held(named, service)) == "passed"
    assert "Statement[1]" in failure(s3_policy.POLICY_NOT_PUBLIC, **held(named, all_but))
    assert (
        status(s3_policy.POLICY_NOT_PUBLIC, variable=X, aws_s3_bucket=bucket(), **{P: of(policy="${var.x}")})
        == "unknown"
    )
    somebody = '${jsonencode({Statement=[{Effect="Allow",Principal={AWS=var.x},Action="s3:*",Resource="*"}]})}'
    assert status(s3_policy.POLICY_NOT_PUBLIC, variable=X, **{P: of(policy=somebody)}) == "unknown"


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"),
        ("StringEquals", "AWS:SourceVpce", "vpce-0a1b2c3d"),
        ("StringEquals", "aws:SourceVpc", "${aws_vpc.v.id}"),
        ("StringEquals", "aws:SourceAccount", "${data.aws_caller_identity.current.account_id}"),
        ("ArnLike", "aws:SourceArn", "arn:aws:cloudfront::111122223333:distribution/*"),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/reader"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("IpAddress", "aws:SourceIp", "${aws_eip.e.public_ip}/32"),
    ],
)
def test_policy_not_public_where_a_condition_limits_it(operator: str, key: str, value: str) -> None:
    assert status(s3_policy.POLICY_NOT_PUBLIC, **limited(operator, key, value)) == "passed"


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("Bool", "aws:SecureTransport", ["true"]),
        ("StringLike", "aws:Referer", ["https://example.com/*"]),
        ("StringLike", "aws:PrincipalOrgID", ["*"]),
        ("StringLike", "aws:PrincipalOrgID", ["o-*"]),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"]),
        ("StringNotEquals", "aws:SourceVpc", ["vpc-1"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:*:*:*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::*"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"]),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1"]),
        ("IpAddress", "aws:SourceIp", [f"{first}.0.0.0/8" for first in range(256)]),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/reader"]),
        ("StringEquals", "aws:SourceAccount", ["${aws:PrincipalAccount}"]),
    ],
)
def test_policy_not_public_where_a_condition_limits_nothing(operator: str, key: str, values: list[str]) -> None:
    assert "could s3:GetObject arn:aws:s3:::${aws_s3_bucket.b.bucket}/example" in failure(
        s3_policy.POLICY_NOT_PUBLIC, **limited(operator, key, *[value.replace("${", "$${", 1) for value in values])
    )


def test_policy_not_public_wherever_it_is_written() -> None:
    public = policy(statement())
    control = s3_policy.POLICY_NOT_PUBLIC
    assert status(control, aws_s3_bucket=bucket(policy=public)) == "failed"
    assert status(control, aws_s3_access_point={"p": {"bucket": "b", "policy": public}}) == "failed"
    assert status(control, aws_s3_access_point={"p": {"bucket": "b"}}) == "not applicable"
    assert status(control, aws_s3control_access_point_policy={"p": {"policy": public}}) == "failed"
    assert "details.policy.Statement[0]" in failure(
        control, aws_s3control_multi_region_access_point_policy={"p": {"details": {"name": "m", "policy": public}}}
    )
    several = {"a": {"bucket": B, "policy": policy()}, "z": {"bucket": "another", "policy": public}}
    (found,) = [finding.address for finding in findings(control, **{P: several}) if finding.status == "failed"]
    assert found == f"{P}.z"


def test_policy_not_public_in_data_sources() -> None:
    public = {"actions": ["s3:GetObject"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    part = {"source_policy_documents": ["${data.aws_iam_policy_document.d.json}"], "statement": []}
    data: Any = {"aws_iam_policy_document": {"d": {"statement": [public]}, "whole": part}}
    for name in ("d", "whole"):
        held = of(policy=f"${{data.aws_iam_policy_document.{name}.json}}")
        assert status(s3_policy.POLICY_NOT_PUBLIC, data=data, **{P: held}) == "failed"
    public["condition"] = [{"test": "StringEquals", "variable": "aws:SourceVpce", "values": ["vpce-1"]}]
    held = of(policy="${data.aws_iam_policy_document.whole.json}")
    assert status(s3_policy.POLICY_NOT_PUBLIC, data=data, **{P: held}) == "passed"


def admin(principal: Any, action: Any = "s3:PutBucketPolicy", **others: Any) -> dict[str, Any]:
    return held(statement(Principal={"AWS": principal}, Action=action, **others))


ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    "action", ["s3:*", "*", "s3:PutBucket*", ["s3:GetObject", "s3:DeleteBucketPolicy"], "s3:PutObjectAcl"]
)
def test_policy_no_external_admin(action: Any) -> None:
    control = s3_policy.POLICY_NO_EXTERNAL_ADMIN
    assert "for everybody" in failure(control, **admin("*", action))
    assert status(control, **admin("${aws_iam_role.r.arn}", action), aws_iam_role={"r": {}}) == "passed"
    assert status(control, **admin(ROOT, action)) == "unknown", "nothing says whose account this is"
    assert status(control, **admin(ROOT, ["s3:GetObject", "s3:PutObject"])) == "passed"
    assert status(control, aws_s3_bucket=bucket()) == "not applicable"


def test_policy_no_external_admin_by_account() -> None:
    control = s3_policy.POLICY_NO_EXTERNAL_ADMIN
    data: Any = {"aws_caller_identity": {"current": {}}}
    own = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
    member = "arn:aws:iam::${aws_organizations_account.a.id}:root"
    assert status(control, data=data, **admin(own)) == "passed"
    assert f"for {member}" in failure(control, **admin(member), aws_organizations_account={"a": {}})
    assert status(control, variable=X, **admin("arn:aws:iam::${var.x}:root")) == "unknown"
    assert status(control, variable=X, **admin("${var.x}")) == "unknown"
    assert status(control, **admin("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1")) == "passed"
    for canonical, answer in (
        ("${data.aws_canonical_user_id.c.id}", "passed"),
        ("79a59df900b949e55d96a1e698fbaced", "unknown"),
    ):
        users = held(statement(Principal={"CanonicalUser": canonical}, Action="s3:*"))
        assert status(control, data={"aws_canonical_user_id": {"c": {}}}, **users) == answer
    planned = {"aws_caller_identity": {"current": {"account_id": "444455556666"}}}
    assert f"for {ROOT}" in failure(control, data=planned, **admin(ROOT))
    within = {"StringEquals": {"aws:PrincipalAccount": "${data.aws_caller_identity.current.account_id}"}}
    assert status(control, data=data, **admin("*", Condition=within)) == "passed"


@pytest.mark.parametrize(("own", "answer"), [("111122223333", "passed"), ("444455556666", "failed")])
def test_policy_no_external_admin_where_the_provider_names_its_account(own: str, answer: str) -> None:
    document = {"provider": {"aws": [{"allowed_account_ids": [own]}]}, "resource": admin(ROOT)}
    answers = run_controls(Configuration.of(document), [s3_policy.POLICY_NO_EXTERNAL_ADMIN])
    assert answer in {finding.status for finding in answers}


def test_policy_no_external_admin_by_meaning() -> None:
    """Conditions and Deny statements count by what they keep out."""
    control = s3_policy.POLICY_NO_EXTERNAL_ADMIN
    allow = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "s3:*", "Resource": "*"}
    everybody = {**allow, "Principal": "*"}
    own = {"StringEquals": {"aws:PrincipalAccount": ["111122223333"]}}
    cases: list[tuple[list[dict[str, Any]], str]] = [
        ([allow], "failed"),
        ([{**everybody, "Condition": own}], "passed"),
        ([{**everybody, "Condition": {"StringEqualsIfExists": own["StringEquals"]}}], "failed"),
        (
            [{**everybody, "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}}],
            "passed",
        ),
        ([{**everybody, "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}], "failed"),
        ([allow, {**everybody, "Effect": "Deny", "Condition": {"StringNotEquals": own["StringEquals"]}}], "passed"),
        ([allow, {**everybody, "Effect": "Deny", "Action": "s3:PutBucketPolicy"}], "failed"),
    ]
    for statements, answer in cases:
        document = {
            "provider": {"aws": {"allowed_account_ids": ["111122223333"]}},
            "resource": {
                "aws_s3_bucket_policy": {"p": {"bucket": "b", "policy": json.dumps({"Statement": statements})}}
            },
        }
        (one,) = run_controls(Configuration.of(document), [control])
        assert one.status == answer, statements


def test_variables_are_text_in_a_policy_of_2008() -> None:
    """A Deny for all but a caller of that name denies everybody where the name is not a variable."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringLike": {"aws:userid": "${aws:userid}"}},
    }
    for version, answer in (("2012-10-17", "failed"), ("2008-10-17", "passed"), (None, "passed")):
        held = {"Statement": [statement], **({"Version": version} if version else {})}
        text = json.dumps(held).replace("${", "$${")
        answers = status(s3_policy.POLICY_NOT_PUBLIC, aws_s3_bucket_policy={"p": {"bucket": "b", "policy": text}})
        assert answers == answer, version
