"""What every run says at its end: what was left out of a test, which nobody would see otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

LEFT_OUT = "left out"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    stats: Mapping[str, Sequence[Any]] = terminalreporter.stats
    said = {
        str(text)
        for reports in stats.values()
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == LEFT_OUT
    }
    if said:
        terminalreporter.section("left out of applies on the emulator")
        for text in sorted(said):
            terminalreporter.line(text)
