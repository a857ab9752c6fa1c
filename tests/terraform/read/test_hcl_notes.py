"""Waivers and skips as comments of HCL: written, read back, and judged as those of JSON."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.check.report import judge
from secureinfra.cli.program import program as cli
from secureinfra.terraform.hcl_write import write_document
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.hcl import document
from secureinfra.terraform.read.hcl_notes import read_waivers, written_notes
from secureinfra.terraform.read.hcl_text import Source

TEXT = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(reason=TEXT, owner=TEXT)
def test_any_reason_and_owner_come_back(reason: str, owner: str) -> None:
    waiver = {"control": "s3-bucket-versioned", "until": "2099-12-31", "owner": owner, "reason": reason}
    (line,) = written_notes({"waivers": [waiver]})
    assert read_waivers([line]) == [waiver]
    assert read_waivers(Source(f"resource {{\n  {line}\n}}", "main.tf").comments(0, 10_000)) == [waiver]


def test_skips_are_for_the_scanner_alone() -> None:
    lines = list(written_notes({"checkov": [{"check": "CKV_AWS_21", "reason": "rebuilt\nnightly"}]}))
    assert lines == ["# checkov:skip=CKV_AWS_21:rebuilt nightly"]
    assert read_waivers(lines) == []


def test_a_check_is_skipped_once() -> None:
    skips = [{"check": check, "reason": reason} for check, reason in (("A", "first"), ("B", "b"), ("A", "again"))]
    assert list(written_notes({"checkov": skips})) == ["# checkov:skip=A:first", "# checkov:skip=B:b"]


@pytest.mark.parametrize("metadata", [None, "text", {"waivers": None}, {"waivers": ["a"], "checkov": {"check": "A"}}])
def test_other_metadata_is_no_note(metadata: object) -> None:
    assert list(written_notes(metadata)) == []


@pytest.mark.parametrize(
    ("comment", "read"),
    [
        ("# secureinfra:waive a-b", {"control": "a-b"}),
        ("//secureinfra:waive a-b until=2099-01-31", {"control": "a-b", "until": "2099-01-31"}),
        (
            "## secureinfra:waive a-b reason=rebuilt every night until=2099-01-31 owner=data team",
            {"control": "a-b", "reason": "rebuilt every night", "until": "2099-01-31", "owner": "data team"},
        ),
        (
            '# secureinfra:waive a-b reason="said \\"no\\"" owner=""',
            {"control": "a-b", "reason": 'said "no"', "owner": ""},
        ),
        # What is not a waiver is kept where it is reported.
        ("# secureinfra:waive", {"control": ""}),
        ("# secureinfra:waive=a-b", {"control": "=a-b"}),
        ("# secureinfra:waive a-b because", {"control": "a-b because"}),
        ("# secureinfra:waive a-b until=2099-01-31, x", {"control": "a-b", "until": "2099-01-31, x"}),
        ('# secureinfra:waive a-b until="2099-01-31" or so', {"control": "a-b", "until": '"2099-01-31" or so'}),
    ],
)
def test_waivers_by_hand(comment: str, read: dict[str, str]) -> None:
    assert read_waivers([comment]) == [read]


@pytest.mark.parametrize("comment", ["# secureinfra", "# see secureinfra:waive a-b", "/* secureinfra:waive a-b */"])
def test_other_comments_are_no_waivers(comment: str) -> None:
    assert read_waivers([comment]) == []


def test_text_is_no_comment() -> None:
    line = "# secureinfra:waive kms-key-rotated until=2099-12-31 owner=o reason=r"
    text = f'resource "aws_kms_key" "k" {{\n  description = <<EOT\n{line}\nEOT\n  policy = "{line}"\n}}\n'
    assert "//" not in document(text, "main.tf").body["resource"]["aws_kms_key"]["k"]
    assert "//" in document(text.replace("\n}", f" {line}\n}}"), "main.tf").body["resource"]["aws_kms_key"]["k"]


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


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "control '' does not exist"),
        ("kms-key-rotatd until=2099-12-31 owner=o reason=r", "Did you mean 'kms-key-rotated'"),
        ("kms-key-rotated until=soon owner=o reason=r", "no usable until"),
        ("kms-key-rotated until=2020-12-31 owner=o reason=r", "expired on 2020-12-31"),
    ],
)
def test_what_excuses_nothing_is_reported(note: str, said: str, tmp_path: Path) -> None:
    text = f'resource "aws_kms_key" "k" {{\n  # secureinfra:waive {note}\n  enable_key_rotation = false\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    done = CliRunner().invoke(cli, ["check", str(tmp_path)])
    assert done.exit_code == 1
    assert "kms-key-rotated" in done.output
    assert said in " ".join(done.output.split())


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
