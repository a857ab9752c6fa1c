"""The short form of a report: counts, the most severe first, and never more than ten lines of a list."""

from secureinfra.check.formats.summary import MOST, summarized
from secureinfra.check.report import judge
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import keys, report


def test_counts() -> None:
    one = Configuration.of(keys(a={"is_enabled": False}, b={"is_enabled": False, "enable_key_rotation": False}), "one")
    two = Configuration.of(keys(c={"is_enabled": False}), "two")
    found = judge([one, two])
    assert summarized(found) == (
        "Failed, by severity\n"
        "      4  medium\n"
        "\n"
        "Failed, by control\n"
        "      3  medium   kms-key-enabled\n"
        "      1  medium   kms-key-rotated\n"
        "\n"
        "Failed, by root module\n"
        "      3  one\n"
        "      1  two\n"
        "\n"
        "Failed, by file\n"
        "      3  one\n"
        "      1  two\n"
        "\n"
        f"{found.totals_line}\n"
    )


def test_the_most_severe_come_first_and_the_rest_is_counted() -> None:
    configurations = [Configuration.of(keys(a={"is_enabled": False}), f"root{number:02}") for number in range(MOST + 3)]
    lines = summarized(judge(configurations)).splitlines()
    assert lines.count("      3  in 3 more") == 2
    assert "      1  root00" in lines


def test_nothing_failed() -> None:
    found = report(keys(a={}))
    assert summarized(found) == f"{found.totals_line}\n"
