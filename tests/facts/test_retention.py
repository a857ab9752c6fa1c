"""A year is long enough for logs, and CloudWatch takes only these periods."""

import pytest

from secureinfra.facts.retention import LONG_PERIODS, PERIODS, is_long


@pytest.mark.parametrize(("days", "long"), [(0, True), (1, False), (364, False), (365, True), (3653, True)])
def test_long(days: int, long: bool) -> None:
    assert is_long(days) is long


def test_periods() -> None:
    assert list(PERIODS) == sorted(set(PERIODS))
    assert [days for days in PERIODS if is_long(days)] == [0, *LONG_PERIODS]
