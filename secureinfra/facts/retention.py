"""Retention of logs: the periods that CloudWatch supports, and the year that controls require."""

from __future__ import annotations

A_YEAR = 365
"""Minimum retention of every log in days: an intrusion is often found months later."""
YEAR_IN_SECONDS = A_YEAR * 24 * 60 * 60

# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_SHORT = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180)
LONG_PERIODS = (A_YEAR, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""CloudWatch's periods of a year or longer, in days, except the unlimited one."""
FOREVER = 0
"""The period with which CloudWatch keeps logs indefinitely."""
PERIODS = (FOREVER, *_SHORT, *LONG_PERIODS)
"""The retention periods that CloudWatch accepts, in days."""

IS_LONG = f"({{value}} == {FOREVER} || {{value}} >= {A_YEAR})"
"""The same as `is_long` in Terraform's language."""


def is_long(days: float) -> bool:
    """Whether one of CloudWatch's periods is a year or longer."""
    return days == FOREVER or days >= A_YEAR
