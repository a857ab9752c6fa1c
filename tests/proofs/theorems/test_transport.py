"""No request over plain http: what a policy must deny for it."""

from __future__ import annotations

from typing import Any

from secureinfra.proofs.theorems.theorem import Result
from secureinfra.proofs.theorems.transport import NO_PLAIN_HTTP
from tests.proofs.configurations import configuration, deny, policy, verdicts

PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
BUCKET = ["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/*"]


def of_bucket(*statements: dict[str, Any], **parts: Any) -> Result:
    held = {"bucket": "${aws_s3_bucket.b.id}", "policy": policy(*statements), **parts}
    return verdicts(NO_PLAIN_HTTP, configuration(aws_s3_bucket__b={}, aws_s3_bucket_policy__p=held))["aws_s3_bucket.b"]


def test_a_deny_of_all_is_proof() -> None:
    assert of_bucket(deny("s3:*", BUCKET, Principal="*", Condition=PLAIN)).verdict == "PROVED"


def test_a_deny_of_the_bucket_alone_leaves_its_objects() -> None:
    found = of_bucket(deny("s3:*", BUCKET[0], Principal="*", Condition=PLAIN))
    assert found.verdict == "BROKEN"
    assert found.found.endswith("with aws:SecureTransport false")


def test_a_deny_of_one_principal_is_no_proof() -> None:
    held = deny("s3:*", BUCKET, Principal={"AWS": "arn:aws:iam::111122223333:root"}, Condition=PLAIN)
    assert of_bucket(held).verdict == "BROKEN"


def test_a_bucket_without_policy_answers() -> None:
    found = verdicts(NO_PLAIN_HTTP, configuration(aws_s3_bucket__b={}))["aws_s3_bucket.b"]
    assert found.verdict == "BROKEN"
    assert [step.text for step in found.steps] == ["it has no policy"]


def test_a_policy_that_is_not_known_or_may_not_be_there_is_unknown() -> None:
    held = {"bucket": "${aws_s3_bucket.b.id}", "policy": "${var.policy}"}
    found = verdicts(NO_PLAIN_HTTP, configuration(aws_s3_bucket__b={}, aws_s3_bucket_policy__p=held))
    assert found["aws_s3_bucket.b"].verdict in ("UNKNOWN", "BROKEN")
    counted = of_bucket(deny("s3:*", BUCKET, Principal="*", Condition=PLAIN), count="${var.n}")
    assert counted.verdict == "UNKNOWN"


def test_publishing_to_a_topic() -> None:
    def of_topic(action: str) -> Result:
        held = deny(action, "${aws_sns_topic.t.arn}", Principal="*", Condition=PLAIN)
        found = configuration(
            aws_sns_topic__t={}, aws_sns_topic_policy__p={"arn": "${aws_sns_topic.t.arn}", "policy": policy(held)}
        )
        return verdicts(NO_PLAIN_HTTP, found)["aws_sns_topic.t"]

    assert of_topic("sns:Publish").verdict == "PROVED"
    assert of_topic("sns:Subscribe").verdict == "BROKEN"
