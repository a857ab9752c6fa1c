"""checkov finds nothing in any example, nor in the stack with every option on."""

from pathlib import Path

import pytest

from tests.referees import checkov
from tests.referees.stacks import NAMES, document_of


def test_finds_nothing(tmp_path: Path) -> None:
    failed: list[str] = []
    unused = set(checkov.SKIPS)
    for name in NAMES:
        found, used = checkov.findings(document_of(name), tmp_path / name)
        failed += [f"{name}: {finding}" for finding in found]
        unused -= used
    assert failed == []
    assert unused == set(), "skips that excuse nothing any more"


def test_would_find_something(tmp_path: Path) -> None:
    document = {"resource": {"aws_s3_bucket": {"open": {"bucket": "open"}}}}
    with pytest.raises(AssertionError, match="nothing to judge"):
        checkov.findings({"resource": {}}, tmp_path / "empty")
    assert any("CKV_AWS_21" in finding for finding in checkov.findings(document, tmp_path / "open")[0])
