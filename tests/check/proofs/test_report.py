"""A report of proofs: totals, exit codes, what is strict, and what a crash comes to."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from secureinfra.check.proofs.report import broken_in_words, prove
from secureinfra.errors import ConfigError
from secureinfra.proofs.theorems.theorem import Result, Step, Theorem, broken, proved, unknown
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import Unknown, UnknownValueError

STACK = Configuration.of({"resource": {"aws_sqs_queue": {"q": {}}}}, "stack")
QUEUE = STACK.block("aws_sqs_queue.q")


def theorem(*results: Result, assumes: str = "") -> Theorem:
    return Theorem("a-theorem", "It holds", "it would be bad", "All of it.", lambda configuration: results, assumes)


BROKEN = broken(QUEUE, "anyone could", [Step("Allow sqs:* for *", QUEUE, "policy")])


@pytest.mark.parametrize(
    ("results", "code", "lenient"),
    [
        ([proved(QUEUE)], 0, 0),
        ([proved(QUEUE), BROKEN], 1, 1),
        ([unknown(QUEUE, "it depends on ${var.p}")], 3, 0),
        ([unknown(QUEUE, "it depends on ${var.p}"), BROKEN], 1, 1),
        ([], 0, 0),
    ],
)
def test_exit_codes(results: list[Result], code: int, lenient: int) -> None:
    report = prove([STACK], [theorem(*results)])
    assert report.exit_code() == code
    assert report.exit_code("broken") == lenient


def test_totals() -> None:
    report = prove([STACK], [theorem(proved(QUEUE), BROKEN, proved())])
    assert report.totals_line == "2 proved, 1 broken, 0 unknown"
    assert [finding.result for finding in report.of_answer("BROKEN")] == [BROKEN]


def test_strict_makes_what_is_assumed_unknown() -> None:
    assumed = theorem(proved(QUEUE), assumes="Others have no such right.")
    assert prove([STACK], [assumed]).exit_code() == 0
    strict = prove([STACK], [assumed, theorem(proved(QUEUE))], strict=True)
    assert [finding.result.verdict for finding in strict.findings] == ["UNKNOWN", "PROVED"]
    assert strict.findings[0].result.reason == "it holds only if: Others have no such right."


def test_a_crash_is_unknown() -> None:
    def crash(configuration: Configuration) -> Iterable[Result]:
        raise RuntimeError("odd")

    report = prove([STACK], [Theorem("crashes", "It holds", "bad", "All.", crash)])
    assert report.findings[0].result.verdict == "UNKNOWN"
    assert "RuntimeError: odd" in report.findings[0].result.reason


def test_a_value_that_is_not_known_is_unknown() -> None:
    def ask(configuration: Configuration) -> Iterable[Result]:
        raise UnknownValueError(Unknown("${var.p}"))

    (finding,) = prove([STACK], [Theorem("asks", "It holds", "bad", "All.", ask)]).findings
    assert (finding.result.verdict, finding.result.reason) == ("UNKNOWN", "it depends on ${var.p}")


def test_bad_input_is_an_error() -> None:
    def refuse(configuration: Configuration) -> Iterable[Result]:
        raise ConfigError("there is no resource 'x'")

    with pytest.raises(ConfigError, match="no resource 'x'"):
        prove([STACK], [Theorem("refuses", "It holds", "bad", "All.", refuse)])


def test_standing_theorems_are_proved_by_default() -> None:
    assert {finding.theorem.id for finding in prove([STACK]).findings} >= {"no-outside-access"}


def test_what_is_broken_in_words() -> None:
    findings = prove([STACK], [theorem(BROKEN)]).of_answer("BROKEN")
    assert broken_in_words("stack", findings) == (
        "stack: 1 of its theorems does not hold.\n"
        "aws_sqs_queue.q: anyone could. This breaks a-theorem: it would be bad.\n"
        "  Allow sqs:* for * (aws_sqs_queue.q)"
    )
