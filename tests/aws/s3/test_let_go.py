"""Tests of buckets that stay when other settings do without them."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import (
    Distribution,
    DistributionConfig,
    GuardDuty,
    LogBucket,
    SecureBucket,
    SecureKey,
    SecureTrail,
    Waiver,
)
from secureinfra.testing import addresses, synthesize, test_stack

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
KINDS: dict[str, Callable[..., Any]] = {
    "distribution": lambda stack, **more: Distribution(
        stack, "main", origin=SecureBucket(stack, "site"), certificate=CERTIFICATE, **more
    ),
    "findings": lambda stack, **more: GuardDuty(stack, "main", **more),
    "trail": lambda stack, **more: SecureTrail(stack, "main", **more),
}


def document(kind: Callable[..., Any], *, given: bool) -> dict[str, Any]:
    stack = test_stack()
    # Buckets that are logged keep the stack's shared bucket in use.
    key = SecureKey(stack, "data")
    logs = LogBucket(stack, "logs", key=key)
    kind(stack, **({"log_bucket": logs} if given else {}))
    return synthesize(stack)


def forgotten(document: dict[str, Any]) -> set[str]:
    return {one["from"] for one in document.get("removed", ()) if one["lifecycle"] == {"destroy": False}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_given_later_leaves_the_own_one_as_it_is(kind: str) -> None:
    before, after = document(KINDS[kind], given=False), document(KINDS[kind], given=True)
    gone = {
        one
        for one in set(addresses(before)) - set(addresses(after))
        if one.startswith(("aws_s3_bucket", "aws_kms_key."))
    }
    assert any(one.startswith("aws_s3_bucket.") for one in gone)
    assert gone <= forgotten(after)


def test_logs_of_a_distribution_outlive_its_logging() -> None:
    stack = test_stack()
    waiver = Waiver(control="cloudfront-distribution-logged", reason="trial", owner="lab", until="2099-12-31")
    config = DistributionConfig(logged=False, waivers=(waiver,))
    Distribution(stack, "main", config, origin=SecureBucket(stack, "site"), certificate=CERTIFICATE)
    assert "aws_s3_bucket.main_logs_bucket" in forgotten(synthesize(stack))
