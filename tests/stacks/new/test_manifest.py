"""The manifest of a project: read as it was written, and refused with the way out if it is something else."""

import json
from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.stacks.new.manifest import FILE, ProjectManifest, read_project

MANIFEST = ProjectManifest("0.1.0", "data-lake", "lake", "id", "", ("zones",), {"main.py": "00"})


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(MANIFEST.text())
    assert read_project(tmp_path) == MANIFEST


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"files": {"../main.py": "00"}},
        {"files": {"/etc/passwd": "00"}},
        {"files": []},
        {"more": "1"},
        {"settings": None},
    ],
)
def test_another_content_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / FILE).write_text(json.dumps({**json.loads(MANIFEST.text()), **change}))
    with pytest.raises(ConfigurationError, match=r"is not the manifest of a project. Restore it"):
        read_project(tmp_path)


def test_a_text_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("<<<<<<< HEAD")
    with pytest.raises(ConfigurationError, match=r"is not the manifest of a project"):
        read_project(tmp_path)


def test_a_folder_without_one_is_told_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"was not created by `secureinfra new`.*secureinfra new BLUEPRINT DIR"
    ):
        read_project(tmp_path)


def test_a_module_is_updated_by_another_command(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"form": 1, "module": "vpc"}')
    with pytest.raises(ConfigurationError, match=r"is a module. Update it with: secureinfra module --out"):
        read_project(tmp_path)
