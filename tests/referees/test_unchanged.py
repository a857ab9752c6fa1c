"""A test is left out only where nothing that decides it has changed."""

from pathlib import Path

import pytest

from tests.referees.unchanged import passed_before, remember, state_of


def test_a_changed_file_or_tool_is_another_state(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("locals {}\n")
    state = state_of(tmp_path, "Terraform v1.12.0")
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "modules.json").write_text("{}")
    assert state_of(tmp_path, "Terraform v1.12.0") == state
    assert state_of(tmp_path, "Terraform v1.12.1") != state
    (tmp_path / "main.tf").write_text("locals { a = 1 }\n")
    assert state_of(tmp_path, "Terraform v1.12.0") != state


def test_only_the_same_state_passed_before(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    remember(pytestconfig, "of-this-test", "one")
    assert passed_before(pytestconfig, "of-this-test", "one")
    assert not passed_before(pytestconfig, "of-this-test", "two")
    assert not passed_before(pytestconfig, "of-another-test", "one")
    monkeypatch.setenv("CI", "true")
    assert not passed_before(pytestconfig, "of-this-test", "one")
