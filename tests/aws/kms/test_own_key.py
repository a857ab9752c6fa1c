"""Tests of the key of a construct: data that a key encrypts outlives the wish for another key."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import (
    Distribution,
    EbsEncryption,
    LogBucket,
    SecureBucket,
    SecureKey,
    SecureLogGroup,
    SecureTopic,
    SecureTrail,
)
from secureinfra.testing import addresses, synthesize, test_stack
from tests._support.imports import ROOT

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
KINDS: dict[str, Callable[..., Any]] = {
    "bucket": SecureBucket,
    "distribution": lambda stack, name, **more: Distribution(
        stack, name, origin=SecureBucket(stack, "site"), certificate=CERTIFICATE, **more
    ),
    "log group": SecureLogGroup,
    "topic": SecureTopic,
    "trail": SecureTrail,
    "volumes": EbsEncryption,
}


def document(kind: Callable[..., Any], *, given: bool, environment: str = "production") -> dict[str, Any]:
    stack = test_stack(environment=environment)
    kind(stack, "main", **({"key": SecureKey(stack, "data")} if given else {}))
    return synthesize(stack)


def forgotten(document: dict[str, Any]) -> set[str]:
    return {one["from"] for one in document.get("removed", ()) if one["lifecycle"] == {"destroy": False}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_given_later_leaves_the_own_one(kind: str) -> None:
    before, after = document(KINDS[kind], given=False), document(KINDS[kind], given=True)
    gone = {one for one in set(addresses(before)) - set(addresses(after)) if one.startswith("aws_kms_key.")}
    assert gone
    assert gone <= forgotten(after)
    assert not forgotten(before)


def test_every_construct_keeps_it() -> None:
    sources = (ROOT / "secureinfra" / "aws").rglob("*.py")
    own = [path.name for path in sources if re.search(r"key or SecureKey\(", path.read_text(encoding="utf-8"))]
    assert own == [], "use key_of: a key given later must not destroy the own one"


def test_a_sandbox_keeps_nothing() -> None:
    assert not forgotten(document(SecureBucket, given=True, environment="sandbox"))


def test_a_part_whose_key_its_construct_chose_forgets_nothing() -> None:
    stack = test_stack()
    trail = SecureTrail(stack, "audit")
    assert trail.log_group.key is trail.key
    assert not forgotten(synthesize(stack))


def test_an_address_in_use_is_not_forgotten() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    SecureLogGroup(stack, "main", key=key)
    SecureKey(stack, "main_key")
    assert not forgotten(synthesize(stack)) & set(addresses(synthesize(stack)))


def test_a_log_bucket_can_be_given_with_its_key() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    SecureTrail(stack, "audit", key=key, log_bucket=LogBucket(stack, "logs", key=key))
    assert {"aws_kms_key.audit_key", "aws_s3_bucket.audit_logs_bucket"} <= forgotten(synthesize(stack))
