"""Waiver: a reason, an owner and a date, or it excuses nothing."""

import datetime as dt
from typing import Any

import pytest

from secureinfra.config.waiver import Waiver

GOOD: dict[str, Any] = {
    "control": "kms-key-rotated",
    "reason": "imported key material",
    "owner": "crypto-team",
    "until": "2099-12-31",
}


def test_good_one() -> None:
    waiver = Waiver(**GOOD)
    assert waiver.problem() is None
    assert waiver.to_json() == GOOD
    assert Waiver(**{**GOOD, "until": dt.date(2099, 12, 31)}).to_json() == GOOD


def test_holds_on_its_last_day_only() -> None:
    today = dt.date.today()
    assert Waiver(**{**GOOD, "until": today}).problem() is None
    problem = Waiver(**{**GOOD, "until": today - dt.timedelta(days=1)}).problem()
    assert problem is not None
    assert "expired on" in problem
    assert "crypto-team accepted it only until then" in problem


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "has no usable reason: "),
        ({"owner": "  "}, "has no usable owner: "),
        ({"until": ""}, "has no usable until: "),
        ({"until": "next year"}, "has no usable until: "),
        ({"until": "2099-13-31"}, "has no usable until: "),
        ({"reason": "", "owner": "", "until": None}, "has no usable reason and owner and until: "),
        ({"control": "kms-key-rotate"}, "Did you mean 'kms-key-rotated'?"),
        ({"control": "s3-bucket-not-public"}, "is never accepted: one wrong policy"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    problem = Waiver(**{**GOOD, **change}).problem()
    assert problem is not None
    assert message in problem
