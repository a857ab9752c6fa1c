"""From paths and settings to a report: what settings say is what happens."""

from pathlib import Path

import pytest

from secureinfra.check.settings import Settings
from secureinfra.check.start import report_on


def test_settings_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "old"):
        Path(name).mkdir()
        Path(name, "main.tf").write_text(
            'variable "on" {}\nresource "aws_kms_key" "k" {\n  is_enabled = var.on\n  policy = "{}"\n}\n'
        )
    settings = Settings(exclude=("old",), skip=("CKV_AWS_7",), file=Path("x.yaml"))
    held = report_on(["."], settings, {"TF_VAR_on": "false", "SECRET": "x"})
    assert held.configurations == ("a",)
    assert [one.control.id for one in held.of_status("failed")] == ["kms-key-enabled"]
    assert "Settings are those of x.yaml." in held.notes
