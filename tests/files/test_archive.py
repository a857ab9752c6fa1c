"""Archives of folders: the same bytes for the same files, whoever made them and when."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from secureinfra.files.archive import zip_of


def folder(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def names_in(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_depends_on_names_and_contents_only(tmp_path: Path) -> None:
    files = {"app.py": "x = 1\n", "lib/one.py": "y = 2\n", "lib/a.py": ""}
    one = folder(tmp_path / "one", files)
    other = folder(tmp_path / "other", dict(reversed(files.items())))
    for file in other.rglob("*"):
        os.utime(file, (1, 1))
    (other / "app.py").chmod(0o600)
    assert zip_of(one) == zip_of(other)
    (other / "app.py").write_text("x = 2\n")
    assert zip_of(one) != zip_of(other)


def test_is_not_compressed() -> None:
    # What zlib makes of the same bytes depends on its version.
    entries = zipfile.ZipFile(io.BytesIO(zip_of(Path(__file__).parent))).infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_keeps_the_right_to_execute(tmp_path: Path) -> None:
    folder(tmp_path, {"bootstrap": "#!/bin/sh\n", "data": ""})
    (tmp_path / "bootstrap").chmod(0o700)
    modes = {
        entry.filename: entry.external_attr >> 16 & 0o777
        for entry in zipfile.ZipFile(io.BytesIO(zip_of(tmp_path))).infolist()
    }
    assert modes == {"bootstrap": 0o755, "data": 0o644}


def test_leaves_out_what_tools_leave_behind(tmp_path: Path) -> None:
    folder(tmp_path, {"app.py": "", "__pycache__/app.cpython-313.pyc": "", ".git/config": "", "lib/.DS_Store": ""})
    assert names_in(zip_of(tmp_path)) == ["app.py"]


def test_refuses_links_and_emptiness(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no file"):
        zip_of(tmp_path)
    (tmp_path / "link").symlink_to("/etc/hosts")
    with pytest.raises(ValueError, match="symbolic link, 'link'"):
        zip_of(tmp_path)
