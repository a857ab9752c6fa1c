"""Files written whole, through links; and why one could not be written, in the words of the system."""

import shutil
from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.output import why, write_file


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device")]), "[Errno 28] No space left on device"),
        (shutil.SpecialFileError("`a` is a named pipe"), "`a` is a named pipe"),
        (OSError(), "OSError"),
    ],
)
def test_every_failure_has_a_reason(error: OSError, text: str) -> None:
    assert why(error) == text


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "known.json").write_text("old")
    for name, target in (("link.json", "real/known.json"), ("again.json", "link.json")):
        (tmp_path / name).symlink_to(target)
        write_file(tmp_path / name, name)
        assert (tmp_path / "real" / "known.json").read_text() == name
        assert (tmp_path / name).is_symlink()
    (tmp_path / "ahead.json").symlink_to("real/new.json")
    write_file(tmp_path / "ahead.json", "new")
    assert (tmp_path / "real" / "new.json").read_text() == "new"
    assert sorted(one.name for one in (tmp_path / "real").iterdir()) == ["known.json", "new.json"]


def test_refuses_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ConfigurationError, match="a link that leads to itself"):
        write_file(tmp_path / "loop", "text")


def test_what_a_process_has_open_is_written_through(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    with file.open("w") as opened:
        before = file.stat().st_ino
        (tmp_path / "link").symlink_to(f"/proc/self/fd/{opened.fileno()}")
        write_file(tmp_path / "link", "text")
    assert (file.stat().st_ino, file.read_text()) == (before, "text")
