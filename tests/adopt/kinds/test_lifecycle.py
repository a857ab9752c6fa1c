"""Lifecycle rules: those for the whole bucket are settings, and logs are kept for a year."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.lifecycle import lifecycle_of
from secureinfra.adopt.source import text_of

WHOLE = {"id": "all", "status": "Enabled", "filter": [{"prefix": "", "tag": []}]}


def test_settings_of_rules() -> None:
    rules = [
        {**WHOLE, "expiration": [{"days": 400}], "abort_incomplete_multipart_upload": [{"days_after_initiation": 3}]},
        {**WHOLE, "noncurrent_version_expiration": [{"noncurrent_days": 30}]},
        {
            **WHOLE,
            "transition": [{"days": 90, "storage_class": "GLACIER"}, {"days": 30, "storage_class": "STANDARD_IA"}],
        },
        {**WHOLE, "status": "Disabled", "filter": [{"prefix": "tmp/"}], "expiration": [{"days": 1}]},
    ]
    found = lifecycle_of(rules, for_logs=False)
    assert [text_of(one) for one in found.pop("transitions")] == [
        'Transition(storage_class="STANDARD_IA", days=30)',
        'Transition(storage_class="GLACIER", days=90)',
    ]
    assert found == {"expiration_days": 400, "abort_incomplete_uploads_days": 3, "noncurrent_days": 30}


def test_logs_are_kept_as_long_as_they_are_or_for_a_year() -> None:
    assert lifecycle_of([], for_logs=True) == {"expiration_days": None}
    assert lifecycle_of([{**WHOLE, "expiration": [{"days": 30}]}], for_logs=True) == {"expiration_days": 365}
    assert lifecycle_of([{**WHOLE, "expiration": [{"days": 800}]}], for_logs=True) == {"expiration_days": 800}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"filter": [{"prefix": "tmp/"}]}, "some of the objects"),
        ({"prefix": "tmp/"}, "some of the objects"),
        ({"expiration": [{"date": "2030-01-01T00:00:00Z"}]}, "a date"),
        (
            {"noncurrent_version_expiration": [{"newer_noncurrent_versions": 3, "noncurrent_days": 1}]},
            "number of versions",
        ),
        ({"noncurrent_version_transition": [{"noncurrent_days": 30}]}, "moves old versions"),
    ],
)
def test_refuses_other_rules(rule: dict[str, Any], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        lifecycle_of([{**WHOLE, **rule}], for_logs=False)
