"""Waivers to complete: refused as they are, accepted once completed, and never written over completed ones."""

from pathlib import Path

import pytest

from secureinfra.check.drafts import drafts_of_candidates, drafts_of_findings, write_drafts
from secureinfra.check.report import judge
from secureinfra.check.waivers import read_waivers
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration

TEXT = """
resource "aws_kms_key" "k" {
  policy     = "{}"
  is_enabled = false
  # checkov:skip=CKV_AWS_7:imported "material"
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("infra").mkdir()
    Path("infra/main.tf").write_text(TEXT)
    return Path("infra")


def completed(text: str) -> str:
    for name, value in (("reason", "imported"), ("owner", "crypto"), ("until", "2099-12-31")):
        text = text.replace(f'{name}: ""', f"{name}: {value}")
    return text


def test_of_comments(folder: Path) -> None:
    text, count = drafts_of_candidates(judge(Configuration.load(folder)).candidates)
    assert count == 1
    assert (
        '# checkov CKV_AWS_7 in infra/main.tf:5: imported "material"\n- control: kms-key-rotated\n  address: "aws_kms_key.k"\n'
        '  found: "enable_key_rotation is not set"\n  reason: ""\n  owner: ""\n  until: ""\n'
    ) in text
    file = Path("waivers.yaml")
    write_drafts(file, text)
    with pytest.raises(ConfigError, match="no usable reason and owner and until"):
        read_waivers(file)
    file.write_text(completed(text))
    held = judge(Configuration.load(folder), waivers=file)
    assert [one.control.id for one in held.of_status("waived")] == ["kms-key-rotated"]
    Path("infra/main.tf").write_text(TEXT.replace("is_enabled", "enable_key_rotation = false\n  is_enabled"))
    assert judge(Configuration.load(folder), waivers=file).totals["waived"] == 0, "it excuses what was found that day"


def test_of_findings(folder: Path) -> None:
    held = judge(Configuration.load(folder))
    text, count, never = drafts_of_findings(held.of_status("failed"))
    assert (count, never) == (held.totals["failed"], 0)
    Path("waivers.yaml").write_text(completed(text))
    assert judge(Configuration.load(folder), waivers=Path("waivers.yaml")).totals["failed"] == 0


def test_what_cannot_be_waived_is_told(folder: Path) -> None:
    public = '{\\"Statement\\": {\\"Effect\\": \\"Allow\\", \\"Action\\": \\"kms:*\\", \\"Principal\\": \\"*\\"}}'
    (folder / "main.tf").write_text(f'#tfsec:ignore:*\nresource "aws_kms_key" "k" {{\n  policy = "{public}"\n}}\n')
    held = judge(Configuration.load(folder))
    text, _ = drafts_of_candidates(held.candidates)
    assert "#   aws_kms_key.k: kms-key-policy-not-public cannot be waived." in text
    assert "- control: kms-key-policy-not-public" not in text
    assert drafts_of_findings(held.of_status("failed"))[2] >= 1
    Path("waivers.yaml").write_text(completed(text))
    assert read_waivers(Path("waivers.yaml"))


def test_nothing_to_write() -> None:
    text, count = drafts_of_candidates([])
    assert (text.splitlines()[-1], count) == ("[]", 0)


def test_never_over_an_existing_file(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("mine")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    for name in ("waivers.yaml", "link.yaml"):
        with pytest.raises(ConfigError, match="exists already"):
            write_drafts(tmp_path / name, "")
    assert (tmp_path / "waivers.yaml").read_text() == "mine"
