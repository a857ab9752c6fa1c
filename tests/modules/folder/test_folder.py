"""A folder written whole or not at all, and never over what somebody edited."""

from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import digest
from secureinfra.modules.folder.folder import differences, write
from secureinfra.modules.folder.manifest import Manifest

FILES = {"main.tf": "a\n", "tests/a.tftest.hcl": "b\n"}


def written(folder: Path, files: dict[str, str], *, force: bool = False) -> None:
    digests = {path: digest(text) for path, text in files.items()}
    write(folder, files, Manifest("1", "key", {}, {}, {}, digests), force=force)


def kinds(folder: Path, files: dict[str, str]) -> dict[str, str]:
    return {found.path: found.kind for found in differences(folder, files)}


def test_all_files_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "key"
    written(folder, FILES)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {*FILES, ".secureinfra.json"}
    assert differences(folder, FILES) == []
    assert [path.name for path in folder.parent.iterdir()] == ["key"]


def test_the_kinds_of_differences(tmp_path: Path) -> None:
    assert kinds(tmp_path / "none", FILES) == dict.fromkeys(FILES, "missing")
    written(tmp_path, {**FILES, "old.tf": "c\n", "old_edited.tf": "d\n"})
    (tmp_path / "main.tf").write_text("mine\n")
    (tmp_path / "old_edited.tf").write_text("mine\n")
    assert kinds(tmp_path, {"main.tf": "a\n", "tests/a.tftest.hcl": "new\n"}) == {
        "main.tf": "edited",
        "tests/a.tftest.hcl": "outdated",
        "old.tf": "left over",
        "old_edited.tf": "edited",
    }
    (found,) = [one for one in differences(tmp_path, FILES) if one.path == "main.tf"]
    assert "-mine\n+a\n" in found.diff


def test_what_is_left_over_goes_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    written(tmp_path, {**FILES, "old.tf": "c\n"})
    (tmp_path / "theirs.tf").write_text("theirs\n")
    (tmp_path / "main.tf").chmod(0o640)
    tmp_path.chmod(0o750)
    written(tmp_path, FILES)
    assert not (tmp_path / "old.tf").exists()
    assert (tmp_path / "theirs.tf").read_text() == "theirs\n"
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_an_edited_file_is_overwritten_only_by_force(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    (tmp_path / "main.tf").write_text("mine\n")
    with pytest.raises(ConfigurationError, match=r"main\.tf.*\n.*\n.*\n.*\n-mine"):
        written(tmp_path, FILES)
    assert (tmp_path / "main.tf").read_text() == "mine\n"
    written(tmp_path, FILES, force=True)
    assert (tmp_path / "main.tf").read_text() == "a\n"


def test_refuses_a_file_and_a_folder_of_others(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(ConfigurationError, match="is a file"):
        written(file, FILES)
    (tmp_path / ".gitignore").write_text("x")
    with pytest.raises(ConfigurationError, match="is not empty"):
        written(tmp_path, FILES)
    file.unlink()
    written(tmp_path, FILES)
    assert (tmp_path / ".gitignore").read_text() == "x"


def test_refuses_what_is_not_text(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    (tmp_path / "main.tf").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"main\.tf: cannot be read as text"):
        differences(tmp_path, FILES)
