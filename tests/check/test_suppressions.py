"""Comments for other scanners excuse nothing; those about a finding are candidates for waivers."""

import json
from pathlib import Path

import pytest

from secureinfra.check.formats import rendered
from secureinfra.check.report import Report, judge
from secureinfra.terraform.model.configuration import Configuration


def report(folder: Path, text: str, name: str = "main.tf") -> Report:
    (folder / name).write_text(text)
    return judge(Configuration.load(folder))


def candidates(folder: Path, text: str, name: str = "main.tf") -> list[tuple[str, str, str]]:
    return [(one.finding.control.id, one.id, one.reason) for one in report(folder, text, name).candidates]


@pytest.mark.parametrize(
    ("comment", "id", "reason"),
    [
        ("#checkov:skip=CKV_AWS_7:imported material", "CKV_AWS_7", "imported material"),
        ("# checkov:skip=CKV_AWS_7", "CKV_AWS_7", ""),
        ("/* bridgecrew:skip=CKV_AWS_1,CKV_AWS_7:both */", "CKV_AWS_7", "both */"),
        ("//trivy:ignore:AVD-AWS-0065", "AVD-AWS-0065", ""),
        ("# trivy:ignore:AWS-0065:exp:2030-01-01", "AWS-0065", "expires 2030-01-01"),
        ("#trivy:ignore:aws-kms-auto-rotate-keys[key_usage=x]", "aws-kms-auto-rotate-keys", ""),
        ("#tfsec:ignore:aws-kms-auto-rotate-keys some reason", "aws-kms-auto-rotate-keys", "some reason"),
        ("# tfsec:ignore:x tfsec:ignore:AVD-AWS-0065:ws:dev both", "AVD-AWS-0065", "both"),
        ("# tfsec:ignore:aws-kms-*", "aws-kms-*", ""),
    ],
)
def test_every_form_is_a_candidate_and_excuses_nothing(tmp_path: Path, comment: str, id: str, reason: str) -> None:
    text = f'resource "aws_kms_key" "k" {{\n  policy = "{{}}"\n  {comment}\n}}\n'
    assert candidates(tmp_path, text) == [("kms-key-rotated", id, reason)]
    held = report(tmp_path, text)
    assert "kms-key-rotated" in [one.control.id for one in held.of_status("failed")]
    assert held.totals["waived"] == 0


def test_above_a_block_and_nowhere_else(tmp_path: Path) -> None:
    key = 'resource "aws_kms_key" "{}" {{\n  policy = "{{}}"\n}}\n'
    ignored = "#trivy:ignore:AVD-AWS-0065\n"
    text = f"{ignored}# why\n{key.format('above')}{ignored}\n{key.format('apart')}{ignored}"
    assert [one.finding.address for one in report(tmp_path, text).candidates] == ["aws_kms_key.above"]


def test_what_passes_is_waived_or_is_no_comment_is_not_listed(tmp_path: Path) -> None:
    skip = "# checkov:skip=CKV_AWS_7:x"
    waive = "# secureinfra:waive kms-key-rotated until=2099-12-31 owner=me reason=imported"
    for inner in (f"enable_key_rotation = true\n  {skip}", f"{waive}\n  {skip}", f'description = "{skip}"'):
        text = f'resource "aws_kms_key" "k" {{\n  policy = "{{}}"\n  {inner}\n}}\n'
        assert candidates(tmp_path, text) == [], inner


def test_all_checks_of_a_block(tmp_path: Path) -> None:
    text = '#tfsec:ignore:*\nresource "aws_kms_key" "k" {\n  is_enabled = false\n}\n'
    found = {one[0] for one in candidates(tmp_path, text)}
    assert {"kms-key-rotated", "kms-key-enabled", "kms-key-policy-explicit"} <= found


def test_json_has_them_in_the_metadata(tmp_path: Path) -> None:
    block = {"policy": "{}", "//": {"checkov": [{"check": "CKV_AWS_7", "reason": "imported"}]}}
    text = json.dumps({"resource": {"aws_kms_key": {"k": block}}})
    assert candidates(tmp_path, text, "main.tf.json") == [("kms-key-rotated", "CKV_AWS_7", "imported")]


def test_one_note_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    key = 'resource "aws_kms_key" "k{}" {{\n  policy = "{{}}"\n  # checkov:skip=CKV_AWS_7:x\n}}\n'
    held = report(Path(), "".join(map(key.format, range(7))))
    (note,) = held.notes
    assert note.startswith(
        "Comments for other scanners excuse nothing here (7 of checkov): main.tf:3 CKV_AWS_7, main.tf:7"
    )
    assert " and 2 more. " in note
    assert len(json.loads(rendered(held, "json"))["ignored_by_other_scanners"]) == 7
