"""Which arguments differ: by value, as the provider would see it, and what is not known is never taken to be the same."""

from pathlib import Path

import pytest

from secureinfra.compare.arguments import differences
from tests.compare.hcl import configuration

RESOURCE = 'resource "aws_thing" "t" {\n%s\n}\nresource "aws_kms_key" "k" {}\nvariable "v" {}\nvariable "n" {\n default = 3\n}\n'


def paths(tmp_path: Path, old: str, new: str) -> list[str]:
    (before,) = configuration(tmp_path / "old", RESOURCE % old).of_type("aws_thing")
    (after,) = configuration(tmp_path / "new", RESOURCE % new).of_type("aws_thing")
    return [one.path + ("" if one.certain else "?") for one in differences(before, after, {})]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a = 1", "a = 1"),
        ("a = 1", 'a = "1"'),
        ("a = true", 'a = "true"'),
        ("a = 3", "a = var.n"),
        ("a = null", ""),
        ("a = []", ""),
        ("a = var.v", "a = var.v"),
        ("a = aws_kms_key.k.arn", "a = aws_kms_key.k.arn"),
        ("a = jsonencode({ x = 1, y = [2] })", 'a = "{\\"y\\": [2], \\"x\\": 1}"'),
        ("b {\n a = 1\n}", "b {\n a = 1\n}"),
        ("b {\n a = 1\n}", 'dynamic "b" {\n for_each = [1]\n content {\n a = b.value\n }\n}'),
        ("a = 1", "a = 1\n lifecycle {\n prevent_destroy = true\n }\n depends_on = [aws_kms_key.k]"),
    ],
)
def test_the_same(tmp_path: Path, old: str, new: str) -> None:
    assert paths(tmp_path, old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("a = 1", "a = 2", ["a"]),
        ("a = 1", "", ["a"]),
        ("", "a = 1", ["a"]),
        ("a = 1", "a = var.v", ["a?"]),
        ("a = var.v", 'a = "${var.v}x"', ["a?"]),
        ("a = [1, var.v]", "a = [2, var.v]", ["a?"]),
        ("b {\n a = 1\n c = 1\n}", "b {\n a = 2\n c = 1\n}", ["b.a"]),
        ("b {\n a = 1\n}", "", ["b"]),
        ("b {\n a = 1\n}", "b {\n a = 1\n}\nb {\n a = 2\n}", ["b"]),
        ("b {\n a = 1\n}\nb {\n a = 2\n}", "b {\n a = 1\n}\nb {\n a = 3\n}", ["b.a"]),
        ("b {\n c {\n a = 1\n}\n}", "b {\n c {\n a = 2\n}\n}", ["b.c.a"]),
        ("b {\n a = 1\n}", 'dynamic "b" {\n for_each = var.v\n content {\n a = b.value\n }\n}', ["b?"]),
        ("a = jsonencode({ x = 1 })", "a = jsonencode({ x = 2 })", ["a.x"]),
    ],
)
def test_what_differs(tmp_path: Path, old: str, new: str, found: list[str]) -> None:
    assert paths(tmp_path, old, new) == found


def test_a_reference_to_a_renamed_resource_is_the_same(tmp_path: Path) -> None:
    text = 'resource "aws_thing" "t" {\n a = aws_kms_key.%s.arn\n}\nresource "aws_kms_key" "%s" {}\n'
    (before,) = configuration(tmp_path / "old", text % ("k", "k")).of_type("aws_thing")
    (after,) = configuration(tmp_path / "new", text % ("key", "key")).of_type("aws_thing")
    assert differences(before, after, {"aws_kms_key.key": "aws_kms_key.k"}) == []
    assert [one.path for one in differences(before, after, {"aws_kms_key.ke": "aws_kms_key.k"})] == ["a"]
