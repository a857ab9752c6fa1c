"""The catalogue passes its own check, and changes only as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from secureinfra.controls import build_catalogue
from secureinfra.controls.build_catalogue import amended, main, problems, read, written
from secureinfra.errors import ConfigurationError


def rows() -> list[dict[str, str]]:
    return read(build_catalogue.FILE.read_text(encoding="utf-8"))[1]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that may be written to."""
    copy = tmp_path / "catalogue.csv"
    copy.write_bytes(build_catalogue.FILE.read_bytes())
    monkeypatch.setattr(build_catalogue, "FILE", copy)
    return copy


def test_it_is_in_the_form_that_the_maker_writes() -> None:
    text = build_catalogue.FILE.read_bytes().decode()
    assert problems(rows()) == []
    assert text == written(*read(text)), "make it again: make data"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("key", "s3-bpa-account", "is not a new key"),
        ("key", "S3 Bucket", "is not a new key"),
        ("severity", "severe", "severity 'severe' is not one of critical, high, low, medium"),
        ("stance", "maybe", "stance 'maybe'"),
        ("fsbp_id", "S3", "fsbp_id 'S3' does not look like"),
        ("nist_800_53_r5", "AC3", "nist_800_53_r5 'AC3'"),
        ("checkov_ids", "CKV_AWS_1;CKV-AWS-2", "checkov_ids 'CKV-AWS-2'"),
        ("terraform_resource_types", "aws_s3_bucket;aws_s3_bucketz", "aws_s3_bucketz is not a type"),
    ],
)
def test_finds(column: str, value: str, said: str) -> None:
    changed = [dict(row) for row in rows()]
    changed[0][column] = value
    assert any(said in problem for problem in problems(changed))


def test_adds_rows_and_ids(catalogue: Path, tmp_path: Path) -> None:
    columns, before = read(catalogue.read_text())
    new = {**before[0], "key": "s3-new-row"}
    (tmp_path / "rows.csv").write_text(written(columns, [new]))
    (tmp_path / "ids.csv").write_text("key,column,add\ns3-new-row,fsbp_id,S3.8;S3.99\n")
    assert main(["--add", str(tmp_path / "rows.csv"), "--amend", str(tmp_path / "ids.csv")]) == 0
    after = {row["key"]: row for row in read(catalogue.read_text())[1]}
    assert len(after) == len(before) + 1
    assert after["s3-new-row"]["fsbp_id"] == "S3.8;S3.99"


def test_writes_nothing_while_a_row_is_wrong(
    catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = catalogue.read_bytes()
    columns, held = read(catalogue.read_text())
    (tmp_path / "rows.csv").write_text(written(columns, [held[0]]))
    assert main(["--add", str(tmp_path / "rows.csv")]) == 1
    assert catalogue.read_bytes() == before
    assert "is not a new key" in capsys.readouterr().err


def test_refuses_amendments_of_what_does_not_exist() -> None:
    with pytest.raises(ConfigurationError, match="'no-such-row'"):
        amended(rows(), [{"key": "no-such-row", "column": "fsbp_id", "add": "S3.1"}])
