"""Waivers and skips as comments of HCL: written, read back, and judged as those of JSON."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.check.report import judge
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.hcl import document
from secureinfra.terraform.hcl_notes import read_waivers, written_notes
from secureinfra.terraform.hcl_write import write_document

TEXT = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(reason=TEXT, owner=TEXT)
def test_any_reason_and_owner_come_back(reason: str, owner: str) -> None:
    waiver = {"control": "s3-bucket-versioned", "until": "2099-12-31", "owner": owner, "reason": reason}
    (line,) = written_notes({"waivers": [waiver]})
    assert read_waivers(f"resource {{\n  {line}\n}}") == [waiver]


def test_skips_are_for_the_scanner_alone() -> None:
    lines = list(written_notes({"checkov": [{"check": "CKV_AWS_21", "reason": "rebuilt\nnightly"}]}))
    assert lines == ["# checkov:skip=CKV_AWS_21:rebuilt nightly"]
    assert read_waivers("\n".join(lines)) == []


def written_bucket(until: str) -> str:
    waiver = {"control": "kms-key-rotated", "until": until, "owner": "crypto", "reason": 'imported "material"'}
    key: dict[str, Any] = {"//": {"waivers": [waiver]}, "enable_key_rotation": False, "deletion_window_in_days": 30}
    return write_document({"resource": {"aws_kms_key": {"imported": key}}})


def test_the_comment_stands_at_the_top_of_its_block_and_is_read_back() -> None:
    text = written_bucket("2099-12-31")
    assert text.startswith(
        'resource "aws_kms_key" "imported" {\n'
        '  # secureinfra:waive kms-key-rotated until="2099-12-31" owner="crypto" reason="imported \\"material\\""\n\n'
    )
    (waiver,) = document(text, "main.tf").body["resource"]["aws_kms_key"]["imported"]["//"]["waivers"]
    assert waiver["reason"] == 'imported "material"'


@pytest.mark.parametrize(("until", "status"), [("2099-12-31", "waived"), ("2020-01-01", "failed")])
def test_it_excuses_as_long_as_it_holds(until: str, status: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(written_bucket(until))
    report = judge(Configuration.load(tmp_path))
    found = [finding.status for finding in report.findings if finding.control.id == "kms-key-rotated"]
    assert found == [status]
    assert any("2020-01-01" in note for note in report.notes) == (status == "failed")


def test_a_waiver_written_by_hand_without_a_date_excuses_nothing(tmp_path: Path) -> None:
    text = 'resource "aws_kms_key" "k" {\n  # secureinfra:waive kms-key-rotated reason=lazy\n  enable_key_rotation = false\n}\n'
    (tmp_path / "main.tf").write_text(text)
    report = judge(Configuration.load(tmp_path))
    assert [finding.status for finding in report.findings if finding.control.id == "kms-key-rotated"] == ["failed"]
    assert any("no usable owner and until" in note for note in report.notes)


def test_a_comment_of_one_resource_excuses_no_other(tmp_path: Path) -> None:
    other = 'resource "aws_kms_key" "other" {\n  enable_key_rotation = false\n}\n'
    (tmp_path / "main.tf").write_text(written_bucket("2099-12-31") + other)
    report = judge(Configuration.load(tmp_path))
    found = {finding.address: finding.status for finding in report.findings if finding.control.id == "kms-key-rotated"}
    assert found == {"aws_kms_key.imported": "waived", "aws_kms_key.other": "failed"}
