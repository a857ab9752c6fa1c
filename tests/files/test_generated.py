"""Generated files compared with a folder, and written into it without reaching anything outside."""

import os
from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import differences, digest, inside, replace_files


def test_each_kind_of_difference_with_its_text(tmp_path: Path) -> None:
    (tmp_path / "same").write_text("a\n")
    (tmp_path / "outdated").write_text("old\n")
    (tmp_path / "edited").write_text("mine")
    (tmp_path / "left").write_text("left\n")
    known = {"outdated": digest("old\n"), "edited": digest("old\n"), "left": digest("left\n"), "gone": digest("x")}
    found = differences(tmp_path, {"same": "a\n", "outdated": "new\n", "edited": "new\n", "missing": "m\n"}, known)
    assert {one.path: one.kind for one in found} == {
        "outdated": "outdated",
        "edited": "edited",
        "missing": "missing",
        "left": "left over",
    }
    (edited,) = (one.diff for one in found if one.path == "edited")
    assert edited.splitlines()[-2:] == ["-mine", "+new"]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"main.tf: cannot be read as text. Move it away."):
        differences(tmp_path, {"main.tf": "a\n"}, {})


@pytest.mark.parametrize("link", ["main.tf", "tests"])
def test_a_link_is_not_written_through(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("theirs\n")
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / link).symlink_to(outside / "kept" if link == "main.tf" else outside)
    with pytest.raises(ConfigurationError, match=rf"{link}: is a link.*Nothing was changed"):
        replace_files(folder, {"main.tf": "a\n", "tests/a.tf": "b\n"}, ())
    assert (outside / "kept").read_text() == "theirs\n"
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert [path.name for path in folder.iterdir()] == [link]


def test_a_pipe_in_the_folder_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match=r"cannot be written: .*pipe.* is a named pipe. Nothing was changed."):
        replace_files(tmp_path, {"main.tf": "a\n"}, ())
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_files_of_others_stay_and_removed_ones_go(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs\n")
    (tmp_path / "old").write_text("old\n")
    replace_files(tmp_path, {"new": "n\n"}, ("old", "never-there"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "theirs"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x"])
def test_a_path_outside_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        inside(path)
