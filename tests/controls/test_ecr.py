"""Controls on ECR repositories."""

import json
from typing import Any

import pytest

from secureinfra.controls import ecr
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}


def repository(**arguments: Any) -> dict[str, Any]:
    return {"r": {"name": "team/app", **arguments}}


def registry(pattern: str, frequency: str = "SCAN_ON_PUSH") -> dict[str, Any]:
    rule = {"scan_frequency": frequency, "repository_filter": {"filter": pattern, "filter_type": "WILDCARD"}}
    return {"s": {"scan_type": "BASIC", "rule": rule}}


@pytest.mark.parametrize(
    ("scanning", "held", "answer"),
    [
        ({"scan_on_push": True}, {}, "passed"),
        ({"scan_on_push": False}, {}, "failed"),
        (None, {}, "failed"),
        ({"scan_on_push": "${var.x}"}, {}, "unknown"),
        (None, registry("*"), "passed"),
        (None, registry("*", "CONTINUOUS_SCAN"), "passed"),
        (None, registry("*", "MANUAL"), "failed"),
        (None, registry("team/*"), "passed"),
        (None, registry("app"), "passed"),
        (None, registry("other/*"), "failed"),
        (None, registry("${var.x}"), "unknown"),
    ],
)
def test_scanned(scanning: Any, held: dict[str, Any], answer: str) -> None:
    sections = {"variable": X, "aws_ecr_registry_scanning_configuration": held}
    judged = repository(image_scanning_configuration=scanning)
    assert status(ecr.SCANNED, **sections, aws_ecr_repository=judged) == answer


def test_immutable_tags() -> None:
    def judged(value: Any) -> dict[str, Any]:
        return {"variable": X, "aws_ecr_repository": repository(image_tag_mutability=value)}

    assert status(ecr.IMMUTABLE_TAGS, **judged("IMMUTABLE")) == "passed"
    assert status(ecr.IMMUTABLE_TAGS, **judged("IMMUTABLE_WITH_EXCLUSION")) == "failed"
    assert status(ecr.IMMUTABLE_TAGS, **judged("${var.x}")) == "unknown"
    assert "AWS defaults to 'MUTABLE'" in failure(ecr.IMMUTABLE_TAGS, **judged(None))


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        ({"repository": "${aws_ecr_repository.r.name}", "policy": "{}"}, "passed"),
        ({"repository": "team/app", "policy": "{}"}, "passed"),
        ({"repository": "team/other", "policy": "{}"}, "failed"),
        ({"repository": "${var.x}", "policy": "{}"}, "unknown"),
    ],
)
def test_expires(policy: dict[str, Any], answer: str) -> None:
    sections = {"variable": X, "aws_ecr_lifecycle_policy": {"p": policy}}
    assert status(ecr.EXPIRES, **sections, aws_ecr_repository=repository()) == answer
    assert "no aws_ecr_lifecycle_policy" in failure(ecr.EXPIRES, aws_ecr_repository=repository())


@pytest.mark.parametrize(
    ("encryption", "answer"),
    [
        ({"encryption_type": "KMS", "kms_key": "${aws_kms_key.k.arn}"}, "passed"),
        ({"encryption_type": "KMS_DSSE", "kms_key": "${aws_kms_key.k.arn}"}, "passed"),
        ({"encryption_type": "KMS"}, "failed"),
        ({"encryption_type": "AES256"}, "failed"),
        (None, "failed"),
        ({"encryption_type": "KMS", "kms_key": "${var.x}"}, "unknown"),
        ({"encryption_type": "${var.x}", "kms_key": "${aws_kms_key.k.arn}"}, "unknown"),
    ],
)
def test_customer_key(encryption: Any, answer: str) -> None:
    held = repository(encryption_configuration=encryption)
    assert status(ecr.CUSTOMER_KEY, variable=X, aws_kms_key={"k": {}}, aws_ecr_repository=held) == answer


def test_policy_not_public() -> None:
    def judged(principal: Any, **statement: Any) -> str:
        held = {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": principal, **statement}
        policy = {"p": {"repository": "r", "policy": json.dumps({"Statement": [held]})}}
        return status(ecr.POLICY_NOT_PUBLIC, variable=X, aws_ecr_repository_policy=policy)

    assert judged({"AWS": "arn:aws:iam::111122223333:root"}) == "passed"
    assert judged("*") == "failed"
    assert judged({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}) == "passed"
    assert judged({"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}}) == "failed"
    assert judged({"AWS": "${var.x}"}) == "unknown"
    assert not ecr.POLICY_NOT_PUBLIC.waivable
