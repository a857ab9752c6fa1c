"""Controls on what bucket policies deny, each with inputs that meet it, that break it, and that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.controls.s3 import policy_denial as s3_policy_denial
from tests.controls.judge import failure, status
from tests.controls.s3_blocks import ARN, OBJECTS, bucket, of, policy, statement

X: Any = {"x": {}}
P = "aws_s3_bucket_policy"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
BOTH = [ARN, OBJECTS]


def held(*statements: dict[str, Any]) -> dict[str, Any]:
    """A bucket with a policy of these statements."""
    return {"aws_s3_bucket": bucket(), P: of(policy=policy(*statements))}


def deny(**parts: Any) -> dict[str, Any]:
    """A statement that denies everybody everything without TLS, unless said otherwise."""
    return statement(**{"Effect": "Deny", "Action": "s3:*", "Resource": BOTH, "Condition": PLAIN, **parts})


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Action": ["s3:*"]},
        {"Action": "*", "Resource": "*"},
        {"Resource": f"{ARN}*"},
        {"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        {"Resource": ["arn:${data.aws_partition.p.partition}:s3:::${aws_s3_bucket.b.id}", OBJECTS]},
        {"Condition": {"Bool": {"aws:SecureTransport": False}}},
        {"Condition": {"BoolIfExists": {"AWS:securetransport": ["false"]}}},
        {"Condition": {"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}}},
        {"Condition": {"StringNotEquals": {"aws:SecureTransport": "true"}}},
        # Who is denied everything is denied plain HTTP; that nobody gets in any more is for s3-bucket-policy-no-lockout.
        {"Condition": {}},
    ],
)
def test_tls_only(parts: dict[str, Any]) -> None:
    old = deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    assert status(s3_policy_denial.TLS_ONLY, **held(statement(), deny(**parts), old)) == "passed"
    assert status(s3_policy_denial.TLS_ONLY, aws_s3_bucket=bucket(policy=policy(deny(**parts)))) == "passed"


@pytest.mark.parametrize(
    "parts",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
        {"Action": "s3:GetObject"},
        {"Resource": f"{ARN}/in/*"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}},
        # Both at once holds for nobody; a version alone lets plain HTTP through, which carries none.
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        {
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "StringNotEquals": {"aws:PrincipalIsAWSService": "false"},
            }
        },
        {"Condition": {"StringLike": {"aws:PrincipalArn": "*"}, "Bool": {"aws:SecureTransport": "false"}}},
        {"Principal": {"Service": "*"}},
        {"Action": ["s3:Get*", "s3:Put*", "s3:List*"]},
    ],
)
def test_tls_only_fails(parts: dict[str, Any]) -> None:
    assert "no Deny of requests without TLS on the bucket and its objects" in failure(
        s3_policy_denial.TLS_ONLY, **held(deny(**parts))
    )


def test_tls_only_on_the_bucket_and_its_objects() -> None:
    control = s3_policy_denial.TLS_ONLY
    assert "without TLS on the bucket: arn:aws:iam::987654321098:role/example could s3:" in failure(
        control, **held(deny(Resource=OBJECTS))
    )
    assert "without TLS on its objects: arn:aws:iam::987654321098:role/example could s3:" in failure(
        control, **held(deny(Resource=ARN))
    )
    assert status(control, **held(deny(Resource=ARN), deny(Resource=OBJECTS))) == "passed"
    assert failure(control, aws_s3_bucket=bucket()).startswith(f"aws_s3_bucket.b : no {P} -> a Deny of s3:*")
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: of(policy="${var.x}")}) == "unknown"
    elsewhere = of("${var.x}", policy=policy(deny()))
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: elsewhere}) == "unknown"
    part = of(policy=policy(deny(Resource=[ARN, f"{ARN}/${{var.x}}*"])))
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: part}) == "unknown"
    unsure = of(policy=policy(deny()), count="${var.x}")
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: unsure}) == "unknown"


def test_tls_only_in_a_data_source() -> None:
    part: dict[str, Any] = {
        "effect": "Deny",
        "actions": ["s3:*"],
        "resources": BOTH,
        "principals": [{"type": "*", "identifiers": ["*"]}],
        "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
    }
    data = {"aws_iam_policy_document": {"d": {"statement": [part]}}}
    resources: Any = {"aws_s3_bucket": bucket(), P: of(policy="${data.aws_iam_policy_document.d.json}")}
    assert status(s3_policy_denial.TLS_ONLY, data=data, **resources) == "passed"
    part["condition"][0]["values"] = ["${var.x}"]
    assert status(s3_policy_denial.TLS_ONLY, data=data, variable=X, **resources) == "unknown"
    part["condition"][0]["values"] = ["true"]
    assert status(s3_policy_denial.TLS_ONLY, data=data, **resources) == "failed"


def test_policy_no_lockout() -> None:
    control = s3_policy_denial.POLICY_NO_LOCKOUT
    forever: Any = {"Condition": {}}
    policy_actions = ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]
    assert status(control, **held(deny())) == "passed"
    assert "Deny for Principal '*' without a condition" in failure(control, **held(deny(**forever)))
    assert status(control, **held(deny(**forever, Action=policy_actions))) == "failed"
    assert status(control, **held(deny(**forever, Action="s3:DeleteBucket"))) == "passed"
    assert status(control, **held(deny(**forever, Action=policy_actions[1:]))) == "passed"
    assert status(control, **held(deny(**forever, Resource=f"{ARN}/secret/*"))) == "passed"
    assert status(control, **held(deny(**forever, Principal={"AWS": "111122223333"}))) == "passed"
    assert status(control, aws_s3_bucket=bucket(policy=policy(deny(**forever)))) == "failed"
    assert status(control, aws_s3_bucket=bucket()) == "not applicable"
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: of(policy="${var.x}")}) == "unknown"


def test_no_customer_keys() -> None:
    control, key = s3_policy_denial.NO_CUSTOMER_KEYS, "s3:x-amz-server-side-encryption-customer-algorithm"
    null = deny(Action="s3:PutObject", Resource=OBJECTS, Condition={"Null": {key: "false"}})
    equal = deny(Condition={"StringEquals": {key: "AES256"}})
    assert status(control, **held(null)) == "passed"
    assert status(control, **held(equal)) == "passed"
    assert status(control, aws_s3_bucket=bucket(policy=policy(null))) == "passed"
    assert "SSE-C is not denied" in failure(control, **held(deny()))
    assert status(control, **held(deny(Condition={"Null": {key: "true"}}))) == "failed"
    assert status(control, **held(deny(Condition={"StringLike": {key: "*"}}))) == "passed"
    assert status(control, **held(deny(Condition={"StringEquals": {key: "*"}}))) == "failed", "it compares with a star"
    assert status(control, **held(deny(Condition={"NumericEquals": {key: "AES256"}}))) == "failed", "it is not a number"
    assert status(control, **held(deny(Condition={"StringEquals": {key: "AES256", "aws:SourceVpc": "v"}}))) == "failed"
    assert status(control, **held({**null, "Effect": "Allow"})) == "failed"
    assert status(control, **held({**null, "Resource": ARN})) == "failed"
    assert status(control, aws_s3_bucket=bucket()) == "failed"
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: of(policy="${var.x}")}) == "unknown"
    type = "aws_s3_bucket_server_side_encryption_configuration"
    blocked = {type: of(rule={"blocked_encryption_types": ["SSE-C"]})}
    assert status(control, **held(deny()), **blocked) == "passed"
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{P: of(policy="${var.x}")}, **blocked) == "passed"


@pytest.mark.parametrize(
    ("spared", "answer"),
    [
        ({}, "passed"),
        ({"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}}}, "failed"),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}, "failed"),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/admin"}}, "failed"),
        ({"NotPrincipal": {"AWS": "111122223333"}}, "failed"),
        ({"NotPrincipal": {"AWS": "${var.x}"}}, "unknown"),
    ],
)
def test_tls_only_spares_no_role_or_account(spared: dict[str, Any], answer: str) -> None:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    denial = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": "*",
        **({} if "NotPrincipal" in spared else {"Principal": "*"}),
    }
    first = {**denial, **spared, "Condition": {**plain, **spared.get("Condition", {})}}
    old = {**denial, "Principal": "*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}
    old.pop("NotPrincipal", None)
    written = {"p": {"bucket": "b", "policy": json.dumps({"Version": "2012-10-17", "Statement": [first, old]})}}
    assert status(s3_policy_denial.TLS_ONLY, variable=X, aws_s3_bucket_policy=written) == answer
