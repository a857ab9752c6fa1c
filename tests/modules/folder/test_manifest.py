"""What a module's folder knows of itself, written and read again."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import digest
from secureinfra.modules.folder.manifest import FILE, Manifest, read_manifest

MANIFEST = Manifest(
    "1.2.3",
    "key",
    {"multi_region": False},
    {"format": "hcl"},
    {"aws_kms_key.key": "abc"},
    {"main.tf": digest("text")},
    (("aws_kms_key.old", "aws_kms_key.key"),),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(MANIFEST.text())
    assert read_manifest(tmp_path) == MANIFEST


def test_none_where_there_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../main.tf": ""}},
        {"files": {"/main.tf": ""}},
        {"files": []},
        {"moved": [{"from": "a"}]},
        {"generator": None},
    ],
)
def test_refuses_what_is_no_manifest(change: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({**json.loads(MANIFEST.text()), **change}))
    with pytest.raises(ConfigurationError, match=FILE):
        read_manifest(tmp_path)


def test_refuses_another_form_and_names_who_wrote_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({**json.loads(MANIFEST.text()), "form": 99}))
    with pytest.raises(ConfigurationError, match=r"secureinfra 1\.2\.3"):
        read_manifest(tmp_path)


def test_digest_is_of_the_content() -> None:
    assert digest("a") != digest("b")
    assert len(digest("ä")) == 64
