"""IAM Access Analyzer."""

from typing import Any

import pytest

from secureinfra.controls.account import access_analyzer as accessanalyzer
from tests.controls.judge import failure, findings, status


def analyzers(*kinds: Any) -> dict[str, Any]:
    return {f"a{position}": {"analyzer_name": "a", "type": kind} for position, kind in enumerate(kinds)}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (None, "passed"),
        ("ACCOUNT", "passed"),
        ("ORGANIZATION", "passed"),
        ("ACCOUNT_UNUSED_ACCESS", "failed"),
        ("ORGANIZATION_INTERNAL_ACCESS", "failed"),
        ("${var.x}", "unknown"),
    ],
)
def test_external_access(kind: Any, answer: str) -> None:
    held = analyzers(kind)
    control = accessanalyzer.EXTERNAL_ACCESS
    assert status(control, variable={"x": {}}, aws_accessanalyzer_analyzer=held) == answer


def test_external_access_beside_another() -> None:
    control = accessanalyzer.EXTERNAL_ACCESS
    both = findings(control, aws_accessanalyzer_analyzer=analyzers("ACCOUNT_UNUSED_ACCESS", "ACCOUNT"))
    assert [finding.status for finding in both] == ["not applicable", "passed"]
    unsure = analyzers("ACCOUNT_UNUSED_ACCESS", "${var.x}")
    assert status(control, variable={"x": {}}, aws_accessanalyzer_analyzer=unsure) == "unknown"
    assert 'type = "ACCOUNT_UNUSED_ACCESS" -> another analyzer with' in failure(
        control, aws_accessanalyzer_analyzer=analyzers("ACCOUNT_UNUSED_ACCESS")
    )
