"""Files of an earlier synthesis: put back, and nothing else is touched."""

from pathlib import Path

import pytest

from secureinfra.engine.earlier_files import EarlierFiles


def test_what_was_there_is_put_back_and_what_is_new_is_removed(tmp_path: Path) -> None:
    stacks = tmp_path / "stacks"
    (stacks / "old").mkdir(parents=True)
    (stacks / "old" / "cdk.tf.json").write_text("one")
    (tmp_path / "manifest.json").write_text("{}")
    earlier = EarlierFiles(tmp_path)
    (stacks / "old" / "cdk.tf.json").write_text("two")
    (stacks / "old" / "terraform.tfstate").write_text("state")
    (tmp_path / "manifest.json").unlink()
    for name in ("new", "used"):
        (stacks / name).mkdir()
        (stacks / name / "cdk.tf.json").write_text("three")
    (stacks / "used" / "notes").write_text("mine")
    earlier.put_back()
    found = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {
        "manifest.json": "{}",
        "stacks/old/cdk.tf.json": "one",
        "stacks/old/terraform.tfstate": "state",
        "stacks/used/notes": "mine",
    }
    assert not (stacks / "new").exists()


def test_a_folder_that_was_not_there(tmp_path: Path) -> None:
    earlier = EarlierFiles(tmp_path / "out")
    earlier.put_back()
    assert not (tmp_path / "out").exists()


def test_what_could_not_be_read_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("one")

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refused)
        earlier = EarlierFiles(tmp_path)
    (tmp_path / "manifest.json").write_text("two")
    earlier.put_back()
    assert (tmp_path / "manifest.json").read_text() == "two"
