"""Trails, their buckets and keys are kept, but for principals that a statement names."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.proofs.theorems.protection import KEYS_KEPT, TRAILS_KEPT
from secureinfra.proofs.theorems.theorem import Result
from tests.proofs.configurations import ROOT, allow, configuration, policy, role, verdicts

TRAIL = {"aws_cloudtrail__t": {"s3_bucket_name": "${aws_s3_bucket.logs.id}"}, "aws_s3_bucket__logs": {}}


def of_trail(*statements: dict[str, Any]) -> dict[str, Result]:
    return verdicts(TRAILS_KEPT, configuration(**TRAIL, **role(*statements)))


def of_key(*statements: dict[str, Any], key: str = "") -> Result:
    held = {"policy": key} if key else {}
    return verdicts(KEYS_KEPT, configuration(aws_kms_key__k=held, **role(*statements)))["aws_kms_key.k"]


@pytest.mark.parametrize("action", ["cloudtrail:*", "cloudtrail:Stop*", "cloudtrail:StopLogging"])
def test_a_role_that_stops_any_trail_breaks_it(action: str) -> None:
    found = of_trail(allow(action))["aws_cloudtrail.t"]
    assert found.verdict == "BROKEN"
    assert "could cloudtrail:StopLogging" in found.found
    assert [step.address for step in found.steps] == ["aws_iam_role_policy.app"]


def test_a_role_that_a_statement_names_may() -> None:
    assert of_trail(allow("cloudtrail:StopLogging", "${aws_cloudtrail.t.arn}"))["aws_cloudtrail.t"].verdict == "PROVED"


def test_the_bucket_of_a_trail_is_kept() -> None:
    found = of_trail(allow("s3:*"))
    assert (found["aws_s3_bucket.logs"].verdict, found["aws_cloudtrail.t"].verdict) == ("BROKEN", "PROVED")


def test_a_key_without_policy_leaves_it_to_the_account() -> None:
    assert of_key(allow("kms:*")).verdict == "BROKEN"
    assert of_key(allow("kms:Decrypt")).verdict == "PROVED"


def test_a_key_policy_that_does_not_delegate_keeps_it() -> None:
    nobody = policy({**allow("kms:Decrypt"), "Principal": {"AWS": ROOT}})
    assert of_key(allow("kms:*"), key=nobody).verdict == "PROVED"
    everything = policy({**allow("kms:*"), "Principal": {"AWS": ROOT}})
    assert of_key(allow("kms:*"), key=everything).verdict == "BROKEN"


def test_a_key_policy_that_is_not_known_is_unknown() -> None:
    assert of_key(allow("s3:GetObject"), key="${var.policy}").verdict == "UNKNOWN"
