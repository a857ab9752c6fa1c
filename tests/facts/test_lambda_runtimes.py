"""When AWS's support of a runtime ends, and what that means on a day."""

import datetime

from secureinfra.facts.lambda_runtimes import RUNTIMES, deprecated, is_supported


def test_last_day_counts() -> None:
    assert is_supported("python3.9", datetime.date(2025, 12, 15))
    assert not is_supported("python3.9", datetime.date(2025, 12, 16))


def test_what_is_not_known_is_new() -> None:
    assert is_supported("python3.99", datetime.date(2040, 1, 1))


def test_deprecated_ones_grow() -> None:
    early, late = deprecated(datetime.date(2020, 4, 1)), deprecated(datetime.date(2040, 1, 1))
    assert "nodejs8.10" in early
    assert "python3.13" not in early
    assert set(late) == set(RUNTIMES)
