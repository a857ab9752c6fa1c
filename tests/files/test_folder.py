"""A folder is there whole or not at all, and nothing is left behind."""

import stat
from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.folder import fill, replaced, scratch
from secureinfra.files.output import umask


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_a_new_folder_is_as_open_as_its_owner_makes_them(tmp_path: Path) -> None:
    with replaced(tmp_path / "deep" / "new") as fresh:
        assert not (tmp_path / "deep" / "new").exists()
        fill(fresh, {"a.txt": "1\n", "b/c.txt": "2\n"})
    assert content(tmp_path) == {"deep/new/a.txt": "1\n", "deep/new/b/c.txt": "2\n"}
    assert mode(tmp_path / "deep" / "new") == 0o777 & ~umask()


def test_a_folder_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o750)
    fill(old, {"gone.txt": "x"})
    with replaced(old) as fresh:
        fill(fresh, {"new.txt": "y"})
        assert content(old) == {"gone.txt": "x"}
    assert content(tmp_path) == {"old/new.txt": "y"}
    assert mode(old) == 0o750
    assert list(tmp_path.iterdir()) == [old]


def test_nothing_is_left_of_what_fails(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    fill(kept, {"a.txt": "x"})

    def write(folder: Path) -> None:
        with replaced(folder) as fresh:
            fill(fresh, {"b.txt": "y", "b.txt/below": "z"})

    for folder in (kept, tmp_path / "deep" / "new"):
        with pytest.raises(ConfigurationError, match=rf"{folder}: cannot be written: .* Nothing was changed\."):
            write(folder)
    assert content(tmp_path) == {"kept/a.txt": "x"}
    assert list(tmp_path.iterdir()) == [kept]


def test_scratch_is_gone_and_what_was_moved_out_of_it_stays(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with scratch(out, "work") as folder:
        fill(folder, {"a.txt": "1", "b.txt": "2"})
        (folder / "a.txt").replace(out / "a.txt")
    assert content(tmp_path) == {"deep/out/a.txt": "1"}
    with scratch(tmp_path / "other" / "out", "work"):
        pass
    assert not (tmp_path / "other").exists()
