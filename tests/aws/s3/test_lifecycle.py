"""Lifecycle rules: one purpose each, in an order that S3 accepts."""

import pytest

from secureinfra.aws.s3.bucket import BucketConfig
from secureinfra.aws.s3.lifecycle import Transition, lifecycle_rules
from secureinfra.errors import ConfigError


def test_each_rule_has_one_purpose() -> None:
    transitions = (Transition(storage_class="STANDARD_IA", days=30), Transition(storage_class="GLACIER", days=90))
    rules = lifecycle_rules(
        abort_incomplete_uploads_days=7, noncurrent_days=90, transitions=transitions, expiration_days=365
    )
    assert [rule["id"] for rule in rules] == [
        "abort-incomplete-uploads",
        "expire-noncurrent-versions",
        "move-to-cheaper-classes",
        "expire-objects",
    ]
    assert all(rule["status"] == "Enabled" for rule in rules)
    assert rules[2]["transition"] == [
        {"days": 30, "storage_class": "STANDARD_IA"},
        {"days": 90, "storage_class": "GLACIER"},
    ]
    assert rules[3]["expiration"] == [{"days": 365}]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"transitions": ({"storage_class": "STANDARD_IA", "days": 7},)}, "S3 takes objects of 30 days or older"),
        ({"transitions": ({"storage_class": "TAPE", "days": 7},)}, "storage_class"),
        (
            {"transitions": ({"storage_class": "GLACIER", "days": 90}, {"storage_class": "GLACIER_IR", "days": 30})},
            "are out of order",
        ),
        (
            {"transitions": ({"storage_class": "GLACIER", "days": 90},), "expiration_days": 90},
            "is not after the last transition",
        ),
    ],
)
def test_refuses(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        BucketConfig.of(values)
