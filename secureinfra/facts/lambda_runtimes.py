"""Lambda's runtimes and the last day on which AWS supports each, for constructs and checks."""

from __future__ import annotations

import datetime

# docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, read in November 2026: the end of support; runtimes deprecated
# long ago by year.
_LAST_DAYS = {
    "2016-10-31": "nodejs",
    "2020-03-06": "nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 dotnetcore1.0 dotnetcore2.0",
    "2023-12-31": "nodejs10.x nodejs12.x nodejs14.x python2.7 python3.6 python3.7 ruby2.5 ruby2.7 dotnetcore2.1 "
    "dotnetcore3.1 dotnet5.0 java8 go1.x provided",
    "2024-12-20": "nodejs16.x python3.8 dotnet6 dotnet7",
    "2025-09-01": "nodejs18.x",
    "2025-12-15": "python3.9",
    "2026-03-31": "ruby3.2",
    "2026-04-30": "nodejs20.x",
    "2026-07-31": "provided.al2",
    "2026-10-31": "python3.10",
    "2026-11-10": "dotnet8 dotnet9",
    "2027-03-31": "ruby3.3",
    "2027-04-30": "nodejs22.x",
    "2027-06-30": "python3.11 java8.al2 java11 java17",
    "2028-03-31": "ruby3.4",
    "2028-04-30": "nodejs24.x",
    "2028-10-31": "python3.12",
    "2028-11-14": "dotnet10",
    "2029-03-31": "ruby4.0",
    "2029-06-30": "python3.13 python3.14 java8.al2023 java11.al2023 java17.al2023 java21 java25 provided.al2023",
}
_SUPPORTED_UNTIL = {runtime: day for day, runtimes in _LAST_DAYS.items() for runtime in runtimes.split()}
RUNTIMES = tuple(_SUPPORTED_UNTIL)
"""Every runtime that is known, the oldest first."""


def is_supported(runtime: str, today: datetime.date) -> bool:
    """Whether AWS still fixes vulnerabilities of a runtime; one that is not known yet counts as new.

    Args:
        runtime: its name, e.g. `python3.14`.
        today: the day to decide for.
    """
    return today.isoformat() <= _SUPPORTED_UNTIL.get(runtime, "9999")


def deprecated(today: datetime.date) -> tuple[str, ...]:
    """The runtimes whose support has ended.

    Args:
        today: the day to decide for.
    """
    return tuple(runtime for runtime in RUNTIMES if not is_supported(runtime, today))
