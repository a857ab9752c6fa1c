"""Controls that were passed and no longer are; what was never passed, or is new, is no removal."""

from pathlib import Path

import pytest

from secureinfra.compare.pairs import pairs_of
from secureinfra.compare.protections import protection_changes
from tests.compare.hcl import configuration

KEY = 'resource "aws_kms_key" "k" {\n enable_key_rotation = %s\n}\nvariable "v" {}\n'


def removed(tmp_path: Path, old: str, new: str) -> list[tuple[str, bool, str]]:
    before, after = configuration(tmp_path / "old", old), configuration(tmp_path / "new", new)
    found = protection_changes(before, after, pairs_of(before, after), ("all",))
    return [(one.block.address, one.certain, one.subject) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("true", "false", [("aws_kms_key.k", True, "kms-key-rotated")]),
        ("true", "var.v", [("aws_kms_key.k", False, "kms-key-rotated")]),
        ("true", "true", []),
        ("false", "false", []),
        ("false", "true", []),
        ("var.v", "false", []),
    ],
)
def test_removed(tmp_path: Path, old: str, new: str, found: list[tuple[str, bool, str]]) -> None:
    assert [one for one in removed(tmp_path, KEY % old, KEY % new) if one[2] == "kms-key-rotated"] == found


def test_a_resource_that_moves_is_the_same(tmp_path: Path) -> None:
    new = (KEY % "false").replace('"k"', '"key"') + "moved {\n from = aws_kms_key.k\n to = aws_kms_key.key\n}\n"
    assert ("aws_kms_key.key", True, "kms-key-rotated") in removed(tmp_path, KEY % "true", new)


def test_a_new_resource_removes_no_protection(tmp_path: Path) -> None:
    new = KEY % "true" + (KEY % "false").partition("variable")[0].replace('"k"', '"other"')
    assert removed(tmp_path, KEY % "true", new) == []
